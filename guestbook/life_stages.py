"""Where the stages of a customer's life with the house begin and end, for the scores (ml) and the marts (dbt) alike."""

#: Silence over the own usual gap: up to the limit the stage holds. A visit is due at 1.
STAGE_LIMITS = (("active", 1.5), ("slipping", 3.0), ("dormant", 6.0))
LAST_STAGE = "lost"
#: Won back: the last gap was at least so many days, and so many times the mean of the gaps before it.
WON_BACK_LEAST_DAYS = 180
WON_BACK_GAP_RATIO = 3.0

"""The columns of features.feat_customer that the models read, and how a missing one is filled."""

# Counts and amounts: absent or null means nothing happened.
COUNTS = (
    "visit_count",
    "clv_frequency",
    "clv_recency_days",
    "clv_age_days",
    "rfm_recency_days",
    "stay_count",
    "night_count",
    "spend_amount",
    "spend_trailing_year_amount",
    "visit_trailing_year_count",
    "night_trailing_year_count",
    "visit_trailing_30_count",
    "visit_trailing_90_count",
    "visit_trailing_180_count",
    "fnb_amount",
    "pos_check_count",
    "cancelled_count",
    "no_show_count",
    "booking_count",
    "interaction_count",
    "complaint_count",
    "is_member",
    "on_books_count",
    "property_count",
    "consent_email",
)
# Measures: null means not known.
MEASURES = (
    "mean_gap_days",
    "last_gap_days",
    "max_gap_days",
    "std_gap_days",
    "average_visit_amount",
    "days_since_complaint",
    "on_books_next_arrival_days",
    "mean_lead_time_days",
    "mean_los_nights",
    "weekend_share",
    "direct_share",
    "business_share",
    "identity_confidence",
    "history_load_share",
)
NUMBERS = COUNTS + MEASURES

"""Why did this number change? The books of each night, and every movement between two of them by its cause.

`close_books` runs in the publish stage: it writes what the published tables add up to, and splits the movement since
the night before into causes, down to the stay or customer and the delivered file behind it. `movements` reads them.
"""

from bi.diff.book import close_books
from bi.diff.journal import CAUSES, FIGURES, customer_story, movements

__all__ = ["CAUSES", "FIGURES", "close_books", "customer_story", "movements"]

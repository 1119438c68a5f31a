"""What the churn models look at: one row per customer, all numbers, no fitted state."""

import numpy as np
import pandas as pd
from scipy.special import logit

from ml.judge import clipped
from ml.visit_rhythm import Floats

RHYTHM_COLUMN = "rhythm_logit"


def design(features: pd.DataFrame, p_none: Floats) -> pd.DataFrame:
    """One row per customer: logarithms of times, counts and amounts, shares, flags, the visit model's log odds."""
    f = features
    recency, visits, age = f["rfm_recency_days"], f["visit_count"], f["clv_age_days"]
    gap = f["mean_gap_days"].fillna(0.0)
    bookings = f["booking_count"].clip(lower=1.0)
    columns = {
        "recency": _log(recency),
        "frequency": _log(f["clv_frequency"]),
        "age": _log(age),
        "span": _log(f["clv_recency_days"]),
        "is_first_timer": (visits <= 1).astype(np.float64),
        "first_timer_recency": np.where(visits <= 1, _log(recency), 0.0),
        "gap": _log(gap),
        "overdue": np.log((recency + 1.0) / (f["mean_gap_days"].fillna(age) + 1.0)),
        "last_gap": _log(f["last_gap_days"].fillna(0.0)),
        "max_gap": _log(f["max_gap_days"].fillna(0.0)),
        "gap_spread": _log(f["std_gap_days"].fillna(0.0)),
        "visits_30": _log(f["visit_trailing_30_count"]),
        "visits_90": _log(f["visit_trailing_90_count"]),
        "visits_180": _log(f["visit_trailing_180_count"]),
        "visits_year": _log(f["visit_trailing_year_count"]),
        "visits_year_ago": _log(f["visit_year_ago_count"]),
        "visits_two_years_ago": _log(f["visit_two_years_ago_count"]),
        "nights_year": _log(f["night_trailing_year_count"]),
        "spend_year": _log(f["spend_trailing_year_amount"]),
        "visit_amount": _log(f["average_visit_amount"].fillna(0.0)),
        "fnb_share": (f["fnb_amount"] / f["spend_amount"].where(f["spend_amount"] > 0)).clip(0.0, 1.0).fillna(0.0),
        "pos_checks": _log(f["pos_check_count"]),
        "cancelled_share": (f["cancelled_count"] / bookings).clip(0.0, 1.0),
        "no_show_share": (f["no_show_count"] / bookings).clip(0.0, 1.0),
        "interactions": _log(f["interaction_count"]),
        "complaints": _log(f["complaint_count"]),
        "fresh_complaint": np.exp(-f["days_since_complaint"].clip(lower=0.0) / 180.0).fillna(0.0),
        "is_member": f["is_member"].clip(0.0, 1.0),
        "on_books": (f["on_books_count"] > 0).astype(np.float64),
        "on_books_soon": np.exp(-f["on_books_next_arrival_days"].clip(lower=0.0) / 180.0).fillna(0.0),
        "properties": _log(f["property_count"]),
        "lead_time": _log(f["mean_lead_time_days"]),
        "stay_nights": _log(f["mean_los_nights"]),
        "weekend_share": f["weekend_share"],
        "direct_share": f["direct_share"],
        "business_share": f["business_share"],
        RHYTHM_COLUMN: logit(np.clip(p_none, 1e-4, 1.0 - 1e-4)),
    }
    return pd.DataFrame({name: np.asarray(values, dtype=np.float64) for name, values in columns.items()})


def rfm_design(features: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: what the RFM logistic baseline may see."""
    return pd.DataFrame(
        {
            "recency": _log(features["rfm_recency_days"]),
            "frequency": _log(features["visit_count"]),
            "amount": _log(features["average_visit_amount"].fillna(0.0)),
        }
    )


def hiatus_design(features: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: days since the last visit, and nothing else."""
    return pd.DataFrame({"recency": _log(features["rfm_recency_days"])})


def own_rhythm_design(features: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: days since the last visit over the own mean gap (first-timers: everybody's median)."""
    gap = features["mean_gap_days"]
    typical = float(gap.median()) if gap.notna().any() else 365.0
    return pd.DataFrame({"overdue": np.log((features["rfm_recency_days"] + 1.0) / (gap.fillna(typical) + 1.0))})


def log_odds(probability: Floats) -> Floats:
    """Log odds, kept finite."""
    return logit(clipped(probability))


def _log(values: pd.Series) -> pd.Series:
    return np.log1p(values.clip(lower=0.0))

"""What the churn models look at: one row per customer, all numbers, no fitted state."""

import numpy as np
import pandas as pd
from scipy.special import logit

from ml.horizon import season_days
from ml.judge import clipped
from ml.visit_rhythm import Floats

RHYTHM_COLUMN = "rhythm_logit"
YEARS_BACK = {"visits_year_ago": 1, "visits_two_years_ago": 2}


def design(features: pd.DataFrame, p_none: Floats) -> pd.DataFrame:
    """One row per customer: logarithms of times, counts and amounts, shares, flags, the visit model's log odds."""
    f = _Columns(features)
    recency, visits = f["rfm_recency_days"], f["visit_count"]
    gap, bookings = f["mean_gap_days"], np.maximum(f["booking_count"], 1.0)
    columns = {
        "recency": _log(recency),
        "frequency": _log(f["clv_frequency"]),
        "age": _log(f["clv_age_days"]),
        "span": _log(f["clv_recency_days"]),
        "is_first_timer": visits <= 1,
        "first_timer_recency": np.where(visits <= 1, _log(recency), 0.0),
        "gap": _log(_filled(gap)),
        "overdue": np.log((recency + 1.0) / (_filled(gap, f["clv_age_days"]) + 1.0)),
        "last_gap": _log(_filled(f["last_gap_days"])),
        "max_gap": _log(_filled(f["max_gap_days"])),
        "gap_spread": _log(_filled(f["std_gap_days"])),
        "visits_30": _log(f["visit_trailing_30_count"]),
        "visits_90": _log(f["visit_trailing_90_count"]),
        "visits_180": _log(f["visit_trailing_180_count"]),
        "visits_year": _log(f["visit_trailing_year_count"]),
        "visits_year_ago": _log(f["visit_year_ago_count"]),
        "visits_two_years_ago": _log(f["visit_two_years_ago_count"]),
        "nights_year": _log(f["night_trailing_year_count"]),
        "spend_year": _log(f["spend_trailing_year_amount"]),
        "visit_amount": _log(_filled(f["average_visit_amount"])),
        "fnb_share": _share(f["fnb_amount"], np.where(f["spend_amount"] > 0, f["spend_amount"], np.nan)),
        "pos_checks": _log(f["pos_check_count"]),
        "cancelled_share": np.clip(f["cancelled_count"] / bookings, 0.0, 1.0),
        "no_show_share": np.clip(f["no_show_count"] / bookings, 0.0, 1.0),
        "interactions": _log(f["interaction_count"]),
        "complaints": _log(f["complaint_count"]),
        "fresh_complaint": _fading(f["days_since_complaint"]),
        "is_member": np.clip(f["is_member"], 0.0, 1.0),
        "on_books": f["on_books_count"] > 0,
        "on_books_soon": _fading(f["on_books_next_arrival_days"]),
        "properties": _log(f["property_count"]),
        "lead_time": _log(f["mean_lead_time_days"]),
        "stay_nights": _log(f["mean_los_nights"]),
        "weekend_share": f["weekend_share"],
        "direct_share": f["direct_share"],
        "business_share": f["business_share"],
        RHYTHM_COLUMN: logit(np.clip(p_none, 1e-4, 1.0 - 1e-4)),
    }
    return pd.DataFrame({name: np.asarray(values, dtype=np.float64) for name, values in columns.items()})


def only_known_years(frame: pd.DataFrame, history_days: int, horizon_days: int) -> pd.DataFrame:
    """The design of a past cut-off, own visits of the season a year or two before null where the house is younger.

    There they are 0 for all. Learnt from as such, the first night that knows that season holds everybody for a kind of
    customer that was hardly ever seen.
    """
    unknown = [name for name, years in YEARS_BACK.items() if history_days < years * season_days(horizon_days)]
    return frame.assign(**dict.fromkeys(unknown, np.nan))


def rfm_design(features: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: what the RFM logistic baseline may see."""
    f = _Columns(features)
    return pd.DataFrame(
        {
            "recency": _log(f["rfm_recency_days"]),
            "frequency": _log(f["visit_count"]),
            "amount": _log(_filled(f["average_visit_amount"])),
        }
    )


def hiatus_design(features: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: days since the last visit, and nothing else."""
    return pd.DataFrame({"recency": _log(_Columns(features)["rfm_recency_days"])})


def own_rhythm_design(features: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: days since the last visit over the own mean gap (first-timers: everybody's median)."""
    gap = features["mean_gap_days"]
    typical = float(gap.median()) if gap.notna().any() else 365.0
    return pd.DataFrame({"overdue": np.log((features["rfm_recency_days"] + 1.0) / (gap.fillna(typical) + 1.0))})


def log_odds(probability: Floats) -> Floats:
    """Log odds, kept finite."""
    return logit(clipped(probability))


class _Columns:
    """Columns of a frame as plain arrays: on a few thousand rows, pandas itself was most of the time of a design."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __getitem__(self, name: str) -> Floats:
        return self.frame[name].to_numpy(dtype=np.float64)


def _log(values: Floats) -> Floats:
    return np.log1p(np.maximum(values, 0.0))


def _filled(values: Floats, missing: Floats | float = 0.0) -> Floats:
    return np.where(np.isnan(values), missing, values)


def _share(part: Floats, whole: Floats) -> Floats:
    """0 where either is missing."""
    return _filled(np.clip(part / whole, 0.0, 1.0))


def _fading(days: Floats) -> Floats:
    """1 today, a third after half a year, 0 where there is no day."""
    return _filled(np.exp(-np.maximum(days, 0.0) / 180.0))

"""How the churn scores of a past night did, now that their horizon is over: degraded models are seen here first."""

import numpy as np
import pyarrow as pa

from ml.churn_training import ChurnScorer
from ml.judge import auc, calibration_error
from ml.visit_rhythm import Floats

HEALTHY, DEGRADED, FAILED, UNJUDGED = "healthy", "degraded", "failed", "unjudged"
LEAST_OF_EACH_CLASS = 100  # one night alone decides here
WARN_CALIBRATION_ERROR = 0.1
FAIL_ERRORS = 2.0  # paired standard errors


def health_rows(matured: pa.Table, scorer: ChurnScorer) -> pa.Table:
    """One row: the figures of a past night's scores beside those of visits alone, computed from the same day.

    `matured` has a row per customer scored then (`ml.sql.matured_scores`). Nulls and `unjudged` under 100 customers of
    either class, or where nothing was scored.
    """
    label = matured["has_left"].to_numpy()
    said = matured["churn_probability"].to_numpy(zero_copy_only=False)
    scored = np.isfinite(said)
    label, said = label[scored].astype(np.float64), said[scored]
    row: dict[str, object] = {"row_count": len(label), "health_code": UNJUDGED}
    if scorer.rhythm is not None and min(label.sum(), len(label) - label.sum()) >= LEAST_OF_EACH_CLASS:
        names = ("clv_frequency", "clv_recency_days", "clv_age_days")
        repeats, recency, age = (matured[name].to_numpy().astype(np.float64)[scored] for name in names)
        fallback = scorer.rhythm.p_none(repeats, recency, age, scorer.horizon_days * scorer.pace)
        row |= _figures(label, said, fallback)
    return pa.Table.from_pylist([row])


def _figures(label: Floats, said: Floats, fallback: Floats) -> dict[str, object]:
    gain = (fallback - label) ** 2 - (said - label) ** 2
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    calibration = calibration_error(label, said)
    base = float(np.mean((label.mean() - label) ** 2))
    brier = float(np.mean((said - label) ** 2))
    if brier > base or gain.mean() < -FAIL_ERRORS * error:
        code = FAILED
    else:
        code = DEGRADED if gain.mean() < -error or calibration > WARN_CALIBRATION_ERROR else HEALTHY
    return {
        "brier": round(brier, 6),
        "fallback_brier": round(float(np.mean((fallback - label) ** 2)), 6),
        "base_rate_brier": round(base, 6),
        "brier_gain_error": round(error, 6),
        "auc": round(auc(label, said), 6),
        "calibration_error": round(calibration, 6),
        "churn_share": round(float(label.mean()), 6),
        "mean_probability": round(float(said.mean()), 6),
        "health_code": code,
    }

"""The last step of segmentation: is each segment worth having, one verdict per segment and question."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import silhouette_samples
from sklearn.tree import DecisionTreeClassifier

from ml.segment_axes import SPEND, plain_axes
from ml.visit_rhythm import Floats

LEAST_SHARE = 0.02
LEAST_SILHOUETTE = 0.1
LEAST_REACHABLE_SHARE = 0.1
LEAST_REVENUE_SHARE = 0.01
LEAST_FIDELITY = 0.75
RULE_DEPTH = 4
FIGURES = ("customer_share", "silhouette", "reachable_share", "revenue_share", "fidelity")


def judge_segments(features: pd.DataFrame, codes: NDArray[np.object_], space: Floats) -> dict[str, dict[str, Any]]:
    """By segment_code the figures of FIGURES and whether each is enough; `space` holds a row of axes per customer.

    fidelity: how well a few yes-or-no questions on days, visits and spend tell the segment from all others (balanced
    accuracy); what takes more can't be explained at a front desk.
    """
    plain = plain_axes(features)
    spend = plain[:, SPEND]
    reachable = features["consent_email"].to_numpy() > 0
    total = max(float(spend.sum()), 1e-9)
    apart = silhouette_samples(space, codes) if len(np.unique(codes)) > 1 else np.zeros(len(codes))
    return {
        str(code): _verdict(
            {
                "customer_share": float(rows.mean()),
                "silhouette": float(apart[rows].mean()),
                "reachable_share": float(reachable[rows].mean()),
                "revenue_share": float(spend[rows].sum()) / total,
                "fidelity": _fidelity(plain, rows),
            }
        )
        for code in np.unique(codes.astype(str))
        for rows in (codes == code,)
    }


def _verdict(figures: dict[str, float]) -> dict[str, Any]:
    limits = (LEAST_SHARE, LEAST_SILHOUETTE, LEAST_REACHABLE_SHARE, LEAST_REVENUE_SHARE, LEAST_FIDELITY)
    questions = ("is_big_enough", "is_distinct", "is_reachable", "is_profitable", "is_understandable")
    verdicts = {
        question: figures[name] >= limit for question, name, limit in zip(questions, FIGURES, limits, strict=True)
    }
    return {**{name: round(value, 4) for name, value in figures.items()}, **verdicts}


def _fidelity(plain: Floats, rows: NDArray[np.bool_]) -> float:
    if rows.all() or not rows.any():
        return 0.0
    tree = DecisionTreeClassifier(max_depth=RULE_DEPTH, class_weight="balanced", random_state=0).fit(plain, rows)
    said = tree.predict(plain).astype(bool)
    return float(said[rows].mean() + (~said[~rows]).mean()) / 2

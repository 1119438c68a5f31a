"""How good probabilities and amounts were, once the future they spoke of has come."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
MIN_OF_EACH_CLASS = 25  # to learn from and to compare models by, on the mean of several cut-offs
EPSILON = 1e-6


def clipped(probability: Floats) -> Floats:
    """Probabilities kept off 0 and 1, so that their logits are finite."""
    return np.clip(probability, EPSILON, 1.0 - EPSILON)


def can_be_judged(label: Floats) -> bool:
    """Whether both classes have enough rows to learn from, and for a figure to count among others."""
    positives = int(np.sum(label))
    return positives >= MIN_OF_EACH_CLASS and len(label) - positives >= MIN_OF_EACH_CLASS


def judge_probability(label: Floats, probability: Floats) -> dict[str, float]:
    """AUC, Brier, log loss, top-decile lift, calibration error, slope and bias of one set of probabilities.

    `label` is 1 for churned.
    """
    y, p = np.asarray(label, dtype=np.float64), clipped(np.asarray(probability, dtype=np.float64))
    return {
        "auc": _round(auc(y, p)),
        "brier": _round(float(np.mean((p - y) ** 2))),
        "log_loss": _round(float(-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)))),
        "top_decile_lift": _round(top_decile_lift(y, p)),
        "calibration_error": _round(calibration_error(y, p)),
        "calibration_slope": _round(calibration_line(y, p)[1]),
        "bias": _round(float(p.mean() - y.mean())),
    }


def judge_amount(actual: Floats, expected: Floats) -> dict[str, float]:
    """Mean absolute error, rank correlation and total of expected against actual (visits or money)."""
    from scipy.stats import spearmanr

    y, m = np.asarray(actual, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    varies = len(y) > 1 and float(np.ptp(y)) > 0 and float(np.ptp(m)) > 0
    return {
        "mean_absolute_error": _round(float(np.mean(np.abs(y - m)))),
        "rank_correlation": _round(float(spearmanr(y, m).statistic)) if varies else 0.0,
        "total_actual": _round(float(y.sum())),
        "total_expected": _round(float(m.sum())),
    }


def auc(label: Floats, score: Floats) -> float:
    """Probability that a churned row has a higher score than another; ties count half."""
    from scipy.stats import rankdata

    positives = float(label.sum())
    negatives = len(label) - positives
    if positives == 0 or negatives == 0:
        return 0.5
    return float((rankdata(score)[label > 0.5].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def top_decile_lift(label: Floats, score: Floats) -> float:
    """Churn among the tenth with the highest scores, over churn among all.

    Rows tied at the edge count with their mean.
    """
    base = float(label.mean())
    if base == 0:
        return 0.0
    wanted = max(1, round(len(score) * 0.1))
    edge = np.partition(score, len(score) - wanted)[len(score) - wanted]
    above, tied = score > edge, score == edge
    rest = wanted - int(above.sum())
    return float((label[above].sum() + rest * label[tied].mean()) / wanted / base)


def lift_gain(label: Floats, other: Floats, ours: Floats) -> tuple[float, float]:
    """Top-decile lift of our score less that of another on the same rows, and its standard error.

    Rows in both top tenths cancel; the error comes from those in one of them only.
    """
    base, wanted = float(label.mean()), max(1, round(len(label) * 0.1))
    if base == 0:
        return 0.0, 0.0
    tops = [np.argsort(-score, kind="stable")[:wanted] for score in (ours, other)]
    alone = [label[np.setdiff1d(tops[0], tops[1])], label[np.setdiff1d(tops[1], tops[0])]]
    variance = sum(len(part) * float(part.var()) for part in alone if len(part))
    return top_decile_lift(label, ours) - top_decile_lift(label, other), float(np.sqrt(variance)) / wanted / base


def calibration_error(label: Floats, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error over equal-count bins."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, bins)
    return float(sum(abs(label[p].mean() - probability[p].mean()) * len(p) for p in parts if len(p)) / len(label))


def calibration_table(label: Floats, probability: Floats, bins: int = 10) -> list[list[float]]:
    """One row per tenth of the rows, lowest probabilities first: mean probability, share of churned, rows."""
    parts = np.array_split(np.argsort(probability, kind="stable"), bins)
    return [[_round(float(probability[p].mean())), _round(float(label[p].mean())), len(p)] for p in parts if len(p)]


def calibration_line(label: Floats, probability: Floats) -> tuple[float, float]:
    """Intercept and slope of the label's log odds on the predicted log odds (1 = neither too bold nor too timid).

    (0, 1) when it can't be told.
    """
    z = logit(clipped(probability))
    if float(np.ptp(z)) < 1e-9 or float(np.ptp(label)) == 0:
        return 0.0, 1.0
    design = np.column_stack([np.ones_like(z), z])
    beta = np.array([0.0, 1.0])
    for _ in range(50):  # Newton steps, with a little ridge for separated data
        p = expit(design @ beta)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (label - p) - 1e-6 * (beta - [0.0, 1.0]))
        beta = beta + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-9:
            break
    return float(beta[0]), float(beta[1])


def _round(value: float) -> float:
    return round(value, 6)

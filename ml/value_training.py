"""Fitting the value model, and choosing on later periods between the visit model alone and a corrected one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ml.history import CutOff, training_cut_offs
from ml.judge import judge_amount
from ml.season import proven_pace
from ml.value_model import ValueModel, fit_correction
from ml.visit_value import fit_visit_value

JUDGED = 3
LEAST_CUSTOMERS = 500  # a correction is not learnt from fewer
WORTH_IT = 0.99  # the corrected visits must have at most so much of the visit model's mean absolute error
TOTAL_TOLERANCE = 0.02


@dataclass(frozen=True)
class ValueTraining:
    """Outcome of one training of the value model."""

    model: ValueModel
    is_promoted: bool
    reason: str
    metrics: dict[str, Any]


def train_value(night: CutOff, past: Sequence[CutOff], horizon_days: int, random_state: int) -> ValueTraining:
    """The model fitted on the night, and how candidates fitted in the same way did on past cut-offs.

    `plain` is BG/NBD with Gamma-Gamma and nothing else, the baseline.
    """
    past = sorted(past, key=lambda c: c.as_of_date, reverse=True)
    judged = [_judge(cut_off, past, random_state) for cut_off in past[:JUDGED] if cut_off.rhythm is not None]
    is_corrected, why = choose([j for j in judged if "corrected" in j])
    model = _fit(night, past, horizon_days, random_state, is_corrected)
    metrics = {"judged": judged, "choice": why, "pace": round(model.pace, 4)}
    if model.rhythm is None:
        reason = "not promoted: too few customers came back for any visit model; value is not scored"
        return ValueTraining(model, False, reason, metrics)
    metrics["parameters"] = {
        "visits": night.rhythm and night.rhythm.parameters(),
        "spend": model.visit_value and vars(model.visit_value),
    }
    visits = f"{model.rhythm.family} visits" + (" with correction" if model.correction else "")
    spend = "Gamma-Gamma spend" if model.visit_value else "own mean spend (too few different amounts for Gamma-Gamma)"
    return ValueTraining(model, True, f"promoted: {visits}, {spend}; {why}", metrics)


def choose(judged: list[dict[str, Any]]) -> tuple[bool, str]:
    """Whether to correct the visit model, and why: on later periods the error must shrink, nothing else get worse."""
    if not judged:
        return False, "visit model alone: history too short to judge a correction"
    figures = {name: [j[name]["stays"] for j in judged] for name in ("visit_model", "corrected")}
    plain, better = figures["visit_model"], figures["corrected"]
    pairs = list(zip(better, plain, strict=True))
    error = float(np.mean([b["mean_absolute_error"] / max(p["mean_absolute_error"], 1e-9) for b, p in pairs]))
    rank = float(np.mean([b["rank_correlation"] - p["rank_correlation"] for b, p in pairs]))
    total = float(np.mean([_total_error(b) - _total_error(p) for b, p in pairs]))
    is_better = error <= WORTH_IT and rank >= 0 and total <= TOTAL_TOLERANCE
    verdict = "corrected" if is_better else "visit model alone"
    return (
        is_better,
        f"{verdict}: correction moves the error of visits by {error - 1:+.1%}, their ranks by {rank:+.3f}",
    )


def _judge(cut_off: CutOff, past: Sequence[CutOff], random_state: int) -> dict[str, Any]:
    model = _fit(cut_off, past, cut_off.horizon_days, random_state, is_corrected=True)
    plain_rhythm = cut_off.rhythms.get("bgnbd", model.rhythm)
    candidates = {
        "plain": replace(model, rhythm=plain_rhythm, pace=1.0, correction=None),
        "visit_model": replace(model, correction=None),
    }
    if model.correction is not None:
        candidates["corrected"] = model
    figures = {name: _figures(cut_off, candidate) for name, candidate in candidates.items()}
    return {
        "as_of_date": cut_off.as_of_date.isoformat(),
        "row_count": len(cut_off.features),
        "pace": round(model.pace, 4),
        **figures,
    }


def _figures(cut_off: CutOff, model: ValueModel) -> dict[str, dict[str, float]]:
    predicted = model.predict(cut_off.features)
    figures = {}
    for name, actual, column, low, high in (
        ("stays", cut_off.future_visit_count, "expected_stays", "expected_stays_low", "expected_stays_high"),
        (
            "revenue",
            cut_off.future_revenue_amount,
            "expected_revenue_amount",
            "expected_revenue_low_amount",
            "expected_revenue_high_amount",
        ),
    ):
        inside = (actual >= predicted[low]) & (actual <= predicted[high])
        coverage = {"interval_coverage": round(float(inside.mean()), 4)}
        figures[name] = {**judge_amount(actual, predicted[column].to_numpy()), **coverage}
    return figures


def _fit(night: CutOff, past: Sequence[CutOff], horizon_days: int, random_state: int, is_corrected: bool) -> ValueModel:
    f = night.features
    pace = proven_pace(night.as_of_date, past, horizon_days)
    visit_value = fit_visit_value(f["visit_count"].to_numpy(), f["average_visit_amount"].to_numpy())
    usable = training_cut_offs(past, night.as_of_date, horizon_days)
    correction = None
    if is_corrected and night.rhythm is not None and sum(len(c.features) for c in usable) >= LEAST_CUSTOMERS:
        correction = fit_correction(usable, pace != 1.0, random_state)
    return ValueModel(horizon_days, night.rhythm, visit_value, pace, correction)


def _total_error(figures: dict[str, float]) -> float:
    return abs(figures["total_expected"] / max(figures["total_actual"], 1e-9) - 1.0)

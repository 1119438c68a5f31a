"""Fitting the value model, and choosing on past cut-offs between BG/NBD, both visit models, a pace and a correction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ml.history import CutOff, expected_visits, same_season, training_cut_offs
from ml.judge import judge_amount
from ml.season import closed_pace, proven_pace
from ml.value_model import ValueModel, fit_correction
from ml.visit_value import fit_visit_value

JUDGED = 3
LEAST_CUSTOMERS = 500  # a correction is not learnt from fewer
PLAIN = "plain"
CORRECTED = ("corrected", "corrected_shape")
CANDIDATES = ("visit_model", "paced", *CORRECTED)
TOTAL_TOLERANCE = 0.05  # by so much of what came may a total be further off than that of BG/NBD, on any past cut-off
TOTAL_WEIGHT = 0.5  # what a total further off costs, against a share of the error, where candidates are compared


@dataclass(frozen=True)
class ValueTraining:
    """Outcome of one training of the value model."""

    model: ValueModel
    is_promoted: bool
    reason: str
    metrics: dict[str, Any]


def train_value(night: CutOff, past: Sequence[CutOff], horizon_days: int, random_state: int) -> ValueTraining:
    """The model fitted on the night, and how candidates fitted in the same way did on past cut-offs."""
    past = sorted(past, key=lambda c: c.as_of_date, reverse=True)
    judged = [_judge(cut_off, past, random_state) for cut_off in past[:JUDGED] if cut_off.rhythm is not None]
    chosen, why = choose(judged)
    if closed_pace(training_cut_offs(past, night.as_of_date, horizon_days)) is not None:
        chosen, why = "paced", f"nobody came in the {horizon_days} days after any past cut-off: as good as no visits"
    model = _candidates(night, past, horizon_days, random_state, chosen in CORRECTED)[chosen]
    metrics = {"judged": judged, "choice": why, "pace": round(model.pace, 4)}
    if model.rhythm is None:
        lack = "too few customers came back for any visit model; value is not scored"
        return ValueTraining(model, False, f"not promoted: {lack}", {**metrics, "choice": lack})
    metrics["parameters"] = {
        "visits": night.rhythm and night.rhythm.parameters(),
        "spend": model.visit_value and vars(model.visit_value),
    }
    visits = f"{model.rhythm.family} visits" + (" with correction" if model.correction else "")
    spend = "Gamma-Gamma spend" if model.visit_value else "own mean spend (too few different amounts for Gamma-Gamma)"
    return ValueTraining(model, True, f"promoted: {visits}, {spend}; {why}", metrics)


def choose(judged: list[dict[str, Any]]) -> tuple[str, str]:
    """Of the candidates never worse than BG/NBD on past cut-offs the one with the least error, and why; else BG/NBD.

    Looked at on each past cut-off, of stays and of revenue, all against BG/NBD with Gamma-Gamma: the mean absolute
    error, the rank correlation, and the total.
    """
    if not judged:
        return PLAIN, "BG/NBD alone: history too short to judge anything else"
    cost = {name: float(np.mean([_cost(j[name], j[PLAIN]) for j in judged])) for name in CANDIDATES}
    worse = {name: sum(_is_worse(j[name], j[PLAIN]) for j in judged) for name in CANDIDATES}
    sound = {PLAIN: 1.0} | {name: cost[name] for name in CANDIDATES if worse[name] == 0}
    chosen = min(sound, key=lambda name: sound[name])
    known = ", ".join(
        name.replace("_", " ") + f" {cost[name]:.3f}" + (f" (worse on {n} of {len(judged)})" if n else "")
        for name, n in worse.items()
    )
    said = "BG/NBD alone" if chosen == PLAIN else chosen.replace("_", " ")
    return chosen, f"{said}: error against BG/NBD with Gamma-Gamma, totals counted: {known}"


def _is_worse(ours: dict[str, Any], plain: dict[str, Any]) -> bool:
    return any(
        ours[what]["mean_absolute_error"] > plain[what]["mean_absolute_error"]
        or ours[what]["rank_correlation"] < plain[what]["rank_correlation"]
        or _total_error(ours[what]) > _total_error(plain[what]) + TOTAL_TOLERANCE
        for what in ("stays", "revenue")
    )


def _cost(ours: dict[str, Any], plain: dict[str, Any]) -> float:
    """Mean over stays and revenue: error as a share of the plain one, and by how much the total is further off."""
    shares = [
        ours[what]["mean_absolute_error"] / max(plain[what]["mean_absolute_error"], 1e-9)
        + TOTAL_WEIGHT * max(_total_error(ours[what]) - _total_error(plain[what]), 0.0)
        for what in ("stays", "revenue")
    ]
    return float(np.mean(shares))


def _judge(cut_off: CutOff, past: Sequence[CutOff], random_state: int) -> dict[str, Any]:
    candidates = _candidates(cut_off, past, cut_off.horizon_days, random_state)
    return {
        "as_of_date": cut_off.as_of_date.isoformat(),
        "row_count": len(cut_off.features),
        **{name: _figures(cut_off, candidate) for name, candidate in candidates.items()},
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


def _candidates(
    night: CutOff, past: Sequence[CutOff], horizon_days: int, random_state: int, is_corrected: bool = True
) -> dict[str, ValueModel]:
    """Models by name: BG/NBD, both visit models, with the pace of the season, corrected, and corrected in shape only.

    The last has the total of both visit models. One that cannot be had is the one before it; BG/NBD, where only the
    other visit model could be fitted, is that.
    """
    f = night.features
    usable = training_cut_offs(past, night.as_of_date, horizon_days)
    pace = closed_pace(usable) or _useful_pace(night, past, horizon_days)
    visit_value = fit_visit_value(f["visit_count"].to_numpy(), f["average_visit_amount"].to_numpy())
    alone = ValueModel(horizon_days, night.rhythm, visit_value)
    paced = replace(alone, pace=pace)
    correction = None
    if is_corrected and night.rhythm is not None and sum(len(c.features) for c in usable) >= LEAST_CUSTOMERS:
        correction = fit_correction(usable, pace != 1.0, random_state)
    corrected = replace(paced, correction=correction)
    level = 1.0
    if correction is not None:
        totals = [float(model.predict(f)["expected_stays"].sum()) for model in (alone, corrected)]
        level = totals[0] / max(totals[1], 1e-9)
    shape = replace(corrected, level=level)
    plain = replace(alone, rhythm=night.rhythms.get("bgnbd", night.rhythm))
    return dict(zip((PLAIN, *CANDIDATES), (plain, alone, paced, corrected, shape), strict=True))


def _useful_pace(night: CutOff, past: Sequence[CutOff], horizon_days: int) -> float:
    """The proven pace, but 1 where it would have raised the absolute error in the same season a year ago.

    Most customers do not come: a pace above 1, though right on the whole, is a larger error for each of them.
    """
    pace, season = proven_pace(night.as_of_date, past, horizon_days), same_season(past, night.as_of_date, horizon_days)
    if pace == 1.0 or season is None or season.rhythm is None:
        return pace
    plain, paced = (expected_visits(season.rhythm, season.features, horizon_days * stretch) for stretch in (1.0, pace))
    came = season.future_visit_count
    return pace if np.abs(paced - came).mean() <= np.abs(plain - came).mean() else 1.0


def _total_error(figures: dict[str, float]) -> float:
    return abs(figures["total_expected"] / max(figures["total_actual"], 1e-9) - 1.0)

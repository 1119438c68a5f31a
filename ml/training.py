"""Training night: which cut-offs are needed, fit and judge on them, save models with cards, write the model runs."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import conform, declared
from guestbook.warehouse import load_records
from ml import registry, sql
from ml.churn_judging import churn_skill
from ml.churn_training import train_churn
from ml.customer_map import record_customer_map
from ml.history import CutOff
from ml.horizon import has_season, season_date
from ml.segment_training import train_segments
from ml.value_training import train_value

CUT_OFFS_A_HORIZON = 2  # rolling origin: cut-offs lie half a horizon apart
MOST_CUT_OFFS = 7  # those that are judged have older ones to train on
YEARS_BEFORE = 3  # newest cut-offs that get one a year before
LEAST_HISTORY_DAYS = 14
SKILL_TOLERANCE = 0.02


def has_models(settings: Settings) -> bool:
    """Whether every model has a version in use that fits the settings, a stated fallback counting as one."""
    return all(registry.is_usable(settings, name) for name in registry.MODEL_NAMES)


def training_dates(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> list[date]:
    """Cut-off dates whose features and labels training wants besides the night's own, newest first.

    [] where history is too short. A cut-off without a visit in its trailing window has nobody to lose and is left out.
    """
    span = sql.arrival_span(con, night_date)
    if span is None:
        return []
    first, last = span
    window = timedelta(days=settings.churn_window_days)
    return [day for day in cut_off_dates(first, night_date, settings.churn_horizon_days) if last > day - window]


def cut_off_dates(first_arrival: date | None, night_date: date, horizon_days: int) -> list[date]:
    """Rolling origin, newest first: a horizon before the night and earlier, half a horizon apart.

    Where the horizon does not cover whole years, also the same days a year before the night, before that day and before
    the YEARS_BEFORE newest cut-offs.
    The oldest has at least half a horizon of history before it.
    """
    if first_arrival is None:
        return []
    oldest = first_arrival + timedelta(days=max(horizon_days // CUT_OFFS_A_HORIZON, LEAST_HISTORY_DAYS))
    back = [horizon_days + -(-horizon_days * number // CUT_OFFS_A_HORIZON) for number in range(MOST_CUT_OFFS)]
    rolling = [night_date - timedelta(days=days) for days in back]
    if has_season(horizon_days):
        season = season_date(night_date, horizon_days)
        seasons = [season, *(season_date(day, horizon_days) for day in (season, *rolling[:YEARS_BEFORE]))]
    else:
        seasons = []
    return sorted({day for day in (*rolling, *seasons) if day >= oldest}, reverse=True)


def ensure_models(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> list[dict[str, Any]]:
    """Train when something has no saved model; returns the model runs, [] when there was nothing to do."""
    return [] if has_models(settings) else train(con, settings, night_date)


@dataclass(frozen=True)
class Candidate:
    """What one training made of one model; `parameters` (settings and ancestry) go into its version."""

    model_name: str
    model: Any
    is_promoted: bool
    reason: str
    metrics: dict[str, Any]
    training_row_count: int
    horizon_days: int | None = None
    window_days: int | None = None
    ancestor: str | None = None


def train(con: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date) -> list[dict[str, Any]]:
    """One model run per model name, as written to ml.model_run (dates and metrics as text).

    Reads features and labels of as_of_date and of the cut-offs of `training_dates`; a cut-off whose features were not
    built is left out.
    """
    record_customer_map(con, settings, as_of_date)
    one_in = sql.sample_one_in(con, as_of_date)
    night = read_cut_off(con, as_of_date, one_in=one_in)
    dates = training_dates(con, settings, as_of_date)
    past = [read_cut_off(con, day, settings.churn_horizon_days, one_in) for day in dates]
    past = [c for c in past if len(c.features)]
    common = {
        "trained_as_of": as_of_date.isoformat(),
        "random_seed": settings.random_seed,
        "history_load_share": history_load_share(night),
        "data_window": {
            "cut_offs": [c.as_of_date.isoformat() for c in (night, *past)],
            "customer_count": len(night.features),
            "one_customer_in": one_in,
        },
    }
    digest = [fingerprint(c) for c in (night, *past)]
    runs = [_keep(settings, candidate, common, digest) for candidate in fit_candidates(settings, night, past)]
    _write_runs(con, settings, as_of_date, runs)
    return runs


def fit_candidates(settings: Settings, night: CutOff, past: list[CutOff]) -> list[Candidate]:
    """One candidate per model name, fitted and judged; nothing is saved yet."""
    horizon, window, seed = settings.churn_horizon_days, settings.churn_window_days, settings.random_seed
    before = registry.champion_before(settings, "segment", night.as_of_date)
    is_readable = before is not None and registry.is_loadable(settings, "segment", before["model_version"])
    champion = registry.load(settings, "segment", before["model_version"]) if before and is_readable else None
    with threadpool_limits(1):  # the order of sums, and so every bit, must not depend on threads
        churn = train_churn(night, past, horizon, window, seed)
        value = train_value(night, past, horizon, seed)
        segment = train_segments(night, past, champion.model if champion else None, seed)
    outcomes: dict[str, tuple[Any, Any]] = {
        "churn": (churn, churn.scorer),
        "value": (value, value.model),
        "segment": (segment, segment.model),
    }
    made = {
        name: Candidate(name, model, outcome.is_promoted, outcome.reason, outcome.metrics, len(night.features))
        for name, (outcome, model) in outcomes.items()
    }
    return [
        replace(made["churn"], training_row_count=churn.training_row_count, horizon_days=horizon, window_days=window),
        replace(made["value"], horizon_days=horizon),
        replace(made["segment"], ancestor=champion.model_version if champion else None),
    ]


def _keep(settings: Settings, candidate: Candidate, common: dict[str, Any], digest: list[str]) -> dict[str, Any]:
    """Save a candidate and, where it serves better than what is in use, put it to use; returns its run."""
    name = candidate.model_name
    ingredients = [candidate.horizon_days, candidate.window_days, candidate.ancestor, common["random_seed"], digest]
    run = {
        **common,
        "model_name": name,
        "model_version": registry.make_version(date.fromisoformat(common["trained_as_of"]), name, *ingredients),
        "horizon_days": candidate.horizon_days,
        "window_days": candidate.window_days,
        "training_row_count": candidate.training_row_count,
        "metrics": candidate.metrics,
        "is_promoted": candidate.is_promoted,
        "promotion_reason": candidate.reason,
    }
    is_used, reason = serves(settings, name, run)
    run |= {"is_promoted": candidate.is_promoted and is_used, "promotion_reason": reason}
    registry.save(settings, name, run["model_version"], candidate.model, run)
    if is_used:
        registry.promote(settings, name, run["model_version"])
    return run


def read_cut_off(
    con: duckdb.DuckDBPyConnection, as_of_date: date, horizon_days: int | None = None, one_in: int = 1
) -> CutOff:
    """One row per customer with a visit by the date.

    With a horizon, labels too (customers whose label is not known are left out).
    """
    features = sql.read_features(con, as_of_date, one_in)
    if horizon_days is None or features.empty:
        return CutOff(as_of_date, features)
    labels = sql.read_labels(con, as_of_date, horizon_days, one_in)
    known = labels["future_visit_count"].notna().to_numpy()
    cut_off = CutOff(
        as_of_date,
        features,
        labels["future_visit_count"].to_numpy(),
        labels["future_revenue_amount"].fillna(0.0).to_numpy(),
        horizon_days,
    )
    return cut_off if known.all() else cut_off.keep(known)


def fingerprint(cut_off: CutOff) -> str:
    """Hash of all that a cut-off says."""
    rows = pd.util.hash_pandas_object(cut_off.features, index=False).to_numpy()
    digest = hashlib.sha256(np.ascontiguousarray(rows).tobytes())
    for label in (cut_off.future_visit_count, cut_off.future_revenue_amount):
        digest.update(np.ascontiguousarray(label).tobytes())
    return f"{cut_off.as_of_date.isoformat()}:{digest.hexdigest()}"


def history_load_share(cut_off: CutOff) -> float | None:
    """Mean share of the customers' facts that came from history loads; None when the features do not say."""
    share = cut_off.features["history_load_share"]
    return round(float(share.mean()), 6) if share.notna().any() else None


def serves(settings: Settings, name: str, run: dict[str, Any]) -> tuple[bool, str]:
    """Whether a training result is put to use, and why: against the version in use, whose place it would take.

    A fallback serves only where nothing better does. A churn model must not lose to the champion in skill: the share of
    the visit model's Brier score that it takes away, each on the later periods that it was judged on.
    """
    reason, trained_as_of = run["promotion_reason"], run["trained_as_of"]
    in_use = registry.current_version(settings, name)
    if in_use is None or not registry.is_usable(settings, name):
        return True, reason
    if registry.read_card(settings, name, in_use)["trained_as_of"] > trained_as_of:
        return False, f"not promoted: {in_use}, trained on a later date, is in use"
    champion = registry.champion_before(settings, name, date.fromisoformat(trained_as_of))
    if champion is None or not champion["is_promoted"]:
        return True, reason
    if not run["is_promoted"]:
        return False, reason
    ours, theirs = (churn_skill(card["metrics"]) for card in (run, champion))
    if name == "churn" and ours < theirs - SKILL_TOLERANCE:
        return False, f"not promoted: skill {ours:.3f} against {theirs:.3f} of the champion {champion['model_version']}"
    return True, reason


def _write_runs(
    con: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date, runs: list[dict[str, Any]]
) -> None:
    table = declared("ml", "model_run")
    for run in runs:
        row = {column.name: run.get(column.name) for column in table.columns}
        row |= {"metrics": registry.to_json(run["metrics"]), "trained_as_of": as_of_date}
        rows = conform(pa.Table.from_pylist([row], schema=table.arrow_schema), table)
        write_record(settings, "model_run", f"{run['model_name']}-{run['model_version']}", rows)
    load_records(con, settings, "ml.model_run")

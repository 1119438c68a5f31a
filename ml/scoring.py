"""Scoring night: features of one date and saved models in, ml tables and their history out."""

from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guestbook.files import write_text_atomic
from guestbook.lake import record_files, write_record
from guestbook.night import is_past_night
from guestbook.settings import Settings
from guestbook.tables import conform, declared
from guestbook.warehouse import load_records, write_rows
from ml import registry, sql
from ml.baskets import basket_rules
from ml.churn_training import ChurnScorer, drift_columns
from ml.customer_map import record_customer_map
from ml.errors import ModelError
from ml.health import health_rows
from ml.lifecycle import lifecycle_stages
from ml.page import models_page
from ml.rfm import fifths, value_tiers
from ml.segment_model import SegmentModel
from ml.value_model import ValueModel
from ml.visit_rhythm import Floats

# Table by the model that writes it.
TABLES = {
    "customer_segment": "segment",
    "customer_churn": "churn",
    "customer_clv": "value",
    "model_drift": "churn",
    "model_health": "churn",
}
BANDS = ((0.25, "low"), (0.5, "medium"), (0.75, "high"), (np.inf, "critical"))
NOT_SCORED = "not_scored"
PROBABILITY_DIGITS = 6
MONEY = pa.decimal128(18, 4)


def score(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, Any]:
    """Write segment, churn and value of every customer as of the night.

    Returns counts of rows by table and the versions used.

    The current tables are replaced and the night's history written; a past night writes its history only.
    """
    models = _load_models(settings, night_date)
    features = sql.read_features(con, night_date)
    money = sql.read_money(con, night_date) if len(features) else None
    churn = churn_rows(features, models["churn"].model)
    frames = {
        "customer_segment": segment_rows(features, money, models["segment"].model, settings.churn_window_days),
        "customer_churn": churn,
        "customer_clv": value_rows(features, models["value"].model),
        "model_drift": drift_rows(features, models["churn"].model, churn),
        "model_health": matured_rows(con, settings, night_date),
    }
    record_customer_map(con, settings, night_date)
    load_records(con, settings, "ml.model_run")  # a rebuilt warehouse has none yet
    counts: dict[str, Any] = {}
    stamped = {
        table: _stamped(frames[table], table, night_date, models[name].model_version, settings)
        for table, name in TABLES.items()
    }
    for table, rows in stamped.items():
        _write(con, settings, table, night_date, rows)
        counts[table] = len(rows)
    counts["basket_rule"] = write_basket_rules(con, settings, night_date)
    write_page(settings, night_date, models, stamped["model_drift"], stamped["model_health"])
    return {**counts, "model_versions": {name: model.model_version for name, model in models.items()}}


def _load_models(settings: Settings, night_date: date) -> dict[str, registry.SavedModel]:
    loaded = {name: registry.load_as_of(settings, name, night_date) for name in registry.MODEL_NAMES}
    missing = ", ".join(name for name, model in loaded.items() if model is None)
    if missing:
        where = f"under {settings.models_dir}"
        raise ModelError(f"no saved model for {missing} {where}; run `guestbook train --date {night_date}`")
    return {name: model for name, model in loaded.items() if model is not None}


def write_page(
    settings: Settings, night_date: date, models: dict[str, registry.SavedModel], drift: pa.Table, health: pa.Table
) -> None:
    """reports/<night>/models.html, offline."""
    cards = {name: model.card for name, model in models.items()}
    page = models_page(night_date.isoformat(), cards, drift, health, [("Gates", "gates.html")])
    write_text_atomic(page.html(), settings.reports_dir / night_date.isoformat() / "models.html")


def segment_rows(features: pd.DataFrame, money: pa.Table | None, model: SegmentModel, window_days: int) -> pa.Table:
    """One row per customer: segment, value tier, RFM scores and life-cycle stage."""
    codes, confidence = model.predict(features)
    spend, year = features["spend_amount"].to_numpy(), features["spend_trailing_year_amount"].to_numpy()
    names = model.names
    exact = (
        money
        if money is not None
        else pa.table({"spend_amount": pa.nulls(0, MONEY), "spend_trailing_year_amount": pa.nulls(0, MONEY)})
    )
    return pa.table(
        {
            "customer_id": _text(features["customer_id"]),
            "segment_code": pa.array(codes, pa.string()),
            "segment_name": pa.array([names[code] for code in codes], pa.string()),
            "segment_confidence": np.round(confidence, PROBABILITY_DIGITS),
            "value_tier_code": pa.array(value_tiers(year), pa.string()),
            "rfm_recency_days": features["rfm_recency_days"].to_numpy().astype(np.int32),
            "rfm_visit_count": features["visit_count"].to_numpy().astype(np.int64),
            "rfm_spend_amount": exact["spend_amount"],
            "r_score": fifths(features["rfm_recency_days"].to_numpy(), is_more_better=False),
            "f_score": fifths(features["visit_count"].to_numpy()),
            "m_score": fifths(spend),
            "spend_trailing_year_amount": exact["spend_trailing_year_amount"],
            "lifecycle_stage_code": pa.array(
                lifecycle_stages(features, model.typical_gap_days_, window_days), pa.string()
            ),
        }
    )


def churn_rows(features: pd.DataFrame, scorer: ChurnScorer) -> pa.Table:
    """One row per customer with a visit in the trailing window: probability, band and reasons."""
    window = features[features["rfm_recency_days"] < scorer.window_days].reset_index(drop=True)
    probability = scorer.probability(window)
    probability = None if probability is None else np.round(probability, PROBABILITY_DIGITS)
    reasons = (
        scorer.reasons.explain(window, probability)
        if scorer.reasons is not None and probability is not None
        else [[None] * len(window)] * 3
    )
    return pa.table(
        {
            "customer_id": _text(window["customer_id"]),
            "churn_probability": pa.nulls(len(window), pa.float64()) if probability is None else pa.array(probability),
            "horizon_days": np.full(len(window), scorer.horizon_days, dtype=np.int32),
            "risk_band": pa.array(risk_bands(probability, len(window)), pa.string()),
            **{f"reason_{number}": pa.array(texts, pa.string()) for number, texts in enumerate(reasons, start=1)},
            "score_method_code": pa.array([scorer.method] * len(window), pa.string()),
            "has_future_booking": (window["on_books_count"] > 0).to_numpy(),
        }
    )


def risk_bands(probability: Floats | None, count: int) -> np.ndarray:
    """One band per row; not_scored without a probability."""
    if probability is None:
        return np.full(count, NOT_SCORED, dtype=object)
    limits, names = zip(*BANDS, strict=True)
    return np.array(names, dtype=object)[np.searchsorted(np.array(limits), probability, side="right")]


def value_rows(features: pd.DataFrame, model: ValueModel) -> pa.Table:
    """One row per customer: expected visits and revenue with their intervals.

    Nulls when no visit model could be fitted.
    """
    predicted = model.predict(features)
    return pa.table(
        {
            "customer_id": _text(features["customer_id"]),
            "expected_stays": _rounded(predicted["expected_stays"], PROBABILITY_DIGITS),
            "expected_stays_low": _rounded(predicted["expected_stays_low"], PROBABILITY_DIGITS),
            "expected_stays_high": _rounded(predicted["expected_stays_high"], PROBABILITY_DIGITS),
            "expected_visit_amount": _money(predicted["expected_visit_amount"].to_numpy()),
            "expected_revenue_amount": _money(predicted["expected_revenue_amount"].to_numpy()),
            "expected_revenue_low_amount": _money(predicted["expected_revenue_low_amount"].to_numpy()),
            "expected_revenue_high_amount": _money(predicted["expected_revenue_high_amount"].to_numpy()),
            "p_alive": _rounded(predicted["p_alive"], PROBABILITY_DIGITS),
            "horizon_days": np.full(len(features), model.horizon_days, dtype=np.int32),
        }
    )


def drift_rows(features: pd.DataFrame, scorer: ChurnScorer, churn: pa.Table) -> pa.Table:
    """One row per column_name: how far tonight's scored customers are from those the churn model was trained on."""
    if scorer.reference is None or not len(churn):
        return declared("ml", "model_drift").empty().select(["column_name", "psi", "drift_code"])
    window = features[features["rfm_recency_days"] < scorer.window_days].reset_index(drop=True)
    psi = scorer.reference.psi(drift_columns(window, churn["churn_probability"].to_numpy()))
    return pa.Table.from_pandas(psi.assign(model_name="churn"), preserve_index=False)


def matured_rows(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> pa.Table:
    """One row for churn: how the newest scores did whose horizon is over by the night; none before there are any."""
    nothing = declared("ml", "model_health").empty().drop_columns(["as_of_date"])
    load_history(con, settings, "customer_churn_history", night_date)
    judged = sql.matured_date(con, night_date)
    matured = None if judged is None else sql.matured_scores(con, judged)
    if matured is None or not len(matured):
        return nothing
    version = matured["model_version"][0].as_py()
    if not registry.is_loadable(settings, "churn", version):
        return nothing
    rows = health_rows(matured, registry.load(settings, "churn", version).model)
    stamps = {"model_name": "churn", "judged_as_of_date": judged, "model_version": version}
    for name, value in stamps.items():
        rows = rows.append_column(name, pa.array([value]))
    return rows


def write_basket_rules(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> int:
    """What goes together in the night's baskets; returns the number of rules.

    Baskets are those known now, so a past night keeps the rules that it once found.
    """
    if is_past_night(settings, night_date):
        load_records(con, settings, "ml.basket_rule_history")
        return 0
    table = declared("ml", "basket_rule")
    rules = basket_rules(sql.read_baskets(con))
    rows = rules.append_column("as_of_date", pa.array([night_date] * len(rules), pa.date32()))
    _write(con, settings, "basket_rule", night_date, conform(rows, table))
    return len(rules)


def _stamped(rows: pa.Table, table: str, night_date: date, model_version: str, settings: Settings) -> pa.Table:
    declaration = declared("ml", table)
    stamps = {"as_of_date": night_date, "model_version": model_version, "currency_code": settings.reporting_currency}
    for column, value in stamps.items():
        if column in declaration.arrow_schema.names and column not in rows.column_names:
            rows = rows.append_column(
                column, pa.array([value] * len(rows), declaration.arrow_schema.field(column).type)
            )
    return conform(rows, declaration)


def _write(con: duckdb.DuckDBPyConnection, settings: Settings, table: str, night_date: date, rows: pa.Table) -> None:
    """History first (lake, then warehouse), then the current table, so that a stopped run can simply run again."""
    history = f"{table}_history"
    write_record(settings, history, night_date.isoformat(), rows)
    load_history(con, settings, history, night_date)
    write_rows(con, f"ml.{history}", rows, replace_where={"as_of_date": night_date})
    if not is_past_night(settings, night_date):
        write_rows(con, f"ml.{table}", rows, replace_where={})


def load_history(con: duckdb.DuckDBPyConnection, settings: Settings, history: str, night_date: date) -> None:
    """Bring dates that the lake has and the warehouse lacks (a rebuilt warehouse) into the history table."""
    held = {day.isoformat() for day in sql.scored_dates(con, history)} | {night_date.isoformat()}
    for path in record_files(settings, history):
        if path.stem not in held:
            write_rows(
                con, f"ml.{history}", pq.read_table(path), replace_where={"as_of_date": date.fromisoformat(path.stem)}
            )


def _text(values: pd.Series) -> pa.Array:
    return pa.array(values, pa.string())


def _rounded(values: pd.Series, digits: int) -> pa.Array:
    return pa.array(np.round(values.to_numpy(dtype=np.float64), digits), from_pandas=True)


def _money(values: Floats) -> pa.Array:
    """Amounts to the cent as exact decimals; not finite becomes null."""
    cents = np.round(np.where(np.isfinite(values), values, np.nan), 2)
    return pc.cast(pa.array(cents, pa.float64(), from_pandas=True), MONEY)

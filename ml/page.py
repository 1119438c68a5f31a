"""The models of a night as one offline page: what serves, how it was judged, who the segments are, what has moved."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from guestbook.page import Page, Plot, Section, Table, Text, share
from guestbook.plot import bars, lines, percent

TICKS = [(0.0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1.0, "100%")]
MODELS = {
    "ensemble": "blend with boosting",
    "regressions": "visits and regressions",
    "visit_model": "visits alone",
    "rfm_logistic": "RFM regression",
    "hiatus": "days since last visit",
    "hiatus_own_rhythm": "the same over own rhythm",
    "bgnbd": "BG/NBD",
    "mbgnbd": "MBG/NBD",
    "logistic": "regression (part)",
    "boosting": "boosting (part)",
    "rfm": "regression on RFM (part)",
}
FIGURES = {
    "auc": "AUC",
    "brier": "Brier score",
    "top_decile_lift": "Lift of the top tenth",
    "calibration_error": "Calibration error",
    "calibration_slope": "Calibration slope",
}
VALUE_CANDIDATES = ("plain", "visit_model", "paced", "corrected", "corrected_shape")
QUESTIONS = ("is_big_enough", "is_distinct", "is_reachable", "is_profitable", "is_understandable")
DRIFT_SHOWN = 10
HEALTH_TONES = {"healthy": "good", "degraded": "warn", "failed": "bad"}


def models_page(
    night: str, cards: Mapping[str, dict[str, Any]], drift: pa.Table, health: pa.Table, links: list[tuple[str, str]]
) -> Page:
    """The page of a night; `cards` by model_name, `drift` and `health` as ml.model_drift and ml.model_health."""
    sections = [
        _in_use(cards),
        _churn(cards["churn"]["metrics"]),
        _value(cards["value"]["metrics"]),
        _segments(cards["segment"]["metrics"]),
        _drift(drift.to_pylist(), health.to_pylist()),
    ]
    return Page(f"Models, night of {night}", sections, "What scores, and how far it can be believed", links)


def _in_use(cards: Mapping[str, dict[str, Any]]) -> Section:
    names = ("trained_as_of", "model_version", "training_row_count", "promotion_reason")
    rows = [(name, *(card.get(column) for column in names)) for name, card in cards.items()]
    columns = ("Model", "Trained as of", "Version", "Rows", "What its training said")
    return Section("in-use", "In use", [Table("Models that scored this night", columns, rows)])


def _churn(metrics: dict[str, Any]) -> Section:
    judged = metrics["judged"]
    if not judged:
        return Section(
            "churn",
            "Churn",
            [Text("No past period could be judged yet: the fallback scores, if there is one.", "warn")],
        )
    mean = metrics["mean"]
    names = [name for name in MODELS if name in mean]
    rows = [(MODELS[name], *(mean[name][figure] for figure in FIGURES)) for name in names]
    table = Table(f"Mean of the judged periods ({len(judged)})", ("Model", *FIGURES.values()), _rounded(rows))
    lifts = [(MODELS[name], mean[name]["top_decile_lift"], f"{mean[name]['top_decile_lift']:.2f}") for name in names]
    return Section("churn", "Churn", [_calibration(judged[0]), table, _lift(lifts), _periods(judged)])


def _calibration(judged: dict[str, Any]) -> Plot:
    tables = judged["calibration"]
    series = {MODELS[name]: [(row[0], row[1]) for row in tables[name]] for name in tables}
    title = f"Calibration after {judged['as_of_date']}"
    rows = [
        (f"{number}", share(p), share(came), count) for number, (p, came, count) in enumerate(tables["ensemble"], 1)
    ]
    columns = ("Tenth", "Mean probability", "Did not come", "Customers")
    return Plot(
        title,
        "Each dot is a tenth of the customers: the probability of no visit they were given, and the share who did not "
        "come. On the dotted line the two agree.",
        lines(title, series, TICKS, percent, 1.0, with_diagonal=True),
        Table("The blend with boosting by tenths", columns, rows),
    )


def _lift(lifts: list[tuple[str, float, str]]) -> Plot:
    title = "Lift of the top tenth"
    text = "How many times more of the tenth with the highest risk stayed away than of all customers."
    return Plot(title, text, bars(title, lifts), Table(title, ("Model", "Lift"), [(row[0], row[2]) for row in lifts]))


def _periods(judged: list[dict[str, Any]]) -> Table:
    rows = [
        (
            period["as_of_date"],
            period["row_count"],
            share(period["churn_share"]),
            *(f"{period['models']['ensemble'][figure]:.3f}" for figure in FIGURES),
            ", ".join(f"{name} {weight:.2f}" for name, weight in period["weights"].items()),
        )
        for period in judged
    ]
    columns = ("Period after", "Customers", "Did not come", *FIGURES.values(), "Weights of the parts")
    return Table("The blend with boosting period by period", columns, rows)


def _value(metrics: dict[str, Any]) -> Section:
    rows = [
        (
            f"{period['as_of_date']} {what}",
            name.replace("_", " "),
            f"{figures['mean_absolute_error']:.3f}",
            f"{figures['rank_correlation']:.3f}",
            f"{figures['total_expected']:,.0f}",
            f"{figures['total_actual']:,.0f}",
            share(figures["interval_coverage"]),
        )
        for period in metrics["judged"]
        for what in ("stays", "revenue")
        for name in VALUE_CANDIDATES
        if name in period
        for figures in (period[name][what],)
    ]
    columns = ("Period after", "Model", "Mean error", "Rank correlation", "Expected", "Came", "Inside the 80% interval")
    parts: list[Any] = [
        Text(metrics["choice"]),
        Table("Value on past periods; plain is BG/NBD with Gamma-Gamma", columns, rows),
    ]
    return Section("value", "Value", parts if rows else parts[:1])


def _segments(metrics: dict[str, Any]) -> Section:
    profiles = [
        (
            f"{segment['segment_code']} {segment['segment_name']}",
            segment["customer_count"],
            share(segment["customer_share"]),
            share(segment.get("revenue_share")),
            segment["description"],
            share(segment.get("meaning_kept_share")),
            _misses(segment.get("judged")),
        )
        for segment in metrics["segments"]
    ]
    figures = ("silhouette", "ari_mean", "ari_lowest")
    tried = [
        (f"{c['k']} by {c['algorithm'].replace('_', ' ')} of {', '.join(c['axes'])}", *(f"{c[n]:.2f}" for n in figures))
        for c in metrics["tried"]
        if c["ari_mean"] > 0
    ]
    parts: list[Any] = [
        Text(metrics["reason"]),
        Table(
            "Segments",
            ("Segment", "Customers", "Share", "Revenue", "Who they are", "Meaning kept", "Falls short in"),
            profiles,
        ),
    ]
    columns = ("Tried", "Silhouette", "Stability, mean", "Stability, lowest")
    parts += (
        [
            Table(
                f"Ways tried with clear segments of sound size ({len(tried)} of {len(metrics['tried'])})",
                columns,
                tried,
            )
        ]
        if tried
        else []
    )
    return Section("segments", "Segments", parts)


def _misses(judged: dict[str, Any] | None) -> str:
    if judged is None:
        return "not judged"
    return ", ".join(name[3:].replace("_", " ") for name in QUESTIONS if not judged[name]) or "nothing"


def _drift(drift: list[dict[str, Any]], health: list[dict[str, Any]]) -> Section:
    top = sorted(drift, key=lambda row: (-row["psi"], row["column_name"]))[:DRIFT_SHOWN]
    title = "Farthest from the customers of the training"
    parts: list[Any] = [Text("No scores have their whole horizon behind them yet.", "note")] if not health else []
    for row in health:
        verdict = f"Scores of {row['judged_as_of_date']}: {row['health_code']}"
        if row["brier"] is not None:
            verdict += f", Brier {row['brier']:.3f} against {row['fallback_brier']:.3f} of visits alone"
        parts.append(Text(verdict, HEALTH_TONES.get(row["health_code"], "note")))
    if top:
        shown = [(row["column_name"], row["psi"], f"{row['psi']:.3f}") for row in top]
        rows = [(row["column_name"], f"{row['psi']:.3f}", row["drift_code"]) for row in top]
        text = "Population stability index; over 0.25 it is another population."
        parts.append(Plot(title, text, bars(title, shown), Table(title, ("Column", "PSI", "Verdict"), rows)))
    return Section("drift", "Drift and health", parts)


def _rounded(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(row[0], *(f"{value:.3f}" for value in row[1:])) for row in rows]

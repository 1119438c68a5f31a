"""Drift and matured scores: a model that is out of date warns, then blocks."""

import duckdb
import pytest

import expectations
from guestbook.settings import Settings
from ml.drift import drift_code
from tests.unit.expectations.night_world import NIGHT, failures


def drift(*nights: tuple[str, float], version: str = "v1", column: str = "churn_probability") -> str:
    """SQL that adds a stability index by night."""
    rows = ", ".join(
        f"('churn', '{column}', date '{night}', {psi}, '{drift_code(psi)}', '{version}')" for night, psi in nights
    )
    return (
        "insert into ml.model_drift_history (model_name, column_name, as_of_date, psi, drift_code, model_version)"
        f" select * from (values {rows})"
    )


MORE_SCORED = """
insert into ml.customer_churn_history (customer_id, as_of_date, churn_probability, model_version)
    select 'X' || i, day, 0.4, 'v1' from range(300) r(i), (values (date '2026-11-18'), (date '2026-11-19')) d(day)
"""
EVERY_NIGHT = [(f"2026-11-{day:02d}", 0.3) for day in range(5, 20)]


@pytest.mark.parametrize(
    ("nights", "expected"),
    [
        ([drift(("2026-11-19", 0.05))], {}),
        ([drift(("2026-11-19", 0.2))], {"score_drift": "warned"}),
        ([drift(("2026-11-19", 0.6), column="stay_count")], {"input_drift": "warned"}),
        ([drift(*EVERY_NIGHT)], {"score_drift": "warned", "score_drift_nights": "blocked"}),
        ([drift(*EVERY_NIGHT[1:])], {"score_drift": "warned"}),  # fourteen nights: two trainings, not yet over
        (
            [drift(*EVERY_NIGHT[:-1]), drift(("2026-11-19", 0.3), version="v2")],
            {"score_drift": "warned"},
        ),  # just trained
        ([drift(*EVERY_NIGHT[:9], ("2026-11-14", 0.1), *EVERY_NIGHT[10:])], {"score_drift": "warned"}),  # a good night
    ],
)
def test_a_model_that_drifts_warns_and_blocks_after_two_weeks(
    con: duckdb.DuckDBPyConnection, settings: Settings, nights: list[str], expected: dict[str, str]
) -> None:
    for statement in (MORE_SCORED, *nights):
        con.execute(statement)
    outcome = expectations.gate_scores(con, settings, NIGHT)
    assert {rule: status for rule, status in failures(outcome).items() if "drift" in rule} == expected


def judged(*nights: str, code: str = "failed", version: str = "v1") -> str:
    """SQL that adds a judgement of matured scores by night."""
    rows = ", ".join(
        f"('churn', date '{night}', date '2025-11-19', '{version}', 900, 0.18, 0.18, 0.12, '{code}')"
        for night in nights
    )
    return (
        "insert into ml.model_health_history (model_name, as_of_date, judged_as_of_date, model_version, row_count,"
        f" brier, fallback_brier, calibration_error, health_code) select * from (values {rows})"
    )


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (judged("2026-11-19", code="healthy"), {}),
        (judged("2026-11-19", code="degraded"), {"matured_scores_hold": "warned"}),
        (judged("2026-11-19"), {"matured_scores_hold": "warned"}),
        (
            judged(*(night for night, _ in EVERY_NIGHT)),
            {"matured_scores_hold": "warned", "matured_scores_failed_nights": "blocked"},
        ),
        (judged(*(night for night, _ in EVERY_NIGHT), version="replaced"), {"matured_scores_hold": "warned"}),
        (judged(*(night for night, _ in EVERY_NIGHT), code="degraded"), {"matured_scores_hold": "warned"}),
    ],
)
def test_what_model_health_says_of_matured_scores_warns_and_blocks_after_two_weeks(
    con: duckdb.DuckDBPyConnection, settings: Settings, statement: str, expected: dict[str, str]
) -> None:
    con.execute(statement)
    assert failures(expectations.gate_scores(con, settings, NIGHT)) == expected

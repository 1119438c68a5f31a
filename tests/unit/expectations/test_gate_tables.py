"""Customers and scores: a good small world passes; each fault is told by the rule that stands for it."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

import expectations
from expectations.outcome import GateOutcome
from guestbook.errors import GateBlocked
from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables
from ml.drift import drift_code

NIGHT = date(2026, 11, 19)

#: 300 customers with one stay each; staging, core and lake as far as the gates read them.
WORLD = """
create table core.dim_customer as
    select 'C' || i as customer_id, 'Guest ' || i as display_name, 'g' || i || '@example.org' as email,
        '+35191234' || lpad(i::varchar, 4, '0') as phone_e164, date '1980-05-01' as birth_date,
        0.9 as identity_confidence
    from range(300) r(i);
create table core.bridge_customer_source_record as
    select 'R' || customer_id as source_record_id, customer_id from core.dim_customer;
create table core.customer_id_history as select customer_id, 'active' as id_status from core.dim_customer;
create table core.fct_reservation as
    select 'LIS' as property_code, 'EUR' as currency_code, 'A' || customer_id as confirmation_number,
        null::varchar as external_reference, customer_id
    from core.dim_customer;
create table core.fct_pos_check as
    select 'LIS' as property_code, 'EUR' as currency_code, 'room_charge' as payment_method_code, customer_id,
        'R1' as reservation_id, date '2026-11-10' as business_date
    from core.dim_customer;
create table core.fct_interaction as
    select 'A' || customer_id as confirmation_number, customer_id, timestamptz '2026-11-10 10:00:00+00' as started_at
    from core.dim_customer;
insert into ops.identity_health (night_date, metric_name, metric_value, row_count, detail)
    select night, metric, value, 300, 'of some'
    from (values (date '2026-11-17'), (date '2026-11-18'), (date '2026-11-19')) n(night), (values
        ('customer_many_first_names_share', 0.001), ('customer_many_birth_dates_share', 0.01),
        ('customer_single_record_share', 0.6), ('record_changed_customer_share', 0.001),
        ('customer_split_share', 0.001), ('pos_check_attributed_share', 0.9), ('room_charge_attributed_share', 0.95),
        ('interaction_attributed_share', 0.9), ('interaction_identified_attributed_share', 1.0)
    ) m(metric, value);
create table core.fct_visit as select customer_id, date '2026-11-01' as arrival_date from core.dim_customer;
create view lake.property as select 'LIS' as property_code;
create view lake.fx_rate as select 'USD' as currency_code;
insert into identity.customer_confidence (customer_id, first_name_count, birth_date_count)
    select customer_id, 1, 1 from core.dim_customer;
insert into identity.customer_history (customer_id, id_status, issued_on, changed_on)
    select customer_id, 'active', date '2026-11-01', date '2026-11-01' from core.dim_customer;
insert into ml.customer_segment_history (customer_id, as_of_date, segment_code, value_tier_code, model_version)
    select customer_id, date '2026-11-19', 's' || (rowid % 4),
        case when rowid < 3 then 'vip' when rowid < 15 then 'key' when rowid < 60 then 'regular' else 'small' end, 'v1'
    from core.dim_customer;
insert into ml.customer_churn_history (customer_id, as_of_date, churn_probability, model_version)
    select customer_id, day, 0.4, 'v1'
    from core.dim_customer, (values (date '2026-11-18'), (date '2026-11-19')) d(day);
insert into ml.customer_clv_history
    (customer_id, as_of_date, expected_stays, expected_revenue_amount, p_alive, model_version)
    select customer_id, date '2026-11-19', 1.5, 300, 0.8, 'v1' from core.dim_customer;
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory with the world in it."""
    with duckdb.connect() as connection:
        ensure_tables(connection)
        connection.execute(WORLD)
        yield connection


def failures(outcome: GateOutcome) -> dict[str, str]:
    return {result.check.rule.rule: result.gate_status for result in outcome.results if not result.success}


def test_a_good_world_passes(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    customers, scores = (
        expectations.gate_customers(con, settings, NIGHT),
        expectations.gate_scores(con, settings, NIGHT),
    )
    assert (failures(customers), failures(scores)) == ({}, {})
    assert customers.counts()["passed"] > 15
    assert scores.counts()["passed"] > 15


def health(metric: str, value: float) -> str:
    """SQL that gives a metric of the night another value."""
    where = f"metric_name = '{metric}' and night_date = '{NIGHT}'"
    return f"update ops.identity_health set metric_value = {value} where {where}"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "insert into core.dim_customer select * from core.dim_customer where customer_id = 'C1'",
            {"customer_id_unique": "blocked"},
        ),
        ("delete from core.bridge_customer_source_record where customer_id = 'C1'", {"customer_has_record": "blocked"}),
        (
            "update core.bridge_customer_source_record set customer_id = 'gone' where customer_id = 'C1'",
            {"customer_has_record": "blocked", "record_has_customer": "blocked"},
        ),
        (
            "update core.customer_id_history set id_status = 'merged' where customer_id = 'C1'",
            {"customer_id_history_agrees": "blocked"},
        ),
        (
            "update core.dim_customer set identity_confidence = 1.2 where customer_id = 'C1'",
            {"identity_confidence_range": "blocked"},
        ),
        (
            "insert into core.bridge_customer_source_record select 'X' || i, 'C1' from range(6000) r(i)",
            {"largest_customer_share_warn": "warned", "largest_customer_share_block": "blocked"},
        ),
        (health("customer_many_first_names_share", 0.02), {"many_first_names_warn": "warned"}),
        (
            health("customer_many_birth_dates_share", 0.3),
            {"many_birth_dates_warn": "warned", "many_birth_dates_block": "blocked"},
        ),
        (health("record_changed_customer_share", 0.021), {"records_changed_customer": "warned"}),
        (health("customer_split_share", 0.03), {"customers_split_share": "warned"}),
        (health("customer_single_record_share", 0.7), {"single_record_share_stable": "warned"}),
        (health("pos_check_attributed_share", 0.8), {"check_attribution_stable": "warned"}),
        (health("interaction_attributed_share", 0.8), {"call_attribution_stable": "warned"}),
        (health("room_charge_attributed_share", 0.4), {"room_charges_attributed": "warned"}),
        (health("interaction_identified_attributed_share", 0.7), {"calls_attributed": "warned"}),
        (
            "update core.fct_pos_check set reservation_id = null where rowid < 90",
            {"room_charge_finds_reservation": "warned"},
        ),
        (
            "update core.fct_interaction set confirmation_number = 'X' where rowid < 90",
            {"confirmation_exists": "warned"},
        ),
        (
            "update identity.customer_history set id_status = 'merged', changed_on = '2026-11-19' where rowid < 90",
            {"merged_tonight_share_warn": "warned"},
        ),
        ("update core.dim_customer set email = 'nobody' where customer_id = 'C1'", {"email_shape": "warned"}),
        ("update core.dim_customer set phone_e164 = '0912' where customer_id = 'C1'", {"phone_shape": "warned"}),
        (
            "update core.dim_customer set birth_date = date '2031-01-01' where customer_id = 'C1'",
            {"birth_date_plausible": "warned"},
        ),
        (
            "update core.fct_reservation set customer_id = null where rowid < 30",
            {"reservation_has_customer_warn": "warned", "reservation_has_customer_block": "blocked"},
        ),
        ("update core.fct_pos_check set currency_code = 'JPY' where rowid < 1", {"pos_currency_has_rate": "warned"}),
    ],
)
def test_each_fault_of_the_customers_has_its_rule(
    con: duckdb.DuckDBPyConnection, settings: Settings, fault: str, expected: dict[str, str]
) -> None:
    con.execute(fault)
    outcome = expectations.gate_customers(con, settings, NIGHT)
    assert failures(outcome) == expected
    if "blocked" in expected.values():
        with pytest.raises(GateBlocked, match="published data stays as it was"):
            outcome.raise_if_blocked()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "update ml.customer_churn_history set churn_probability = 1.5 where customer_id = 'C1'",
            {"churn_probability_range": "blocked"},
        ),
        ("update ml.customer_clv_history set p_alive = 'nan' where customer_id = 'C1'", {"p_alive_range": "blocked"}),
        (
            "update ml.customer_clv_history set expected_revenue_amount = -1 where customer_id = 'C1'",
            {"clv_is_a_value": "blocked"},
        ),
        (
            "insert into ml.customer_segment_history select * from ml.customer_segment_history where rowid = 1",
            {"segment_unique": "blocked"},
        ),
        (
            "update ml.customer_churn_history set model_version = null where customer_id = 'C1'",
            {"churn_model_version_set": "blocked"},
        ),
        (
            "update ml.customer_segment_history set customer_id = 'gone' where customer_id = 'C1'",
            {"score_has_customer": "blocked", "segment_coverage_warn": "warned"},
        ),
        (
            "update ml.customer_segment_history set value_tier_code = 'vip' where rowid < 60",
            {"vip_tier_share": "warned"},
        ),
        ("update ml.customer_segment_history set segment_code = 's'", {"largest_segment_share": "warned"}),
        (
            "update ml.customer_churn_history set churn_probability = null where as_of_date = date '2026-11-19'",
            {"churn_scored": "warned"},
        ),
        (
            "update ml.customer_churn_history set churn_probability = 0.7 where as_of_date = date '2026-11-19'",
            {"churn_mean_stable": "warned"},
        ),
    ],
)
def test_each_fault_of_the_scores_has_its_rule(
    con: duckdb.DuckDBPyConnection, settings: Settings, fault: str, expected: dict[str, str]
) -> None:
    con.execute(fault)
    assert failures(expectations.gate_scores(con, settings, NIGHT)) == expected


def test_empty_tables_are_not_judged_and_block_nothing(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() where not internal").fetchall()
    for (table,) in tables:
        con.execute(f"delete from {table}")
    for gate in (expectations.gate_customers, expectations.gate_scores):
        outcome = gate(con, settings, NIGHT)
        assert set(outcome.counts()) == {"not_judged"}


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


def test_what_health_says_is_shown_with_its_words(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute(health("record_changed_customer_share", 0.03))
    con.execute("update core.fct_pos_check set reservation_id = null where rowid < 90")
    seen = {
        result.check.rule.rule: result.check.measure.observed
        for result in expectations.gate_customers(con, settings, NIGHT).warnings
    }
    assert seen == {
        "records_changed_customer": "3% of 300 (of some)",
        "room_charge_finds_reservation": "30% (90 of 300 rows) (most in LIS, 30.0%)",
    }

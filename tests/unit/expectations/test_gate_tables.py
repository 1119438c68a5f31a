"""Customers and scores: a good small world passes; each fault is told by the rule that stands for it."""

import duckdb
import pytest

import expectations
from guestbook.errors import GateBlocked
from guestbook.settings import Settings
from tests.unit.expectations.night_world import NIGHT, failures


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

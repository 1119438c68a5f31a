"""Golden record, features and marts: they build on nothing, say their grain, and pass dbt's own unit tests."""

from datetime import date

import pytest

from bi.snapshot import relations
from guestbook import dbt_runner
from guestbook.errors import GuestbookError

NIGHT = date(2026, 11, 20)
TABLES = [
    "core.dim_customer", "core.dim_customer_field_source", "helper.customer_field_candidate", "core.customer_360",
    "core.bridge_customer_source_record", "core.customer_id_history", "features.feat_customer", "features.feat_label",
    "marts.property_daily", "marts.source_of_business", "marts.customer_pyramid", "marts.complaint_case",
    "marts.reconciliation", "marts.folio_pos_difference", "marts.preference_profile",
    "core.customer_reach", "marts.customer_value_month", "marts.customer_stage_period",
    "marts.lifecycle_stage_month", "marts.cohort_retention", "marts.value_tier_migration", "marts.segment_migration",
    "marts.early_warning", "marts.lost_customer", "marts.care_call_list", "marts.member_tier_review",
    "marts.corporate_account", "marts.travel_agent_account", "marts.complaint_summary", "marts.service_performance",
    "marts.basket_rule", "marts.next_best_action", "marts.segment_profile", "marts.segment_record",
]  # fmt: skip


@pytest.fixture(scope="module")
def built_on_nothing(empty_warehouse):
    for select in ("tag:core", "tag:marts"):
        empty_warehouse.build(select, NIGHT)
    return empty_warehouse


@pytest.mark.parametrize("table", TABLES)
def test_table_exists_and_is_empty(built_on_nothing, table):
    assert built_on_nothing.rows(f"select count(*) from {table}") == [(0,)]


def test_helpers_with_raw_contact_data_are_not_published(built_on_nothing):
    query = "select table_name from duckdb_tables where schema_name = 'helper'"
    helpers = {name for (name,) in built_on_nothing.rows(query)}
    assert helpers == {
        "customer_field_candidate",
        "customer_name",
        "interaction_attribution",
        "interaction_candidate",
        "interaction_pointer",
        "interaction_said",
        "pos_check_attribution",
        "survivorship_rule",
    }
    with built_on_nothing.connect() as con:
        published = relations(con)
    assert ("core", "dim_customer") in {row[:2] for row in published}
    assert helpers.isdisjoint(name for _, name, _ in published)


def test_the_database_says_grain_and_meaning(built_on_nothing):
    comments = built_on_nothing.rows(
        "select table_name, comment from duckdb_tables() where schema_name in ('features', 'marts')"
    )
    assert len(comments) >= 8
    assert [name for name, comment in comments if not (comment or "").startswith("One row per ")] == []
    assert built_on_nothing.rows(
        """select table_name, column_name from duckdb_columns()
           where schema_name in ('core', 'features', 'marts') and comment is null and not internal"""
    ) == []  # fmt: skip


def test_unit_tests_of_golden_record_features_and_marts(built_on_nothing):
    variables = dbt_runner.night_variables(built_on_nothing.settings, NIGHT)
    mine = ("customer_reach", "dim_customer", "dim_customer_field_source", "customer_field_candidate", "customer_360")
    select = [f"test_type:unit,{name}" for name in mine]
    select += ["test_type:unit,path:models/features", "test_type:unit,path:models/marts"]
    results = dbt_runner.run_dbt(built_on_nothing.settings, ["test", "--select", *select], variables)
    assert len(results) >= 32


def test_stages_are_not_built_without_the_limits_that_the_scores_use(built_on_nothing):
    """Plain dbt would take the defaults of the project, which hold no stage: everybody would be lost."""
    variables = dbt_runner.night_variables(built_on_nothing.settings, NIGHT)
    variables["life_stages"] = {"limits": [], "last": "lost", "won_back_least_days": 0, "won_back_gap_ratio": 0}
    with pytest.raises(GuestbookError, match="life_stages is empty"):
        dbt_runner.run_dbt(built_on_nothing.settings, ["compile", "--select", "customer_stage_period"], variables)

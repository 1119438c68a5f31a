"""Every figure by two roads: the marts of one night against pandas, and totals that must be the same in all of them."""

import pandas as pd
import pytest

from guestbook.settings import Settings
from tests.end_to_end import care_in_pandas as care
from tests.end_to_end import marts_in_pandas as road
from tests.end_to_end.homes import FIRST

WINDOW_DAYS = Settings.model_fields["churn_window_days"].default

BASKETS = {
    "item_of_check": """
        select distinct source_system || property_code || pos_check_id as basket,
            coalesce(item_name, item_code) as value
        from core.fct_pos_line where not is_void and coalesce(item_category, '') not in ('tip', 'service_charge')""",
    "choice_of_customer": """
        select customer_id as basket, coalesce(outlet_name, outlet_code) as value from core.fct_pos_check
        where line_count > 0
        union select customer_id, 'stay at ' || property_code from core.fct_stay""",
}


@pytest.fixture(scope="module")
def tiers(facts: road.Facts) -> pd.DataFrame:
    return road.tiers(facts)


def test_pyramid_and_tier_of_every_customer_and_month(facts: road.Facts, tiers: pd.DataFrame) -> None:
    query = """select as_of_date::timestamp as as_of_date, customer_id, (spend_amount * 10000)::bigint as units,
        value_tier_code as tier from marts.customer_value_month order by 1, 2"""
    spenders = tiers[tiers.units > 0].sort_values(["as_of_date", "customer_id"])
    assert facts.ask(query).to_numpy().tolist() == spenders.to_numpy().tolist()
    query = """select as_of_date::timestamp, value_tier_code, customer_count, (spend_amount * 10000)::bigint
        from marts.customer_pyramid where customer_count > 0 order by 1, 2"""
    grouped = tiers.groupby(["as_of_date", "tier"]).agg(count=("units", "size"), units=("units", "sum"))
    assert facts.ask(query).to_numpy().tolist() == grouped.reset_index().to_numpy().tolist()


def test_who_moved_between_tiers(facts: road.Facts, tiers: pd.DataFrame) -> None:
    query = """select as_of_date::timestamp, from_tier_code, to_tier_code, customer_count,
        (to_spend_amount * 10000)::bigint from marts.value_tier_migration order by 1, 2, 3"""
    assert facts.ask(query).to_numpy().tolist() == road.tier_moves(tiers).reset_index().to_numpy().tolist()


def test_stage_of_every_customer_at_every_month_end_is_what_the_scores_say(facts: road.Facts) -> None:
    counted = facts.ask("select * from marts.lifecycle_stage_month where lifecycle_stage_code <> 'prospect'")
    for end in facts.month_ends():
        query = f"""select customer_id, lifecycle_stage_code from marts.customer_stage_period
            where lifecycle_stage_code <> 'prospect'
                and date '{end.date()}' between stage_from_date and stage_to_date"""
        stages = road.stages_at(facts, end, WINDOW_DAYS)
        assert dict(facts.con.sql(query).fetchall()) == stages, end
        month = counted[counted.as_of_date == end].set_index("lifecycle_stage_code").customer_count
        assert month[month > 0].to_dict() == pd.Series(stages).value_counts().to_dict(), end


def test_current_stage_is_that_of_the_scores(facts: road.Facts) -> None:
    query = """select count(*), count(*) filter (period.lifecycle_stage_code <> scored.lifecycle_stage_code)
        from ml.customer_segment as scored
        left join marts.customer_stage_period as period
            on scored.customer_id = period.customer_id and period.is_current"""
    scored, different = facts.con.sql(query).fetchone()
    assert scored > 0
    assert different == 0


def test_flows_make_the_next_month(facts: road.Facts) -> None:
    query = """select count(*), count(*) filter (customer_count <> before + inflow_count - outflow_count) from (
            select *, coalesce(lag(customer_count) over stage_life, 0) as before from marts.lifecycle_stage_month
            window stage_life as (partition by lifecycle_stage_code order by as_of_date))"""
    rows, broken = facts.con.sql(query).fetchone()
    assert rows > 0
    assert broken == 0


def test_cohorts(facts: road.Facts) -> None:
    query = """select cohort_month::timestamp as cohort, month_number as since, active_count as active,
        returned_count as returned, cohort_count as size from marts.cohort_retention order by 1, 2"""
    expected = road.cohorts(facts)
    expected["cohort"] = expected.cohort.dt.start_time
    expected = expected[["cohort", "since", "active", "returned", "size"]].sort_values(["cohort", "since"])
    assert facts.ask(query).to_numpy().tolist() == expected.to_numpy().tolist()


@pytest.mark.parametrize(
    ("mart", "id_column"), [("corporate_account", "company_id"), ("travel_agent_account", "travel_agent_id")]
)
def test_accounts(facts: road.Facts, mart: str, id_column: str) -> None:
    query = f"""select company_id, reservation_count, cancelled_count, night_count,
        (total_revenue_amount * 10000)::bigint, (total_revenue_year_amount * 10000)::bigint,
        (total_revenue_year_before_amount * 10000)::bigint
        from marts.{mart} order by 1"""
    assert facts.ask(query).to_numpy().tolist() == road.accounts(facts, id_column).reset_index().to_numpy().tolist()


def test_agents(facts: road.Facts) -> None:
    query = """select started_month::timestamp as month, dimension_value as agent_code, interaction_count,
        abandoned_count, first_contact_judged_count, first_contact_settled_count
        from marts.service_performance where dimension_code = 'agent' order by 1, 2"""
    assert facts.ask(query).to_numpy().tolist() == road.service(facts).reset_index().to_numpy().tolist()


@pytest.mark.parametrize("basket_code", ["item_of_check", "choice_of_customer"])
def test_basket_rules_counted_again(facts: road.Facts, basket_code: str) -> None:
    """Every pair seen in ten baskets (one in a thousand is fewer here), and every rule of two, by counting."""
    entries = facts.ask(BASKETS[basket_code]).dropna()
    table = pd.crosstab(entries.basket, entries.value).astype(bool)
    count = len(table)
    rules = facts.ask(f"select * from marts.basket_rule where basket_code = '{basket_code}'")
    singles = rules[rules.other_antecedent_value.isna()]
    together = table.astype(int).T @ table.astype(int)
    often = {(a, b) for a in together for b in together if a != b and together.loc[a, b] >= max(10, count / 1000)}
    assert set(zip(singles.antecedent_value, singles.consequent_value, strict=True)) == often
    assert len(singles) < len(rules) or basket_code == "item_of_check"
    for rule in rules.itertuples():
        left = table[rule.antecedent_value]
        if isinstance(rule.other_antecedent_value, str):
            left = left & table[rule.other_antecedent_value]
        right = table[rule.consequent_value]
        both = int((left & right).sum())
        assert (rule.basket_count, rule.antecedent_count, rule.pair_count) == (count, int(left.sum()), both)
        assert rule.lift_ratio == pytest.approx(both * count / (left.sum() * right.sum()), rel=1e-9)


def test_value_at_stake_and_nobody_warned_of_who_is_booked(facts: road.Facts) -> None:
    rows = facts.ask(
        "select customer_id, last_visit_on, (value_at_stake_amount * 10000)::bigint as units from marts.early_warning"
    )
    booked = facts.reservation[facts.reservation.status.eq("reserved") & (facts.reservation.arrival > facts.night)]
    assert not set(rows.customer_id) & set(booked.customer_id.dropna())
    for row in rows.itertuples():
        stay = facts.stay[facts.stay.customer_id == row.customer_id]
        year = stay[(stay.arrival <= row.last_visit_on) & (stay.arrival > row.last_visit_on - pd.Timedelta(days=365))]
        assert row.units == year.units.sum()


def test_nobody_is_called_who_did_not_say_yes_or_is_on_the_list(facts: road.Facts) -> None:
    query = """select count(*) from marts.care_call_list as call
        inner join core.dim_customer as customer using (customer_id)
        where not coalesce(customer.consent_phone, false) or not customer.is_member or customer.phone_e164 is null
            or exists (
                select 1 from staging.stg_suppression as listed
                where coalesce(listed.channel_code, 'all') in ('all', 'phone')
                    and (listed.phone = customer.phone_e164 or listed.email = customer.email
                        or listed.loyalty_number = customer.loyalty_number))"""
    assert facts.con.sql(query).fetchone() == (0,)


def test_complaints_by_month_hotel_and_cause(facts: road.Facts) -> None:
    query = """select opened_month::timestamp, property_code, case_category, complaint_count, repeat_count,
        answer_judged_count, answered_in_time_count, resolve_judged_count, resolved_in_time_count,
        fast_judged_count, fast_returned_count, slow_judged_count, slow_returned_count
        from marts.complaint_summary order by 1, 2, 3"""
    actual = list(facts.ask(query).itertuples(index=False, name=None))
    assert actual
    assert actual == care.complaint_counts(care.complaints(facts))


def test_members_and_the_tier_they_earn(facts: road.Facts) -> None:
    query = """select customer_id, current_tier_code, night_trailing_year_count, visit_trailing_year_count,
        activity_code, proposed_tier_code, proposal_code from marts.member_tier_review order by 1"""
    actual = facts.con.sql(query).fetchall()
    assert actual
    assert actual == care.members(facts)


@pytest.mark.parametrize(("channel", "address"), [("email", "email"), ("phone", "phone_e164"), ("sms", "phone_e164")])
def test_no_action_writes_to_who_did_not_say_yes_or_is_on_the_list(
    facts: road.Facts, channel: str, address: str
) -> None:
    query = f"""select count(*), count(*) filter (
            where not coalesce(customer.consent_{channel}, false) or customer.{address} is null
                or exists (
                    select 1 from staging.stg_suppression as listed
                    where coalesce(listed.channel_code, 'all') in ('all', '{channel}') and (
                        listed.phone = customer.phone_e164 or listed.email = customer.email
                        or listed.loyalty_number = customer.loyalty_number
                    )
                )
        )
        from marts.next_best_action as action
        inner join core.dim_customer as customer using (customer_id)
        where action.allowed_channel_code = '{channel}'"""
    told, wrongly = facts.con.sql(query).fetchone()
    assert wrongly == 0
    assert told or channel == "sms"  # who may have a text message mostly may have an e-mail, which comes first


def test_next_best_action_of_every_customer(facts: road.Facts) -> None:
    query = "select customer_id, action_code from marts.next_best_action"
    actual = dict(facts.con.sql(query).fetchall())
    assert len(set(actual.values())) > 3
    assert actual == care.actions(facts)


def test_who_was_lost_why_and_what_came_after(facts: road.Facts) -> None:
    query = """select customer_id, lost_on::timestamp, last_property_code, complaint_count, no_show_count,
        churn_type_code, (earlier_revenue_amount * 10000)::bigint, (value_lost_amount * 10000)::bigint,
        (won_back_revenue_amount * 10000)::bigint from marts.lost_customer order by 1, 2"""
    actual = list(facts.ask(query).itertuples(index=False, name=None))
    assert actual
    assert actual == care.lost(facts)


def test_segment_profile(facts: road.Facts) -> None:
    query = """select segment_code, (spend_amount * 10000)::bigint as units,
        (spend_trailing_year_amount * 10000)::bigint as units_year,
        (expected_revenue_amount * 10000)::bigint as expected_units, customer_count as customers
        from marts.segment_profile order by 1"""
    actual, expected = facts.ask(query).set_index("segment_code"), care.segments(facts)
    assert len(actual)
    assert actual.to_dict() == expected[actual.columns].to_dict()
    query = "select segment_code, mean_churn_probability, complaint_per_visit from marts.segment_profile order by 1"
    shares = facts.ask(query).set_index("segment_code")
    assert shares.mean_churn_probability.tolist() == pytest.approx(expected.churn.tolist(), abs=1e-8, nan_ok=True)
    assert shares.complaint_per_visit.tolist() == pytest.approx((expected.complaints / expected.visits).tolist())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select count(*) from core.dim_customer", "select count(*) from marts.next_best_action"),
        ("select count(*) from core.dim_customer", "select count(*) from marts.customer_stage_period where is_current"),
        (
            "select count(*) from core.dim_customer",
            "select sum(customer_count) from marts.lifecycle_stage_month where as_of_date = date '{night}'",
        ),
        (
            "select sum(customer_count) from marts.customer_pyramid where as_of_date = date '{night}'",
            "select sum(customer_count) from marts.value_tier_migration where as_of_date = date '{night}'",
        ),
        (
            "select sum(spend_amount) from marts.customer_pyramid where as_of_date = date '{night}'",
            "select sum(to_spend_amount) from marts.value_tier_migration where as_of_date = date '{night}'",
        ),
        ("select count(*) from ml.customer_segment", "select sum(customer_count) from marts.segment_profile"),
        (
            "select sum(spend_amount) from core.customer_360 where segment_code is not null",
            "select sum(spend_amount) from marts.segment_profile",
        ),
        ("select count(*) from core.dim_customer where is_member", "select count(*) from marts.member_tier_review"),
        ("select count(*) from marts.complaint_case", "select sum(complaint_count) from marts.complaint_summary"),
        (
            "select sum(compensation_amount) from marts.complaint_case",
            "select sum(compensation_amount) from marts.complaint_summary",
        ),
        (
            "select count(*) from core.fct_interaction",
            "select sum(interaction_count) from marts.service_performance where dimension_code = 'queue'",
        ),
        ("select count(distinct customer_id) from core.fct_visit where arrival_date <= date '{night}'",
         "select sum(cohort_count) from marts.cohort_retention where month_number = 0"),
        (
            "select sum(total_revenue_reporting_amount) from core.fct_stay where company_id is not null",
            "select sum(total_revenue_amount) from marts.corporate_account",
        ),
    ],
)  # fmt: skip
def test_totals_conserve(facts: road.Facts, one: str, other: str) -> None:
    left, right = (facts.con.sql(query.format(night=FIRST)).fetchone() for query in (one, other))
    assert left == right
    assert left[0]

"""A small good world for the gates of customers and scores, and what a gate said of it."""

from datetime import date

from expectations.outcome import GateOutcome

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


def failures(outcome: GateOutcome) -> dict[str, str]:
    return {result.check.rule.rule: result.gate_status for result in outcome.results if not result.success}

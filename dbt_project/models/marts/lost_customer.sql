-- one row per customer_id and lost_on: a customer lost on that day, what preceded it, and what came of it
{{ config(materialized='table', tags=['marts']) }}

with lost as (
    select customer_id, stage_from_date as lost_on, stage_to_date, last_visit_on, own_gap_days, repeat_count, is_current
    from {{ ref('customer_stage_period') }}
    where lifecycle_stage_code = 'lost'
),

before_loss as (
    select
        lost.customer_id,
        lost.lost_on,
        arg_max(stay.property_code, (stay.arrival_date, stay.stay_id)) as last_property_code,
        sum(stay.total_revenue_reporting_amount) as earlier_revenue_amount,
        sum(stay.total_revenue_reporting_amount) filter (where stay.arrival_date > lost.last_visit_on - 365) as value_lost_amount,
        sum(stay.room_revenue_reporting_amount) filter (where stay.arrival_date = lost.last_visit_on)
        / nullif(sum(stay.los_nights) filter (where stay.arrival_date = lost.last_visit_on), 0) as last_adr_amount,
        sum(stay.room_revenue_reporting_amount) filter (where stay.arrival_date < lost.last_visit_on)
        / nullif(sum(stay.los_nights) filter (where stay.arrival_date < lost.last_visit_on), 0) as earlier_adr_amount,
        avg(cast(
            {{ is_business_trip('stay.purpose_code', 'stay.market_segment_code', 'stay.company_id', 'null') }} as integer
        )) as business_share
    from lost
    inner join {{ ref('fct_stay') }} as stay
        on lost.customer_id = stay.customer_id and stay.arrival_date <= lost.last_visit_on
    group by lost.customer_id, lost.lost_on
),

complained as (
    select lost.customer_id, lost.lost_on, count(*) as complaint_count
    from lost
    inner join {{ ref('complaint_case') }} as complaint
        on lost.customer_id = complaint.customer_id
        and complaint.opened_on between lost.last_visit_on - 30 and lost.lost_on
    group by lost.customer_id, lost.lost_on
),

unkept as (
    select lost.customer_id, lost.lost_on, count(*) as no_show_count
    from lost
    inner join {{ ref('fct_reservation') }} as reservation
        on lost.customer_id = reservation.customer_id
        and reservation.status = 'no_show'
        and reservation.arrival_date between lost.last_visit_on and lost.lost_on
    group by lost.customer_id, lost.lost_on
),

-- No feed carries balances. What shows a debt is a case about the bill that was still open when the customer was lost.
indebted as (
    select lost.customer_id, lost.lost_on, count(distinct (billing.source_system, billing.case_id)) as open_billing_count
    from lost
    inner join {{ ref('fct_interaction') }} as interaction
        on lost.customer_id = interaction.customer_id
        and interaction.reason_code = 'billing'
        and {{ local_date('interaction.started_at') }} between lost.last_visit_on and lost.lost_on
    inner join {{ ref('fct_case') }} as billing
        on interaction.source_system = billing.source_system
        and interaction.case_id = billing.case_id
        and coalesce({{ local_date('billing.resolved_at') }} > lost.lost_on, true)
    group by lost.customer_id, lost.lost_on
),

-- Tracking afterwards: whether anybody wrote or called, and what those who came back brought.
contacted as (
    select
        lost.customer_id,
        lost.lost_on,
        count(*) as contact_count,
        count(*) filter (where interaction.direction_code in ('outbound', 'callback')) as outbound_count
    from lost
    inner join {{ ref('fct_interaction') }} as interaction
        on lost.customer_id = interaction.customer_id
        and {{ local_date('interaction.started_at') }} between lost.lost_on and lost.stage_to_date
    group by lost.customer_id, lost.lost_on
),

regained as (
    select lost.customer_id, lost.lost_on, sum(stay.total_revenue_reporting_amount) as won_back_revenue_amount
    from lost
    inner join {{ ref('fct_stay') }} as stay
        on lost.customer_id = stay.customer_id
        and stay.arrival_date > lost.stage_to_date
        and stay.arrival_date <= lost.stage_to_date + 365
    where not lost.is_current
    group by lost.customer_id, lost.lost_on
)

select
    lost.customer_id,
    lost.lost_on,
    lost.last_visit_on,
    before_loss.last_property_code,
    lost.repeat_count + 1 as visit_day_count,
    lost.own_gap_days,
    coalesce(complained.complaint_count, 0) as complaint_count,
    coalesce(unkept.no_show_count, 0) as no_show_count,
    coalesce(indebted.open_billing_count, 0) as open_billing_count,
    cast(before_loss.last_adr_amount as decimal(18, 4)) as last_adr_amount,
    cast(before_loss.earlier_adr_amount as decimal(18, 4)) as earlier_adr_amount,
    case
        when complained.complaint_count > 0 then 'service_failure'
        when indebted.open_billing_count > 0 then 'bad_debt'
        when unkept.no_show_count > 0 then 'no_show'
        when lost.repeat_count = 0 then 'first_timer'
        when before_loss.last_adr_amount > 1.25 * before_loss.earlier_adr_amount then 'price'
        when before_loss.business_share >= 0.5 then 'travel_reason'
        else 'natural'
    end as churn_type_code,
    cast(coalesce(before_loss.earlier_revenue_amount, 0) as decimal(18, 4)) as earlier_revenue_amount,
    cast(coalesce(before_loss.value_lost_amount, 0) as decimal(18, 4)) as value_lost_amount,
    coalesce(contacted.contact_count, 0) as contact_count,
    coalesce(contacted.outbound_count, 0) as outbound_count,
    case when not lost.is_current then lost.stage_to_date + 1 end as won_back_on,
    not lost.is_current as is_won_back,
    cast(coalesce(regained.won_back_revenue_amount, 0) as decimal(18, 4)) as won_back_revenue_amount,
    '{{ var("reporting_currency") }}' as currency_code
from lost
left join before_loss on lost.customer_id = before_loss.customer_id and lost.lost_on = before_loss.lost_on
left join complained on lost.customer_id = complained.customer_id and lost.lost_on = complained.lost_on
left join unkept on lost.customer_id = unkept.customer_id and lost.lost_on = unkept.lost_on
left join indebted on lost.customer_id = indebted.customer_id and lost.lost_on = indebted.lost_on
left join contacted on lost.customer_id = contacted.customer_id and lost.lost_on = contacted.lost_on
left join regained on lost.customer_id = regained.customer_id and lost.lost_on = regained.lost_on

-- one row per customer_id whose visits have fallen behind their own rhythm: slipping or dormant, came at least twice, nothing booked
{{ config(materialized='table', tags=['marts']) }}

with quiet as (
    select *
    from {{ ref('customer_stage_period') }}
    where is_current and lifecycle_stage_code in ('slipping', 'dormant') and repeat_count >= 1
),

-- What a year with this customer was worth when they still came.
worth as (
    select quiet.customer_id, sum(stay.total_revenue_reporting_amount) as value_at_stake_amount
    from quiet
    inner join {{ ref('fct_stay') }} as stay
        on quiet.customer_id = stay.customer_id
        and stay.arrival_date <= quiet.last_visit_on
        and stay.arrival_date > quiet.last_visit_on - 365
    group by quiet.customer_id
),

complained as (
    select quiet.customer_id, count(*) as complaint_count
    from quiet
    inner join {{ ref('complaint_case') }} as complaint
        on quiet.customer_id = complaint.customer_id and complaint.opened_on >= quiet.last_visit_on - 30
    group by quiet.customer_id
),

unkept as (
    select
        quiet.customer_id,
        count(*) filter (where reservation.status = 'cancelled') as cancelled_count,
        count(*) filter (where reservation.status = 'no_show') as no_show_count
    from quiet
    inner join {{ ref('fct_reservation') }} as reservation
        on quiet.customer_id = reservation.customer_id
        and reservation.status in ('cancelled', 'no_show')
        and coalesce(reservation.booked_on, reservation.arrival_date) >= quiet.last_visit_on
    group by quiet.customer_id
),

reasoned as (
    select
        quiet.*,
        customer.home_property_code,
        customer.display_name,
        customer.is_member,
        customer.churn_probability,
        customer.risk_band,
        customer.value_tier_code,
        customer.open_case_count,
        worth.value_at_stake_amount,
        case
            when customer.open_case_count > 0 then 'open_case'
            when complained.complaint_count > 0 then 'complaint'
            when unkept.no_show_count > 0 then 'no_show'
            when unkept.cancelled_count > 0 then 'cancelled_trip'
            else 'silence'
        end as reason_code
    from quiet
    inner join {{ ref('customer_360') }} as customer on quiet.customer_id = customer.customer_id
    left join worth on quiet.customer_id = worth.customer_id
    left join complained on quiet.customer_id = complained.customer_id
    left join unkept on quiet.customer_id = unkept.customer_id
    where customer.on_books_count = 0 and not customer.is_in_house
)

select
    customer_id,
    display_name,
    home_property_code as owner_property_code,
    lifecycle_stage_code,
    value_tier_code,
    is_member,
    last_visit_on,
    repeat_count + 1 as visit_day_count,
    own_gap_days,
    {{ night() }} - last_visit_on as silence_days,
    ({{ night() }} - last_visit_on) / own_gap_days as silence_ratio,
    last_visit_on + cast(ceil(own_gap_days) as integer) as due_on,
    cast(coalesce(value_at_stake_amount, 0) as decimal(18, 4)) as value_at_stake_amount,
    '{{ var("reporting_currency") }}' as currency_code,
    churn_probability,
    risk_band,
    reason_code,
    case reason_code
        when 'open_case' then 'close the open case, then invite back'
        when 'complaint' then 'apologise, say what changed, invite back'
        when 'no_show' then 'ask what happened, offer a new date'
        when 'cancelled_trip' then 'offer the cancelled trip again on a flexible rate'
        when 'silence' then case when lifecycle_stage_code = 'dormant' then 'win-back offer' else 'reminder with their usual room' end
    end as suggested_action
from reasoned

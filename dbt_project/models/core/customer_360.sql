-- one row per customer_id: golden record, stays, spend, interactions, preferences, segment, churn and value; built after the scores
{{ config(materialized='table', tags=['marts']) }}

{% set night = "cast('" ~ var('night_date') ~ "' as date)" %}

with visit as (
    select
        customer_id,
        count(*) as visit_count,
        count(*) filter (where arrival_date > {{ night }} - 365) as visit_trailing_year_count,
        min(arrival_date) as first_visit_on,
        max(arrival_date) as last_visit_on,
        max(departure_date) as last_departure_on,
        bool_or(is_in_house) as is_in_house
    from {{ ref('fct_visit') }}
    group by customer_id
),

stay as (
    select
        customer_id,
        count(*) as stay_count,
        sum(los_nights) as night_count,
        count(distinct property_code) as property_count,
        sum(room_revenue_reporting_amount) as room_revenue_amount,
        sum(total_revenue_reporting_amount) as spend_amount,
        sum(total_revenue_reporting_amount) filter (where arrival_date > {{ night }} - 365) as spend_trailing_year_amount,
        count(*) filter (where total_revenue_reporting_amount is null) as stay_without_amount_count
    from {{ ref('fct_stay') }}
    where customer_id is not null
    group by customer_id
),

booking as (
    select
        customer_id,
        count(*) as booking_count,
        count(*) filter (where status = 'cancelled') as cancelled_count,
        count(*) filter (where status = 'no_show') as no_show_count,
        avg(lead_time_days) as mean_lead_time_days,
        avg(cast({{ is_direct_channel('channel_code') }} as integer)) as direct_share,
        count(*) filter (where status = 'reserved' and arrival_date > {{ night }}) as on_books_count,
        min(arrival_date) filter (where status = 'reserved' and arrival_date > {{ night }}) as next_arrival_date,
        sum(total_revenue_reporting_amount) filter (where status = 'reserved' and arrival_date > {{ night }}) as on_books_amount
    from {{ ref('fct_reservation') }}
    where customer_id is not null
    group by customer_id
),

pos as (
    select
        customer_id,
        count(*) as pos_check_count,
        sum(net_reporting_amount) as pos_amount,
        sum(net_reporting_amount) filter (where not is_on_folio) as pos_off_folio_amount
    from {{ ref('fct_pos_check') }}
    where customer_id is not null and line_count > 0
    group by customer_id
),

interaction as (
    select
        customer_id,
        count(*) as interaction_count,
        count(*) filter (where reason_code = 'complaint') as complaint_count,
        max(started_at) as last_interaction_at,
        max(started_at) filter (where reason_code = 'complaint') as last_complaint_at,
        avg(csat_score) as mean_csat_score,
        arg_max(nps_score, (started_at, source_system, interaction_id)) filter (where nps_score is not null) as last_nps_score
    from {{ ref('fct_interaction') }}
    where customer_id is not null
    group by customer_id
),

open_case as (
    select customer_id, count(*) as open_case_count
    from {{ ref('fct_case') }}
    where customer_id is not null and coalesce(case_status, 'open') = 'open'
    group by customer_id
),

preference as (
    select
        customer_id,
        {% for code in ['room_type', 'channel', 'outlet', 'arrival_weekday', 'special_request'] %}
        max(preference_value) filter (where preference_code = '{{ code }}') as preferred_{{ code }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('preference_profile') }}
    where preference_rank = 1
    group by customer_id
)

select
    customer.*,
    {% for column in ['visit_count', 'visit_trailing_year_count'] %}coalesce(visit.{{ column }}, 0) as {{ column }},
    {% endfor -%}
    visit.first_visit_on,
    visit.last_visit_on,
    visit.last_departure_on,
    coalesce(visit.is_in_house, false) as is_in_house,
    coalesce(stay.stay_count, 0) as stay_count,
    cast(coalesce(stay.night_count, 0) as bigint) as night_count,
    coalesce(stay.property_count, 0) as property_count,
    {% for column in ['room_revenue_amount', 'spend_amount', 'spend_trailing_year_amount'] %}cast(coalesce(stay.{{ column }}, 0) as decimal(18, 4)) as {{ column }},
    {% endfor -%}
    cast(stay.spend_amount / visit.visit_count as decimal(18, 4)) as average_visit_amount,
    cast(stay.room_revenue_amount / nullif(stay.night_count, 0) as decimal(18, 4)) as adr_amount,
    coalesce(stay.stay_without_amount_count, 0) as stay_without_amount_count,
    '{{ var("reporting_currency") }}' as currency_code,
    {% for column in ['booking_count', 'cancelled_count', 'no_show_count', 'on_books_count'] %}coalesce(booking.{{ column }}, 0) as {{ column }},
    {% endfor -%}
    booking.next_arrival_date,
    cast(coalesce(booking.on_books_amount, 0) as decimal(18, 4)) as on_books_amount,
    booking.mean_lead_time_days,
    booking.direct_share,
    coalesce(pos.pos_check_count, 0) as pos_check_count,
    cast(coalesce(pos.pos_amount, 0) as decimal(18, 4)) as pos_amount,
    cast(coalesce(pos.pos_off_folio_amount, 0) as decimal(18, 4)) as pos_off_folio_amount,
    coalesce(interaction.interaction_count, 0) as interaction_count,
    coalesce(interaction.complaint_count, 0) as complaint_count,
    interaction.last_interaction_at,
    interaction.last_complaint_at,
    coalesce(open_case.open_case_count, 0) as open_case_count,
    interaction.mean_csat_score,
    interaction.last_nps_score,
    preference.* exclude (customer_id),
    segment.segment_code,
    segment.segment_name,
    segment.segment_confidence,
    segment.value_tier_code,
    segment.lifecycle_stage_code,
    segment.rfm_recency_days,
    segment.r_score,
    segment.f_score,
    segment.m_score,
    churn.churn_probability,
    churn.horizon_days as churn_horizon_days,
    coalesce(churn.risk_band, 'not_scored') as risk_band,
    churn.reason_1,
    churn.reason_2,
    churn.reason_3,
    clv.expected_stays,
    clv.expected_revenue_amount,
    clv.horizon_days as clv_horizon_days,
    clv.p_alive,
    coalesce(segment.as_of_date, churn.as_of_date, clv.as_of_date) as scored_as_of_date
from {{ ref('dim_customer') }} as customer
left join visit on customer.customer_id = visit.customer_id
left join stay on customer.customer_id = stay.customer_id
left join booking on customer.customer_id = booking.customer_id
left join pos on customer.customer_id = pos.customer_id
left join interaction on customer.customer_id = interaction.customer_id
left join open_case on customer.customer_id = open_case.customer_id
left join preference on customer.customer_id = preference.customer_id
left join {{ source('ml', 'customer_segment') }} as segment on customer.customer_id = segment.customer_id
left join {{ source('ml', 'customer_churn') }} as churn on customer.customer_id = churn.customer_id
left join {{ source('ml', 'customer_clv') }} as clv on customer.customer_id = clv.customer_id

-- one row per segment_code of the newest scores: who they are, what they are worth, how to reach them
{{ config(materialized='table', tags=['marts']) }}

-- Means of fractions are rounded: their last digits depend on the order in which rows are added.
with customer as (
    select customer_360.*, reach.may_email, reach.may_phone, reach.may_sms
    from {{ ref('customer_360') }} as customer_360
    inner join {{ ref('customer_reach') }} as reach on customer_360.customer_id = reach.customer_id
    where customer_360.segment_code is not null
),

profile as (
    select
        segment_code,
        max(segment_name) as segment_name,
        count(*) as customer_count,
        sum(spend_amount) as spend_amount,
        sum(spend_trailing_year_amount) as spend_trailing_year_amount,
        sum(expected_revenue_amount) as expected_revenue_amount,
        median(spend_amount) as median_spend_amount,
        avg(visit_count) as mean_visit_count,
        sum(night_count) / nullif(sum(stay_count), 0) as mean_los_nights,
        median(rfm_recency_days) as median_recency_days,
        round(avg(mean_lead_time_days), 9) as mean_lead_time_days,
        round(avg(direct_share), 9) as direct_share,
        avg(cast(is_member as integer)) as member_share,
        avg(cast(may_email as integer)) as email_reach_share,
        avg(cast(may_phone as integer)) as phone_reach_share,
        avg(cast(may_email or may_phone or may_sms as integer)) as reach_share,
        round(avg(churn_probability), 9) as mean_churn_probability,
        round(avg(mean_csat_score), 9) as mean_csat_score,
        sum(complaint_count) / nullif(sum(visit_count), 0) as complaint_per_visit,
        {% for code in ['room_type', 'channel', 'outlet', 'special_request'] %}
        mode(preferred_{{ code }} order by preferred_{{ code }}) as top_{{ code }},
        {% endfor %}
        mode(home_property_code order by home_property_code) as top_property_code,
        mode(country_code order by country_code) as top_country_code,
        mode(lifecycle_stage_code order by lifecycle_stage_code) as top_lifecycle_stage_code
    from customer
    group by segment_code
)

select
    segment_code,
    segment_name,
    customer_count,
    customer_count / sum(customer_count) over () as customer_share,
    cast(spend_amount as decimal(18, 4)) as spend_amount,
    cast(spend_trailing_year_amount as decimal(18, 4)) as spend_trailing_year_amount,
    spend_trailing_year_amount / nullif(sum(spend_trailing_year_amount) over (), 0) as spend_trailing_year_share,
    cast(expected_revenue_amount as decimal(18, 4)) as expected_revenue_amount,
    cast(median_spend_amount as decimal(18, 4)) as median_spend_amount,
    '{{ var("reporting_currency") }}' as currency_code,
    {% for column in [
        'mean_visit_count', 'mean_los_nights', 'median_recency_days', 'mean_lead_time_days', 'direct_share', 'member_share',
        'email_reach_share', 'phone_reach_share', 'reach_share', 'mean_churn_probability', 'mean_csat_score', 'complaint_per_visit',
        'top_room_type', 'top_channel', 'top_outlet', 'top_special_request', 'top_property_code', 'top_country_code',
        'top_lifecycle_stage_code',
    ] %}
    {{ column }},
    {% endfor %}
    case
        when complaint_per_visit >= 0.1 then 'service repair: close cases, then invite back'
        when top_lifecycle_stage_code in ('dormant', 'lost') then 'win-back: one offer, then rest'
        when top_lifecycle_stage_code = 'slipping' then 'reminder before the usual date of the next trip'
        when mean_visit_count < 1.5 then 'second stay: reason to return within 90 days'
        when member_share < 0.5 then 'programme: invite to membership'
        when direct_share < 0.5 then 'direct: member rate for booking with the hotel'
        else 'care: recognise, upgrade, ask for a friend'
    end as suggested_programme
from profile

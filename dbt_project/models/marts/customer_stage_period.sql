-- one row per customer_id and stage_from_date: an unbroken time in one life-cycle stage, judged against the customer's own rhythm
{{ config(materialized='table', tags=['marts']) }}

{% set life = var('life_stages') %}
{% if execute and not life.limits %}{{ exceptions.raise_compiler_error('life_stages is empty: build by `guestbook`, which passes the limits that the scores use') }}{% endif %}
{% set begun = namespace(at='null') %}

-- Everybody's usual gap is learned with the segments (ml.lifecycle): that of the model in use, so that the stages here are those of the scores.
with learned as (
    select coalesce(max(cast(json_extract_string(run.metrics, '$.typical_gap_days') as double)), 365.0) as typical_gap_days
    from {{ source('ml', 'model_run') }} as run
    semi join {{ source('ml', 'customer_segment') }} as scored on run.model_version = scored.model_version
    where run.model_name = 'segment'
),

visit_day as (
    select customer_id, arrival_date, count(*) as visit_count
    from {{ ref('fct_visit') }}
    where arrival_date <= {{ night() }}
    group by customer_id, arrival_date
),

paced as (
    select
        customer_id,
        arrival_date,
        row_number() over life - 1 as repeat_count,
        sum(visit_count) over life as visit_count,
        arrival_date - min(arrival_date) over life as span_days,
        arrival_date - lag(arrival_date) over life as last_gap_days,
        coalesce(lead(arrival_date) over life - 1, {{ night() }}) as end_date
    from visit_day
    window life as (partition by customer_id order by arrival_date)
),

rhythm as (
    select
        *,
        -- The own mean with everybody's as one more observation: two close visits make no rhythm.
        greatest((span_days + typical_gap_days) / (repeat_count + 1), 1.0) as own_gap_days,
        coalesce(
            repeat_count > 1 and last_gap_days >= {{ life.won_back_least_days }}
            and last_gap_days >= {{ life.won_back_gap_ratio }} * (span_days - last_gap_days) / greatest(repeat_count - 1, 1),
            false
        ) as is_won_back
    from paced
    cross join learned
),

-- Silence in own gaps up to which a stage holds; silence of the whole churn window is lost in any case.
stage (lifecycle_stage_code, lower_limit, upper_limit) as (
    values
        {% for code, upper_limit in life.limits %}
        ('{{ code }}', {{ begun.at }}, {{ upper_limit }}),
        {% set begun.at = upper_limit %}
        {% endfor %}
        ('{{ life.last }}', {{ begun.at }}, null)
),

staged as (
    select
        rhythm.customer_id,
        case
            when lifecycle_stage_code <> 'active' then lifecycle_stage_code
            when visit_count <= 1 then 'new'
            when is_won_back then 'won_back'
            else 'active'
        end as lifecycle_stage_code,
        arrival_date + case
            when lower_limit is null then 0
            else least(cast(floor(lower_limit * own_gap_days + 1e-9) as integer) + 1, {{ var('window_days') }})
        end as stage_from_date,
        case
            when upper_limit is null then end_date
            else least(arrival_date + least(cast(floor(upper_limit * own_gap_days + 1e-9) as integer), {{ var('window_days') }} - 1), end_date)
        end as stage_to_date,
        arrival_date as last_visit_on,
        own_gap_days,
        repeat_count
    from rhythm
    cross join stage
    union all
    select
        customer.customer_id,
        'prospect',
        {{ local_date('customer.first_seen_at') }},
        coalesce(first_day.arrival_date - 1, {{ night() }}),
        null, null, 0
    from {{ ref('dim_customer') }} as customer
    left join (from paced where repeat_count = 0) as first_day on customer.customer_id = first_day.customer_id
),

followed as (
    select
        *,
        coalesce(
            lag(lifecycle_stage_code) over (partition by customer_id order by stage_from_date) <> lifecycle_stage_code, true
        ) as is_change
    from staged
    where stage_from_date <= stage_to_date
),

numbered as (
    select *, count(*) filter (where is_change) over (partition by customer_id order by stage_from_date) as period_number
    from followed
),

period as (
    select
        customer_id,
        period_number,
        min(lifecycle_stage_code) as lifecycle_stage_code,
        min(stage_from_date) as stage_from_date,
        max(stage_to_date) as stage_to_date,
        max(last_visit_on) as last_visit_on,
        arg_max(own_gap_days, stage_from_date) as own_gap_days,
        max(repeat_count) as repeat_count
    from numbered
    group by customer_id, period_number
)

select
    customer_id,
    stage_from_date,
    stage_to_date,
    lifecycle_stage_code,
    lag(lifecycle_stage_code) over (partition by customer_id order by stage_from_date) as previous_stage_code,
    last_visit_on,
    own_gap_days,
    repeat_count,
    stage_to_date = {{ night() }} as is_current
from period

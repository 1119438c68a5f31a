-- one row per customer_id and as_of_date with at least one stay known and arrived by then; visits as in fct_visit (macros/visit.sql)
{{ config(materialized='view', tags=['core']) }}

{# Back to the days of the year that the churn horizon covers, as many years as a horizon takes (ml.horizon). #}
{% set horizon_days = var('horizon_days') | int %}
{% set season_days = 365 * ((horizon_days + 364) // 365) %}

with stay as (
    select
        *,
        greatest(departure_date, arrival_date + 1) as end_date,
        greatest(known_on, arrival_date) as visible_on,
        {{ sample_number('customer_id') }} as sample_number,
        los_nights * room_count as night_count,
        {{ weekend_nights('arrival_date', 'departure_date') }} * room_count as weekend_night_count
    from {{ ref('feat_reservation_known') }}
    where status in ('in_house', 'checked_out') and customer_id is not null
),

-- Pairs of stays are found once, then shown on the dates that see both.
touching as (
    select distinct as_of.as_of_date, later.customer_id, later.property_code, later.arrival_date, true as is_touching
    from stay as later
    inner join stay as earlier
        on {{ is_touching('later', 'earlier') }}
    inner join {{ ref('feat_as_of') }} as as_of
        on as_of.as_of_date >= greatest(later.visible_on, earlier.visible_on)
        and {{ is_sampled('later.sample_number') }}
        and (later.superseded_on is null or as_of.as_of_date < later.superseded_on)
        and (earlier.superseded_on is null or as_of.as_of_date < earlier.superseded_on)
),

arrival_day as (
    select
        as_of.as_of_date,
        stay.customer_id,
        stay.property_code,
        stay.arrival_date,
        stay.arrival_date > as_of.as_of_date - 365 as is_trailing_year,
        max(stay.end_date) as end_date,
        count(*) as reservation_count,
        sum(stay.room_count) as stay_count,
        sum(stay.los_nights) as los_nights,
        sum(stay.night_count) as night_count,
        sum(stay.weekend_night_count) as weekend_night_count,
        sum(stay.total_revenue_amount) as spend_amount
    from stay
    inner join {{ ref('feat_as_of') }} as as_of
        on as_of.as_of_date >= stay.visible_on
        and {{ is_sampled('stay.sample_number') }}
        and (stay.superseded_on is null or as_of.as_of_date < stay.superseded_on)
    group by as_of.as_of_date, stay.customer_id, stay.property_code, stay.arrival_date
),

reached as (
    select
        arrival_day.*,
        coalesce(touching.is_touching, false) as is_touching,
        max(arrival_day.end_date) over (
            partition by arrival_day.as_of_date, arrival_day.customer_id, arrival_day.property_code
            order by arrival_day.arrival_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from arrival_day
    left join touching using (as_of_date, customer_id, property_code, arrival_date)
),

begun as (
    select *, not {{ goes_on() }} as is_visit
    from reached
),

summed as (
    select
        customer_id,
        as_of_date,
        list_sort(list_distinct(list(arrival_date) filter (where is_visit))) as visit_dates,
        count(*) filter (where is_visit) as visit_count,
        count(*) filter (where is_visit and is_trailing_year) as visit_trailing_year_count,
        {% for days in [30, 90, 180] %}
        count(*) filter (where is_visit and arrival_date > as_of_date - {{ days }}) as visit_trailing_{{ days }}_count,
        {% endfor %}
        {% for name, days in [('visit_year_ago_count', season_days), ('visit_two_years_ago_count', 2 * season_days)] %}
        {% if horizon_days == season_days %}
        0
        {% else %}
        count(*) filter (
            where is_visit and arrival_date > as_of_date - {{ days }} and arrival_date <= as_of_date - {{ days - horizon_days }}
        )
        {% endif %}
        as {{ name }},
        {% endfor %}
        sum(stay_count) as stay_count,
        sum(night_count) as night_count,
        sum(night_count) filter (where is_trailing_year) as night_trailing_year_count,
        sum(weekend_night_count) as weekend_night_count,
        sum(los_nights) / sum(reservation_count) as mean_los_nights,
        sum(spend_amount) as spend_amount,
        sum(spend_amount) filter (where is_trailing_year) as spend_trailing_year_amount
    from begun
    group by customer_id, as_of_date
),

spaced as (
    select
        *,
        case
            when len(visit_dates) > 1
                then list_transform(range(2, len(visit_dates) + 1), lambda position: visit_dates[position] - visit_dates[position - 1])
        end as gaps
    from summed
)

select
    customer_id,
    as_of_date,
    visit_dates[1] as first_visit_on,
    visit_dates[-1] as last_visit_on,
    visit_count,
    cast(len(visit_dates) as bigint) as visit_date_count,
    visit_trailing_year_count,
    visit_trailing_30_count,
    visit_trailing_90_count,
    visit_trailing_180_count,
    cast(visit_year_ago_count as bigint) as visit_year_ago_count,
    cast(visit_two_years_ago_count as bigint) as visit_two_years_ago_count,
    gaps[-1] as last_gap_days,
    list_max(gaps) as max_gap_days,
    round(list_aggregate(gaps, 'stddev_samp'), 9) as std_gap_days,
    cast(stay_count as bigint) as stay_count,
    cast(night_count as bigint) as night_count,
    cast(coalesce(night_trailing_year_count, 0) as bigint) as night_trailing_year_count,
    cast(weekend_night_count as bigint) as weekend_night_count,
    mean_los_nights,
    cast(coalesce(spend_amount, 0) as decimal(18, 4)) as spend_amount,
    cast(coalesce(spend_trailing_year_amount, 0) as decimal(18, 4)) as spend_trailing_year_amount
from spaced

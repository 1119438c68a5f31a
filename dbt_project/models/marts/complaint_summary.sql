-- one row per opened_month, property_code and case_category with complaints
{{ config(materialized='table', tags=['marts']) }}

with summed as (
    select
        opened_month,
        coalesce(property_code, 'none') as property_code,
        case_category,
        count(*) as complaint_count,
        count(*) filter (where case_severity in ('high', 'critical')) as severe_count,
        count(*) filter (where is_repeat_complaint) as repeat_count,
        count(*) filter (where case_status = 'open') as open_count,
        count(is_answered_in_time) as answer_judged_count,
        count(*) filter (where is_answered_in_time) as answered_in_time_count,
        count(is_resolved_in_time) as resolve_judged_count,
        count(*) filter (where is_resolved_in_time) as resolved_in_time_count,
        median(first_answer_minutes) as median_first_answer_minutes,
        median(resolve_hours) as median_resolve_hours,
        cast(coalesce(sum(compensation_amount), 0) as decimal(18, 4)) as compensation_amount,
        avg(csat_score) as mean_csat_score,
        -- The measured worth of speed: who came back after a complaint solved in time, and after one that was not.
        count(*) filter (where is_resolved_in_time and is_returned_within_year is not null) as fast_judged_count,
        count(*) filter (where is_resolved_in_time and is_returned_within_year) as fast_returned_count,
        count(*) filter (where not is_resolved_in_time and is_returned_within_year is not null) as slow_judged_count,
        count(*) filter (where not is_resolved_in_time and is_returned_within_year) as slow_returned_count
    from {{ ref('complaint_case') }}
    group by all
),

-- What is usual: complaints of the cause in the hotel per month over the 12 months before, months without any included.
usual as (
    select later.opened_month, later.property_code, later.case_category, sum(earlier.complaint_count) / 12 as usual_count
    from summed as later
    inner join summed as earlier
        on later.property_code = earlier.property_code
        and later.case_category = earlier.case_category
        and earlier.opened_month < later.opened_month
        and earlier.opened_month >= later.opened_month - interval 12 month
    group by later.opened_month, later.property_code, later.case_category
),

ranked as (
    select
        summed.*,
        coalesce(usual.usual_count, 0) as usual_count,
        sum(complaint_count) over (partition by summed.opened_month, summed.property_code) as month_count,
        sum(complaint_count) over (
            partition by summed.opened_month, summed.property_code
            order by complaint_count desc, summed.case_category rows between unbounded preceding and current row
        ) as cumulative_count
    from summed
    left join usual using (opened_month, property_code, case_category)
)

select
    * exclude (month_count, cumulative_count),
    '{{ var("reporting_currency") }}' as currency_code,
    complaint_count / month_count as cause_share,
    cumulative_count / month_count as cumulative_share,
    -- Three times the usual and at least five: chance alone (Poisson) rarely does that.
    complaint_count >= 5 and complaint_count >= 3 * usual_count as is_spike
from ranked

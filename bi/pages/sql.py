"""All SQL of the pages: sums over published marts. Shares are made again from counts; nothing is defined here.

`$night` is the night, `$property` a property_code or null for the whole group.
"""

CURRENCY = "select coalesce(max(currency_code), '') from marts.property_daily"
PROPERTIES = """
select property_code, coalesce(property_name, property_code) as property_name from core.dim_property
union
select property_code, property_code from marts.property_daily
where property_code not in (select property_code from core.dim_property)
order by property_code
"""

#: One row: customers (of a hotel: those whose home it is) and what they are worth.
HEADLINE = """
select count(*) as customer_count, count(*) filter (visit_count > 0) as visited_count,
    count(*) filter (visit_count > 1) as repeat_count, count(*) filter (is_member) as member_count,
    coalesce(sum(spend_trailing_year_amount), 0) as spend_year_amount,
    coalesce(sum(expected_revenue_amount), 0) as expected_amount,
    coalesce(sum(expected_revenue_amount) filter (risk_band in ('high', 'critical')), 0) as at_risk_amount,
    count(*) filter (risk_band in ('high', 'critical')) as at_risk_count,
    coalesce(sum(on_books_amount), 0) as on_books_amount, coalesce(sum(on_books_count), 0)::bigint as on_books_count,
    coalesce(sum(open_case_count), 0)::bigint as open_case_count
from core.customer_360 where $property is null or home_property_code = $property
"""

#: Columns of a sum over days of property_daily.
DAYS = """
    sum(rooms_sold_count)::bigint as sold_count, sum(rooms_available_count)::bigint as available_count,
    sum(arrival_count)::bigint as arrival_count, sum(cancellation_count)::bigint as cancellation_count,
    sum(no_show_count)::bigint as no_show_count, sum(room_revenue_amount) as room_amount,
    sum(total_revenue_amount) as total_amount, sum(pos_amount) as pos_amount
"""
#: One row per hotel: the 28 days up to the night, and rooms sold in the same weekdays of the year before.
HOTELS = f"""
with now as (
    select property_code, {DAYS} from marts.property_daily
    where business_date > $night - 28 and business_date <= $night and ($property is null or property_code = $property)
    group by property_code
),
before as (
    select property_code, sum(rooms_sold_count)::bigint as sold_before_count,
        sum(total_revenue_amount) as total_before_amount
    from marts.property_daily where business_date > $night - 392 and business_date <= $night - 364
    group by property_code
)
select now.*, before.sold_before_count, before.total_before_amount from now left join before using (property_code)
order by total_amount desc, property_code
"""
#: One row per hotel and month of the last 13: rooms sold and available.
OCCUPANCY = """
select property_code, date_trunc('month', business_date)::date as month_date, sum(rooms_sold_count)::bigint as sold,
    sum(rooms_available_count)::bigint as available
from marts.property_daily
where business_date >= date_trunc('month', $night) - interval 12 month and business_date <= $night
    and ($property is null or property_code = $property)
group by property_code, month_date order by property_code, month_date
"""
#: One row per value of a dimension ($dimension), 12 months of arrival up to the night's.
SOURCES = """
select dimension_value, sum(reservation_count)::bigint as reservation_count,
    sum(cancelled_count)::bigint as cancelled_count, sum(stayed_count)::bigint as stayed_count,
    sum(night_count)::bigint as night_count, sum(total_revenue_amount) as total_amount,
    sum(room_revenue_amount) as room_amount, sum(repeat_in_group_count)::bigint as repeat_in_group_count,
    sum(repeat_in_property_count)::bigint as repeat_in_property_count
from marts.source_of_business
where dimension_code = $dimension and arrival_month > date_trunc('month', $night) - interval 12 month
    and arrival_month <= $night and ($property is null or property_code = $property)
group by dimension_value order by total_amount desc, dimension_value
"""

PYRAMID = """
from marts.customer_pyramid where as_of_date = (select max(as_of_date) from marts.customer_pyramid) order by tier_rank
"""
STAGES = """
select as_of_date, lifecycle_stage_code, customer_count, inflow_count, outflow_count from marts.lifecycle_stage_month
where as_of_date > date_trunc('month', $night) - interval 23 month and as_of_date <= $night
order by as_of_date, stage_rank
"""
#: One row per tier before and tier now: the last month that is over, for a whole month of moves.
MOVES = """
select as_of_date, from_tier_code, to_tier_code, direction_code, customer_count, from_spend_amount, to_spend_amount,
    stay_count, revenue_amount, top_channel_code, top_outlet_name
from marts.value_tier_migration where as_of_date = (
    select coalesce(max(as_of_date) filter (as_of_date = last_day(as_of_date)), max(as_of_date))
    from marts.value_tier_migration)
order by from_tier_code, to_tier_code
"""
SEGMENT_MOVES = """
select from_segment_code, to_segment_code, sum(customer_count)::bigint as customer_count from marts.segment_migration
where as_of_date = (select max(as_of_date) from marts.segment_migration) group by all order by all
"""
#: One row per quarter of first stay and months since; only where the whole quarter is that old.
RETENTION = """
with cohort as (
    select date_trunc('quarter', cohort_month)::date as quarter_date, month_number, cohort_count, returned_count,
        cohort_month
    from marts.cohort_retention
    where list_contains([1, 3, 6, 12, 18, 24], month_number)
        and cohort_month > date_trunc('quarter', $night) - interval 36 month
)
select quarter_date, month_number, sum(cohort_count)::bigint as cohort_count,
    sum(returned_count)::bigint as returned_count
from cohort where quarter_date + to_months(3 + month_number) <= $night
group by quarter_date, month_number order by quarter_date, month_number
"""
SEGMENTS = "from marts.segment_profile order by spend_trailing_year_amount desc, segment_code"

#: One row per cause, 12 months up to the night.
COMPLAINTS = """
select case_category, sum(complaint_count)::bigint as complaint_count, sum(open_count)::bigint as open_count,
    sum(answer_judged_count)::bigint as answer_judged_count,
    sum(answered_in_time_count)::bigint as answered_in_time_count,
    sum(resolve_judged_count)::bigint as resolve_judged_count,
    sum(resolved_in_time_count)::bigint as resolved_in_time_count,
    sum(compensation_amount) as compensation_amount
from marts.complaint_summary
where opened_month > date_trunc('month', $night) - interval 12 month and opened_month <= $night
    and ($property is null or property_code = $property)
group by case_category order by complaint_count desc, case_category
"""
#: One row: of complaints solved in time and late, how many came back within a year; of all time.
RETURNS = """
select coalesce(sum(fast_judged_count), 0)::bigint as fast_judged,
    coalesce(sum(fast_returned_count), 0)::bigint as fast_returned,
    coalesce(sum(slow_judged_count), 0)::bigint as slow_judged,
    coalesce(sum(slow_returned_count), 0)::bigint as slow_returned
from marts.complaint_summary where $property is null or property_code = $property
"""
SPIKES = """
select opened_month, property_code, case_category, complaint_count, usual_count from marts.complaint_summary
where is_spike and opened_month > date_trunc('month', $night) - interval 12 month
    and ($property is null or property_code = $property)
order by opened_month desc, property_code, case_category
"""
EARLY_WARNING = """
select reason_code, count(*) as customer_count, sum(value_at_stake_amount) as value_amount,
    count(*) filter (value_tier_code in ('vip', 'key')) as key_count
from marts.early_warning where $property is null or owner_property_code = $property
group by reason_code order by value_amount desc, reason_code
"""
LOST = """
select churn_type_code, count(*) as customer_count, sum(value_lost_amount) as value_amount,
    count(*) filter (is_won_back) as won_back_count, sum(won_back_revenue_amount) as won_back_amount
from marts.lost_customer where lost_on > $night - 365 and ($property is null or last_property_code = $property)
group by churn_type_code order by value_amount desc, churn_type_code
"""
CALLS = """
select property_code, count(*) as call_count,
    count(*) filter (call_reason_code = 'open_case') as open_case_count,
    count(*) filter (call_reason_code = 'just_left') as just_left_count,
    count(*) filter (call_reason_code = 'arriving') as arriving_count,
    count(*) filter (call_reason_code = 'falling_behind') as falling_behind_count,
    sum(value_at_risk_amount) as value_amount
from marts.care_call_list where $property is null or property_code = $property
group by property_code order by property_code
"""
ACTIONS = """
select action_code, count(*) as customer_count,
    count(*) filter (allowed_channel_code not in ('at_next_visit', 'none')) as reach_count
from marts.next_best_action
where action_code <> 'none' and ($property is null or home_property_code = $property)
group by action_code order by customer_count desc, action_code
"""
MEMBERS = """
select current_tier_code, count(*) as member_count, count(*) filter (activity_code = 'active') as active_count,
    count(*) filter (proposal_code = 'up') as up_count, count(*) filter (proposal_code = 'keep') as keep_count,
    count(*) filter (proposal_code = 'down') as down_count
from marts.member_tier_review where $property is null or home_property_code = $property
group by current_tier_code order by member_count desc, current_tier_code
"""

DELIVERIES = """
select feed, count(*) as file_count, sum(rows_read)::bigint as rows_read, sum(rows_loaded)::bigint as rows_loaded,
    sum(rows_duplicate)::bigint as rows_duplicate, sum(rows_quarantined)::bigint as rows_quarantined,
    count(*) filter (load_status in ('held', 'refused')) as stopped_count
from ops.load_report where night_date = $night group by feed order by feed
"""
RUNS = """
select night_date, rows_loaded, rows_duplicate, rows_quarantined, file_count, customer_count from ops.run
where night_date <= $night order by night_date desc limit 30
"""
GATES = """
select gate_status, count(*) as rule_count from ops.gate_result where night_date = $night
group by gate_status order by gate_status
"""
RECONCILIATION = """
select check_code, sum(left_figure) as left_figure, sum(right_figure) as right_figure,
    sum(difference_figure) as difference_figure, bool_and(is_equal) as is_equal,
    bool_and(is_equality_expected) as is_equality_expected
from marts.reconciliation where business_month > date_trunc('month', $night) - interval 12 month
    and ($property is null or property_code = $property)
group by check_code order by is_equality_expected desc, check_code
"""
#: The model that scored; where nobody has a score, the one promoted last.
CHURN_MODEL = """
select model_version, trained_as_of, horizon_days, metrics, is_promoted, promotion_reason from ml.model_run
where model_name = 'churn' and trained_as_of <= $night
order by exists (from ml.customer_churn as scored where scored.model_version = model_run.model_version) desc,
    is_promoted desc, trained_as_of desc, model_version desc
limit 1
"""

#: How much a headline figure moved, in all and by cause; written by the diff of two nights.
CHANGE_TABLES = """
select count(*) = 2 from duckdb_tables()
where schema_name = 'ops' and table_name in ('headline_figure', 'headline_change')
"""
CHANGES = """
select change.figure_code, figure.figure_amount, change.previous_night_date, change.cause_code, change.movement_amount,
    change.customer_count, change.file_count, change.top_customers, change.top_files
from ops.headline_change as change
inner join ops.headline_figure as figure using (night_date, figure_code)
where change.night_date = $night order by change.figure_code, abs(change.movement_amount) desc, change.cause_code
"""

-- one row per figure_code: what the night's tables add up to; repeat_share in percent of visited customers
with counted as (
    select
        count(*) as customers,
        count(*) filter (where visit_count > 0) as visited_customers,
        count(*) filter (where visit_count > 1) as repeat_customers,
        count(*) filter (where value_tier_code = 'vip') as tier_vip,
        count(*) filter (where value_tier_code = 'key') as tier_key,
        count(*) filter (where value_tier_code = 'regular') as tier_regular,
        count(*) filter (where value_tier_code = 'small') as tier_small,
        coalesce(sum(at_risk_amount), 0) as at_risk_value
    from customer_after
),

stayed as (
    select coalesce(sum(night_count), 0) as nights, coalesce(sum(revenue_reporting_amount), 0) as revenue
    from stay_after
),

wide as (
    select columns(*)::decimal(18, 4), cast(coalesce(100 * repeat_customers / nullif(visited_customers, 0), 0) as decimal(18, 4)) as repeat_share
    from counted cross join stayed
)

unpivot wide
on columns(*)
into name figure_code value figure_amount

-- one row per as_of_date (end of a month, or the night), from_tier_code a month before and to_tier_code now
{{ config(materialized='table', tags=['marts']) }}

with month_end as (
    select as_of_date, lag(as_of_date) over calendar as previous_date,
        lead(as_of_date) over calendar as next_date
    from ({{ month_ends() }})
    window calendar as (order by as_of_date)
),

first_stay as (
    {{ first_stays() }}
),

first_month as (
    select {{ month_end_of('first_date') }} as as_of_date, count(*) as first_count
    from first_stay
    group by 1
),

base as (
    select
        month_end.as_of_date,
        month_end.previous_date,
        month_end.next_date,
        coalesce(first_month.first_count, 0) as first_count,
        coalesce(sum(first_month.first_count) over (order by month_end.as_of_date), 0) - coalesce(first_month.first_count, 0) as previous_count
    from month_end
    left join first_month on month_end.as_of_date = first_month.as_of_date
),

-- A customer's months in a row: whoever had a tier a month before moves from it; whose year ran out falls to small without spend.
followed as (
    select
        tier.customer_id,
        tier.as_of_date,
        tier.value_tier_code,
        tier.spend_amount,
        base.previous_date,
        base.next_date,
        lag(tier.as_of_date) over life as earlier_date,
        lag(tier.value_tier_code) over life as earlier_tier_code,
        lag(tier.spend_amount) over life as earlier_spend_amount,
        lead(tier.as_of_date) over life as later_date
    from {{ ref('customer_value_month') }} as tier
    inner join base on tier.as_of_date = base.as_of_date
    window life as (partition by tier.customer_id order by tier.as_of_date)
),

paired as (
    select
        customer_id,
        as_of_date,
        case when earlier_date = previous_date then earlier_tier_code else 'small' end as from_tier_code,
        value_tier_code as to_tier_code,
        case when earlier_date = previous_date then earlier_spend_amount else 0 end as from_spend_amount,
        spend_amount as to_spend_amount
    from followed
    union all
    select customer_id, next_date, value_tier_code, 'small', spend_amount, 0
    from followed
    where next_date is not null and later_date is distinct from next_date
),

moved as (
    select
        paired.* replace (
            case when {{ month_end_of('first_stay.first_date') }} = paired.as_of_date then 'none' else paired.from_tier_code end as from_tier_code
        )
    from paired
    inner join first_stay on paired.customer_id = first_stay.customer_id
),

-- What they did in the month of the move.
stayed as (
    select
        customer_id,
        {{ month_end_of('arrival_date') }} as as_of_date,
        count(*) as stay_count,
        sum(los_nights) as night_count,
        sum(total_revenue_reporting_amount) as revenue_amount,
        mode(channel_code order by channel_code) as channel_code,
        mode(room_type_code order by room_type_code) as room_type_code
    from {{ ref('fct_stay') }}
    where customer_id is not null and arrival_date <= {{ night() }}
    group by all
),

consumed as (
    select
        customer_id,
        {{ month_end_of('business_date') }} as as_of_date,
        sum(net_reporting_amount) as pos_amount,
        mode(outlet_name order by outlet_name) as outlet_name
    from {{ ref('fct_pos_check') }}
    where customer_id is not null and line_count > 0 and business_date <= {{ night() }}
    group by all
),

listed as (
    select
        moved.as_of_date,
        moved.from_tier_code,
        moved.to_tier_code,
        count(*) as customer_count,
        sum(moved.from_spend_amount) as from_spend_amount,
        sum(moved.to_spend_amount) as to_spend_amount,
        sum(stayed.stay_count) as stay_count,
        sum(stayed.night_count) as night_count,
        sum(stayed.revenue_amount) as revenue_amount,
        sum(consumed.pos_amount) as pos_amount,
        mode(stayed.channel_code order by stayed.channel_code) as top_channel_code,
        mode(stayed.room_type_code order by stayed.room_type_code) as top_room_type_code,
        mode(consumed.outlet_name order by consumed.outlet_name) as top_outlet_name
    from moved
    left join stayed using (customer_id, as_of_date)
    left join consumed using (customer_id, as_of_date)
    group by moved.as_of_date, moved.from_tier_code, moved.to_tier_code
),

-- Who spent nothing in either year is in no list: small before and after, or new without spend.
silent as (
    select
        base.as_of_date,
        move.from_tier_code,
        'small' as to_tier_code,
        case when move.from_tier_code = 'none' then base.first_count else base.previous_count end
        - coalesce(sum(listed.customer_count) filter (where (listed.from_tier_code = 'none') = (move.from_tier_code = 'none')), 0) as customer_count
    from base
    cross join (values ('none'), ('small')) as move (from_tier_code)
    left join listed on base.as_of_date = listed.as_of_date
    group by base.as_of_date, move.from_tier_code, base.first_count, base.previous_count
),

summed as (
    select
        as_of_date,
        from_tier_code,
        to_tier_code,
        sum(customer_count) as customer_count,
        {% for column in ['from_spend_amount', 'to_spend_amount', 'revenue_amount', 'pos_amount'] %}
        cast(coalesce(sum({{ column }}), 0) as decimal(18, 4)) as {{ column }},
        {% endfor %}
        cast(coalesce(sum(stay_count), 0) as bigint) as stay_count,
        cast(coalesce(sum(night_count), 0) as bigint) as night_count,
        max(top_channel_code) as top_channel_code,
        max(top_room_type_code) as top_room_type_code,
        max(top_outlet_name) as top_outlet_name
    from (select * from listed union all by name select * from silent where customer_count > 0)
    group by as_of_date, from_tier_code, to_tier_code
)

select
    as_of_date,
    from_tier_code,
    to_tier_code,
    case
        when from_tier_code = 'none' then 'new'
        when from_tier_code = to_tier_code then 'same'
        when list_position(['small', 'regular', 'key', 'vip'], to_tier_code)
            > list_position(['small', 'regular', 'key', 'vip'], from_tier_code) then 'up'
        else 'down'
    end as direction_code,
    cast(customer_count as bigint) as customer_count,
    from_spend_amount,
    to_spend_amount,
    stay_count,
    night_count,
    revenue_amount,
    pos_amount,
    top_channel_code,
    top_room_type_code,
    top_outlet_name,
    '{{ var("reporting_currency") }}' as currency_code
from summed

-- one row per customer and figure that moved, with its one cause: identity first, then the model, then what its stays say
create or replace temp table customer_unit as
with stay_cause as (
    select
        customer_id,
        arg_min(cause_code, (cause_rank, delivery_sequence)) as stay_cause_code,
        arg_min(delivery_sequence, (cause_rank, delivery_sequence)) as stay_sequence
    from (
        select
            customer_id, cause_code, delivery_sequence,
            list_position(['corrected_row', 'late_delivery', 'new_business', 'exchange_rate'], cause_code) as cause_rank
        from stay_unit
        where customer_id is not null
    )
    group by customer_id
),

signed as (
    select *, 1 as sign from customer_after
    union all
    select *, -1 from customer_before
),

compared as (
    select
        customer_id,
        min(sign) = 1 as is_new,
        max(sign) = -1 as is_gone,
        max(model_versions) filter (where sign = -1) as versions_before,
        max(delivery_sequence) filter (where sign = 1) as first_sequence,
        cast(sum(sign) as decimal(18, 4)) as customers,
        cast(coalesce(sum(sign) filter (where visit_count > 0), 0) as decimal(18, 4)) as visited_customers,
        cast(coalesce(sum(sign) filter (where visit_count > 1), 0) as decimal(18, 4)) as repeat_customers,
        cast(coalesce(sum(sign) filter (where value_tier_code = 'vip'), 0) as decimal(18, 4)) as tier_vip,
        cast(coalesce(sum(sign) filter (where value_tier_code = 'key'), 0) as decimal(18, 4)) as tier_key,
        cast(coalesce(sum(sign) filter (where value_tier_code = 'regular'), 0) as decimal(18, 4)) as tier_regular,
        cast(coalesce(sum(sign) filter (where value_tier_code = 'small'), 0) as decimal(18, 4)) as tier_small,
        cast(sum(sign * at_risk_amount) as decimal(18, 4)) as at_risk_value
    from signed
    group by customer_id
),

unit as (
    unpivot compared
    on customers, visited_customers, repeat_customers, tier_vip, tier_key, tier_regular, tier_small, at_risk_value
    into name figure_code value movement_amount
)

select
    unit.figure_code,
    case
        when moved_customer.customer_id is not null then 'merge_or_split'
        when unit.is_new and delivery.folder_date <= cast($previous_night_date as date) then 'late_delivery'
        when unit.is_new then 'new_business'
        when unit.is_gone then 'corrected_row'
        when unit.figure_code = 'at_risk_value'
            and unit.versions_before not in (select model_versions from customer_after where model_versions is not null) then 'model_change'
        when stay_cause.stay_cause_code is not null then stay_cause.stay_cause_code
        when unit.figure_code in ('visited_customers', 'repeat_customers') then 'corrected_row'
        else 'passing_of_time'
    end as cause_code,
    unit.customer_id,
    case when unit.is_new then unit.first_sequence else stay_cause.stay_sequence end as delivery_sequence,
    unit.movement_amount
from unit
left join moved_customer on unit.customer_id = moved_customer.customer_id
left join delivery on unit.first_sequence = delivery.delivery_sequence
left join stay_cause on unit.customer_id = stay_cause.customer_id
where unit.movement_amount <> 0

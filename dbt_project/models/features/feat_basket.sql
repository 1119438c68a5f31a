-- one row per basket_code and basket_id: what was bought or chosen together; of very many baskets a fixed sample
{{ config(materialized='table', tags=['core']) }}

{% set code = {'item': 'item_of_check', 'outlet': 'outlet_of_stay', 'choice': 'choice_of_customer', 'category': 'category_of_customer'} %}

with total as (
    select
        count(*) as check_count,
        count(distinct customer_id) as diner_count,
        (select count(distinct customer_id) from {{ ref('fct_stay') }}) as guest_count
    from {{ ref('fct_pos_check') }}
),

-- Rules learn no more from more baskets.
sample as (
    select
        greatest(1, cast(ceil(check_count / {{ var('basket_sample') }}) as integer)) as one_check_in,
        greatest(1, cast(ceil(greatest(diner_count, guest_count) / {{ var('basket_sample') }}) as integer)) as one_customer_in
    from total
),

pos_check as (
    select
        source_system,
        property_code,
        pos_check_id,
        customer_id,
        md5(concat_ws('|', source_system, property_code, pos_check_id)) as check_key,
        case when reservation_id is not null then md5(concat_ws('|', reservation_source_system, property_code, reservation_id)) end
            as stay_key,
        coalesce(outlet_name, outlet_code) as outlet_name
    from {{ ref('fct_pos_check') }}
    where line_count > 0
),

line as (
    select
        md5(concat_ws('|', source_system, property_code, pos_check_id)) as check_key,
        coalesce(item_name, item_code) as item_name,
        item_category
    from {{ ref('fct_pos_line') }}
    where not is_void and coalesce(item_category, 'other') not in ('tip', 'service_charge')
),

entry as (
    select '{{ code.item }}' as basket_code, line.check_key as basket_id, line.item_name as basket_value
    from line
    cross join sample
    where {{ hash_bucket('line.check_key', 'sample.one_check_in') }} = 0
    union all
    select '{{ code.outlet }}', pos_check.stay_key, pos_check.outlet_name
    from pos_check
    cross join sample
    where pos_check.stay_key is not null and {{ hash_bucket('pos_check.stay_key', 'sample.one_check_in') }} = 0
    union all
    select '{{ code.choice }}', pos_check.customer_id, pos_check.outlet_name
    from pos_check
    cross join sample
    where pos_check.customer_id is not null and {{ hash_bucket('pos_check.customer_id', 'sample.one_customer_in') }} = 0
    union all
    select '{{ code.choice }}', stay.customer_id, {{ stay_choice('stay.property_code') }}
    from {{ ref('fct_stay') }} as stay
    cross join sample
    where stay.customer_id is not null and {{ hash_bucket('stay.customer_id', 'sample.one_customer_in') }} = 0
    union all
    select '{{ code.category }}', pos_check.customer_id, line.item_category
    from line
    inner join pos_check on line.check_key = pos_check.check_key
    cross join sample
    where pos_check.customer_id is not null and {{ hash_bucket('pos_check.customer_id', 'sample.one_customer_in') }} = 0
)

select
    basket_code,
    basket_id,
    list_sort(list(distinct basket_value)) as basket_values
from entry
where basket_value is not null
group by basket_code, basket_id

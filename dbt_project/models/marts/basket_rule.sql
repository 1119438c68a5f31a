-- one row per basket_code, antecedent_value and consequent_value: who has the one also has the other, how often and how much more than by chance
{{ config(materialized='table', tags=['marts']) }}

{% set least_baskets = 10 %}

-- A check is a basket of items; what a customer used on one visit (reservation) is a basket of outlets.
with entry as (
    select distinct
        'item_of_check' as basket_code,
        md5(concat_ws('|', line.source_system, line.property_code, line.pos_check_id)) as basket_id,
        coalesce(line.item_name, line.item_code) as basket_value
    from {{ ref('fct_pos_line') }} as line
    where not line.is_void and coalesce(line.item_category, 'other') not in ('tip', 'service_charge')
        and coalesce(line.item_name, line.item_code) is not null
    union
    select distinct
        'outlet_of_stay',
        md5(concat_ws('|', reservation_source_system, property_code, reservation_id)),
        coalesce(outlet_name, outlet_code)
    from {{ ref('fct_pos_check') }}
    where line_count > 0 and reservation_id is not null and coalesce(outlet_name, outlet_code) is not null
),

total as (
    select basket_code, count(distinct basket_id) as basket_count
    from entry
    group by basket_code
),

single as (
    select basket_code, basket_value, count(*) as value_count
    from entry
    group by basket_code, basket_value
),

pair as (
    select
        entry.basket_code,
        entry.basket_value as antecedent_value,
        other.basket_value as consequent_value,
        count(*) as pair_count
    from entry
    inner join entry as other
        on entry.basket_code = other.basket_code
        and entry.basket_id = other.basket_id
        and entry.basket_value <> other.basket_value
    group by entry.basket_code, entry.basket_value, other.basket_value
    having count(*) >= {{ least_baskets }}
)

select
    pair.basket_code,
    pair.antecedent_value,
    pair.consequent_value,
    total.basket_count,
    antecedent.value_count as antecedent_count,
    consequent.value_count as consequent_count,
    pair.pair_count,
    pair.pair_count / total.basket_count as support_share,
    pair.pair_count / antecedent.value_count as confidence_share,
    pair.pair_count * total.basket_count / (antecedent.value_count * consequent.value_count) as lift_ratio
from pair
inner join total on pair.basket_code = total.basket_code
inner join single as antecedent on pair.basket_code = antecedent.basket_code and pair.antecedent_value = antecedent.basket_value
inner join single as consequent on pair.basket_code = consequent.basket_code and pair.consequent_value = consequent.basket_value

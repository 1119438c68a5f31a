-- one row per basket_code, antecedent_value, other_antecedent_value and consequent_value: who has the one or two also has the other, how often and how much more than by chance
{{ config(materialized='table', tags=['marts']) }}

select
    basket_code,
    antecedent_value,
    other_antecedent_value,
    consequent_value,
    basket_count,
    antecedent_count,
    consequent_count,
    pair_count,
    support_share,
    confidence_share,
    lift_ratio
from {{ source('ml', 'basket_rule') }}

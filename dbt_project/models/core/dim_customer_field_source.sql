-- one row per customer_id and field_name that has a golden value
{{ config(materialized='table', tags=['core']) }}

with winner as (
    select *
    from {{ ref('customer_field_candidate') }}
    where candidate_rank = 1 and is_fit
),

field as (
    {% for group, spec in golden_field_groups().items() %}
    {% set outer_loop = loop %}
    {% for field_name in spec.fields %}
    select
        customer_id,
        '{{ field_name }}' as field_name,
        json_extract_string(field_values, '$[{{ loop.index0 }}]') as field_value,
        source_system,
        source_record_id,
        last_observed_at as observed_at,
        survivorship_rule,
        candidate_count
    from winner
    where field_group = '{{ group }}'
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {% endfor %}
    {% endfor %}
)

select *
from field
where field_value is not null

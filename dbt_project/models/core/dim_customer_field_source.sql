-- one row per customer_id and field_name that has a golden value
{{ config(materialized='table', tags=['core']) }}

with field (field_group, field_position, field_name) as (
    values
    {%- for group, spec in golden_field_groups().items() %}
        {%- set group_loop = loop %}
        {%- for field_name in spec.fields %}
        ('{{ group }}', {{ loop.index }}, '{{ field_name }}'){{ ',' if not (loop.last and group_loop.last) }}
        {%- endfor %}
    {%- endfor %}
),

winner as (
    select *, from_json(field_values, '["VARCHAR"]') as golden_values
    from {{ ref('customer_field_candidate') }}
    where candidate_rank = 1 and is_fit
)

select
    winner.customer_id,
    field.field_name,
    winner.golden_values[field.field_position] as field_value,
    winner.source_system,
    winner.source_record_id,
    winner.last_observed_at as observed_at,
    winner.survivorship_rule,
    winner.candidate_count
from winner
inner join field on winner.field_group = field.field_group
where winner.golden_values[field.field_position] is not null

-- one row per (source_system, property_code, pos_check_id): what the current lines of a check say of who pays, per column the newest line that says anything
{{ config(materialized='incremental', unique_key=['source_system', 'property_code', 'pos_check_id']) }}

with line as (
    select version.*
    from {{ ref('stg_pos_line_version') }} as version
    {% if is_incremental() %}
    semi join (
        select distinct source_system, property_code, pos_check_id
        from {{ ref('stg_pos_line_version') }}
        where {{ newly_arrived() }}
    ) as affected using (source_system, property_code, pos_check_id)
    {% endif %}
    {{ current_lines() }}
)

select
    source_system,
    property_code,
    pos_check_id,
    {% for column in ['business_date', 'payment_method_code', 'reservation_id', 'confirmation_number', 'room_number', 'guest_name', 'loyalty_number', 'card_token'] %}
    arg_max({{ column }}, (updated_at, row_hash)) as {{ column }},
    {% endfor %}
    coalesce(min(opened_at), min(closed_at)) as served_at,
    {{ group_hash('row_hash', 'line_number') }} as lines_hash,
    max(delivery_sequence) as delivery_sequence,
    max(night_date) as night_date
from line
group by source_system, property_code, pos_check_id

-- one row per (source_system, property_code, pos_check_id): the current lines of a check summed, with its customer
{{ config(materialized='incremental', unique_key=['source_system', 'property_code', 'pos_check_id']) }}

with attribution as (
    select
        *,
        {{ surrogate_key(['lines_hash', 'customer_id', 'attribution_method', 'attribution_confidence', 'reservation_source_system', 'matched_reservation_id']) }} as check_hash
    from {{ ref('pos_check_attribution') }}
),

changed as (
    select attribution.*
    from attribution
    {% if is_incremental() %}
    left join {{ this }} as built using (source_system, property_code, pos_check_id)
    {{ join_rate('built', this, 'business_date') }}
    where {{ differs('attribution.check_hash', 'built.check_hash') }}
        or {{ differs('built.reporting_rate', reporting_rate('built.currency_code', 'fx.rate')) }}
        or built.reporting_currency_code <> '{{ var("reporting_currency") }}'
    {% endif %}
),

line as (
    select
        version.*,
        coalesce(is_void, false) or coalesce(check_status = 'voided', false) as is_out,
        coalesce(item_category in ('tip', 'service_charge'), false) as is_gratuity
    from {{ ref('stg_pos_line_version') }} as version
    semi join changed using (source_system, property_code, pos_check_id)
    {{ current_lines() }}
),

summed as (
    select
        source_system,
        property_code,
        pos_check_id,
        {% for column in [
            'business_date', 'check_number', 'check_status', 'outlet_code', 'outlet_name', 'order_type_code', 'cover_count', 'table_number',
            'employee_code', 'payment_method_code', 'room_number', 'currency_code',
        ] %}
        arg_max({{ column }}, (updated_at, row_hash)) as {{ column }},
        {% endfor %}
        min(opened_at) as opened_at,
        max(closed_at) as closed_at,
        count(*) filter (where not is_out) as line_count,
        count(*) filter (where is_out) as void_line_count,
        {% for name, condition in pos_amounts().items() %}
        cast(coalesce(sum({{ condition.value }}) filter (where not is_out and {{ condition.rows }}), 0) as decimal(18, 4)) as {{ name }},
        {% endfor %}
        max(known_on) as known_on
    from line
    group by source_system, property_code, pos_check_id
),

valued as (
    select
        summed.*,
        {{ reporting_rate('summed.currency_code', 'fx.rate') }} as reporting_rate,
        '{{ var("reporting_currency") }}' as reporting_currency_code
    from summed
    {{ join_rate('summed', 'summed', 'business_date') }}
)

select
    valued.*,
    {{ reporting_amount('net_amount') }} as net_reporting_amount,
    coalesce(valued.payment_method_code = 'room_charge', false) as is_on_folio,
    changed.customer_id,
    changed.attribution_method,
    changed.attribution_confidence,
    changed.reservation_source_system,
    changed.matched_reservation_id as reservation_id,
    changed.delivery_sequence,
    changed.night_date,
    changed.check_hash,
    {{ surrogate_key(['check_hash', 'reporting_rate', 'reporting_currency_code']) }} as fact_hash
from valued
inner join changed using (source_system, property_code, pos_check_id)

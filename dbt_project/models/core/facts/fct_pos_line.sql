-- one row per (source_system, property_code, pos_check_id, line_number): the current version of a check's line
{{ config(materialized='incremental', unique_key=['source_system', 'property_code', 'pos_check_id']) }}

with pos_check as (
    select *
    from {{ ref('fct_pos_check') }}
    {% if is_incremental() %}
    where (source_system, property_code, pos_check_id, fact_hash) not in (
        select (source_system, property_code, pos_check_id, fact_hash) from {{ this }}
    )
    {% endif %}
),

line as (
    select version.*
    from {{ ref('stg_pos_line_version') }} as version
    semi join pos_check using (source_system, property_code, pos_check_id)
    {{ current_lines() }}
)

select
    {{ columns([
        'source_system', 'property_code', 'pos_check_id', 'line_number', 'business_date', 'outlet_code', 'item_code', 'item_name',
        'item_category', 'quantity', 'gross_amount', 'discount_amount', 'net_amount', 'tax_amount', 'service_charge_amount', 'tip_amount',
        'currency_code', 'payment_method_code',
    ], 'line') }},
    coalesce(line.is_void, false) or coalesce(pos_check.check_status = 'voided', false) as is_void,
    coalesce(line.payment_method_code = 'room_charge', false) as is_on_folio,
    cast(line.net_amount * pos_check.reporting_rate as decimal(18, 4)) as net_reporting_amount,
    pos_check.reporting_currency_code,
    pos_check.customer_id,
    pos_check.attribution_method,
    line.known_on,
    line.updated_at,
    pos_check.fact_hash
from line
inner join pos_check using (source_system, property_code, pos_check_id)

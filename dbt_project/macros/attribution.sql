{# How a check names a reservation, the surest way first; a room charge is judged by more (stg_pos_check_reservation). #}
{% macro pos_reservation_methods() -%}
{{ return([
    {'name': 'reservation_id', 'confidence': 1.0, 'condition': 'pos_check.reservation_id = reservation.reservation_id'},
    {'name': 'confirmation_number', 'confidence': 0.98, 'condition': 'pos_check.confirmation_number = reservation.confirmation_number'},
    {
        'name': 'room_charge',
        'condition': "pos_check.room_number = reservation.room_number and pos_check.payment_method_code = 'room_charge'
            and pos_check.business_date between reservation.arrival_date and reservation.departure_date",
    },
]) }}
{%- endmacro %}

{# Whether rooms have changed hands by then, by the usual hours of check-out and check-in; null in between. #}
{% macro is_past_changeover(instant, time_zone) -%}
case
    when {{ local_hour(instant, time_zone) }} < {{ var('usual_check_out_hour') }} then false
    when {{ local_hour(instant, time_zone) }} >= {{ var('usual_check_in_hour') }} then true
end
{%- endmacro %}

{# Amounts of a check from its current lines that are not void. A tip or service line carries its amount in its own column or as net. #}
{% macro pos_amounts() -%}
{{ return({
    'gross_amount': {'value': 'gross_amount', 'rows': 'not is_gratuity'},
    'discount_amount': {'value': 'discount_amount', 'rows': 'not is_gratuity'},
    'net_amount': {'value': 'net_amount', 'rows': 'not is_gratuity'},
    'fnb_net_amount': {'value': 'net_amount', 'rows': "item_category in ('food', 'beverage')"},
    'on_folio_net_amount': {'value': 'net_amount', 'rows': "not is_gratuity and payment_method_code = 'room_charge'"},
    'tax_amount': {'value': 'tax_amount', 'rows': 'true'},
    'service_charge_amount': {
        'value': "case when item_category = 'service_charge' then coalesce(nullif(service_charge_amount, 0), net_amount) else service_charge_amount end",
        'rows': 'true',
    },
    'tip_amount': {
        'value': "case when item_category = 'tip' then coalesce(nullif(tip_amount, 0), net_amount) else tip_amount end",
        'rows': 'true',
    },
}) }}
{%- endmacro %}

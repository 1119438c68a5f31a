{# A room as both systems write it: letters and digits, without the zeros that one of them puts before a number. #}
{% macro room_key(room_number) -%}
regexp_replace({{ spoken_number(room_number) }}, '^0+([0-9])', '\1')
{%- endmacro %}

{# How a check names a reservation, the surest way first; a room charge is judged by more (stg_pos_check_reservation). #}
{% macro pos_reservation_methods() -%}
{{ return([
    {'name': 'reservation_id', 'confidence': 1.0, 'condition': 'pos_check.reservation_id = reservation.reservation_id'},
    {'name': 'confirmation_number', 'confidence': 0.98, 'condition': 'pos_check.confirmation_number = reservation.confirmation_number'},
    {
        'name': 'room_charge',
        'condition': room_key('pos_check.room_number') ~ ' = ' ~ room_key('reservation.room_number') ~ " and pos_check.payment_method_code = 'room_charge'
            and pos_check.business_date between reservation.arrival_date and reservation.departure_date",
    },
]) }}
{%- endmacro %}

{# How sure it is that a check was charged to the reservation it fits best. #}
{% macro check_match_confidence(best) -%}
cast(case
    {% for way in pos_reservation_methods() if way.name != 'room_charge' %}
    when {{ best }}.match_method = '{{ way.name }}' then {{ way.confidence }}
    {% endfor %}
    when {{ best }}.presence_level < 4 or not {{ best }}.is_room_held then 0.8
    when not {{ best }}.is_name_agreed and {{ best }}.is_companion_agreed then 0.95
    when not {{ best }}.is_name_agreed then 0.85
    when {{ best }}.is_name_agreed then 0.99
    when {{ best }}.match_method = 'room_charge' then 0.95
end as double)
{%- endmacro %}

{# Whether rooms have changed hands by then, by the usual hours of check-out and check-in; null in between. #}
{% macro is_past_changeover(instant, time_zone) -%}
case
    when {{ local_hour(instant, time_zone) }} < {{ var('usual_check_out_hour') }} then false
    when {{ local_hour(instant, time_zone) }} >= {{ var('usual_check_in_hour') }} then true
end
{%- endmacro %}

{# Whether the guest of a `reservation` had come by the time of a check (`pos_check`, `property`): by the stamp; without one, by when the system showed it at
   the latest, by the date, by the usual hours. Null when nothing tells. #}
{% macro has_come_by_check() -%}
coalesce(
    pos_check.served_at >= reservation.checked_in_at,
    nullif(pos_check.served_at >= reservation.shown_in_house_at, false),
    nullif(pos_check.business_date > reservation.arrival_date, false),
    {{ is_past_changeover('pos_check.served_at', 'property.time_zone') }}
)
{%- endmacro %}

{# Whether that guest had left by then, told by the same. #}
{% macro has_left_by_check() -%}
coalesce(
    pos_check.served_at > reservation.checked_out_at,
    nullif(pos_check.served_at > reservation.shown_checked_out_at, false),
    nullif(pos_check.business_date >= reservation.departure_date, true),
    {{ is_past_changeover('pos_check.served_at', 'property.time_zone') }}
)
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

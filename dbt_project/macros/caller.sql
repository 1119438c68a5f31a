{# What a call and a reservation say of a person, in the same words. #}

{# A number as people read it out: letters and digits only. #}
{% macro spoken_number(number) -%}
nullif(regexp_replace(upper({{ number }}), '[^0-9A-Z]', '', 'g'), '')
{%- endmacro %}

{# One slip: a character wrong, missing, too many, or two neighbours exchanged. Short numbers are too much alike. #}
{% macro is_similar_number(left, right) -%}
coalesce(least(length({{ left }}), length({{ right }})) >= 6 and damerau_levenshtein({{ left }}, {{ right }}) = 1, false)
{%- endmacro %}

{# How a name as it was heard agrees with a person's: 2 family and given name, 1 the family name and no other, 0 one of the two is unknown,
   -1 the family name with another given name, -2 another name. #}
{% macro heard_name_level(heard, first_name, last_name) -%}
case
    when {{ has_all_words(heard, last_name) }} is null then 0
    when not {{ has_all_words(heard, last_name) }} then -2
    when coalesce({{ has_all_words(heard, first_name) }}, false) then 2
    when len({{ folded_words(heard) }}) <= len({{ folded_words(last_name) }}) then 1
    else -1
end
{%- endmacro %}

{# How a call (`heard`) names a reservation (`reservation`): its number, somebody's contact, or a family name at the hotel. Contact and name count from the
   booking to two weeks after departure. Each holds an equality, so that it is one hash join; where by_word, `heard` is a row per word of the name (heard_by). #}
{% macro call_reservation_conditions() -%}
{% set is_here = 'coalesce(heard.property_code = reservation.reservation_property_code, true)' %}
{% set is_at_hand = 'coalesce(reservation.booked_at <= heard.ended_at + interval 10 minute, true) and heard.started_on <= reservation.departure_date + 14' %}
{% set conditions = [] %}
{% for number in ['confirmation_number', 'external_reference'] %}
{% do conditions.append({'on': 'heard.confirmation_number = ' ~ spoken_number('reservation.' ~ number) ~ ' and ' ~ is_here}) %}
{% endfor %}
{% for role in ['guest', 'booker'] %}
{% do conditions.append({'on': 'heard.email = lower(reservation.' ~ role ~ '_email) and ' ~ is_at_hand}) %}
{% do conditions.append({'on': 'heard.phone = ' ~ phone_tail('reservation.' ~ role ~ '_phone') ~ ' and ' ~ is_at_hand}) %}
{% endfor %}
{% for name in ['guest_last_name', 'booker_name'] %}
{% do conditions.append({
    'on': 'heard.property_code = reservation.reservation_property_code and heard.name_word = list_last(' ~ folded_words('reservation.' ~ name) ~ ') and ' ~ is_at_hand,
    'by_word': true,
}) %}
{% endfor %}
{{ return(conditions) }}
{%- endmacro %}

{# What a condition of call_reservation_conditions joins: calls, or the words of their names (name_word). #}
{% macro heard_by(condition, heard) -%}
{{ '(select *, unnest(name_words) as name_word from ' ~ heard ~ ')' if condition.by_word else heard }}
{%- endmacro %}

{# The ways of finding a call's reservation, the surest first. A name alone counts only at the hotel and for a reason that presumes a reservation. #}
{% macro call_reservation_methods() -%}
{{ return([
    {
        'name': 'confirmation_number',
        'condition': 'is_number_agreed and (is_contact_agreed or is_anonymous or name_level not in (-2, 0))',
    },
    {
        'name': 'similar_confirmation_number',
        'condition': "is_number_similar and role <> 'accompanying' and (is_contact_agreed or name_level > 0)",
    },
    {
        'name': 'done_in_call',
        'condition': "is_done_in_call and role <> 'accompanying' and (name_level > 0 or (name_level = 0 and is_contact_agreed))",
    },
    {
        'name': 'contact_and_stay',
        'condition': 'is_at_hand and is_contact_agreed and name_level >= 0',
    },
    {
        'name': 'name_and_stay',
        'condition': "is_at_hand and role <> 'accompanying' and is_property_agreed and name_level > 0 and reason_code in ('change', 'cancellation', 'billing', 'complaint')",
    },
]) }}
{%- endmacro %}

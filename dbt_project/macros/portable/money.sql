{# DECIMAL(18,4) as a whole number of 1/10000, so that shares are exact on every engine. #}
{% macro money_units(amount) -%}
cast({{ amount }} * 10000 as hugeint)
{%- endmacro %}

{# The part of an amount that falls on weight of total_weight (whole numbers, total not 0), cut to the cent towards zero.
   Whoever uses it puts the remainder on the first part, so that the parts always equal the amount. #}
{% macro cent_share(amount, weight, total_weight) -%}
cast(cast({{ money_units(amount) }} * {{ weight }} // ({{ total_weight }} * 100) as decimal(38, 0)) / 100 as decimal(18, 4))
{%- endmacro %}

{# JSON list of {date, room_amount} as a list of structs; entries that cannot be read become null. #}
{% macro nightly_list(json_text) -%}
from_json(cast({{ json_text }} as json), '[{"date": "DATE", "room_amount": "DECIMAL(18,4)"}]')
{%- endmacro %}

{# Sum of that list. #}
{% macro nightly_sum(json_text) -%}
cast(list_sum(list_transform({{ nightly_list(json_text) }}, lambda night: night.room_amount)) as decimal(18, 4))
{%- endmacro %}

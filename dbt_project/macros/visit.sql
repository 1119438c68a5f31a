{# A visit: a customer's stays in one property that overlap, or touch and share confirmation, group or share id. #}

{# A stay that begins on the day another one of the same guest in the same property ends, and belongs to the same booking. #}
{% macro is_touching(later, earlier) -%}
{{ later }}.customer_id = {{ earlier }}.customer_id
        and {{ later }}.property_code = {{ earlier }}.property_code
        and {{ later }}.source_system = {{ earlier }}.source_system
        and {{ later }}.arrival_date = {{ earlier }}.end_date
        and (
            {{ later }}.confirmation_number = {{ earlier }}.confirmation_number
            or {{ later }}.group_block_code = {{ earlier }}.group_block_code
            or {{ later }}.share_id = {{ earlier }}.share_id
        )
{%- endmacro %}

{# Whether an arrival day belongs to the visit before: `reached_date` is the last day that earlier stays reach. #}
{% macro goes_on() -%}
coalesce(arrival_date < reached_date or (arrival_date = reached_date and is_touching), false)
{%- endmacro %}

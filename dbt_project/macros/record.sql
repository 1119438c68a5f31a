{# A figure of an item of a model's record (json column `item`) in words. #}

{% macro record_text(name) -%}
json_extract_string(item, '$.{{ name }}')
{%- endmacro %}

{# A share as whole percent. #}
{% macro record_percent(name) -%}
cast(cast(round(100 * cast({{ record_text(name) }} as double)) as integer) as varchar) || '%'
{%- endmacro %}

{# Two digits. #}
{% macro record_number(name) -%}
cast(cast({{ record_text(name) }} as decimal(18, 2)) as varchar)
{%- endmacro %}

{# Yes or no; no where nothing is said. #}
{% macro record_flag(name) -%}
coalesce(cast({{ record_text(name) }} as boolean), false)
{%- endmacro %}

{# Functions that other engines spell differently; nothing here knows a hotel. Checked on DuckDB 1.5. #}

{# md5 of the expressions joined by '|', null as empty text: a key that any engine with md5 makes the same way. #}
{% macro surrogate_key(expressions) -%}
md5({% for expression in expressions %}coalesce(cast({{ expression }} as varchar), ''){{ " || '|' || " if not loop.last }}{% endfor %})
{%- endmacro %}

{# Text of all values of the group in order, hashed: two groups with the same rows have the same. #}
{% macro group_hash(expression, order_by) -%}
md5(string_agg({{ expression }}, '|' order by {{ order_by }}))
{%- endmacro %}

{# A number of 0 or more; the same key always has the same one. #}
{% macro hash_number(key) -%}
md5_number_lower({{ key }})
{%- endmacro %}

{# One of so many buckets, 0 first; the same key always falls into the same one. #}
{% macro hash_bucket(key, bucket_count) -%}
{{ hash_number(key) }} % {{ bucket_count }}
{%- endmacro %}

{# Both sides null counts as equal. #}
{% macro differs(left, right) -%}
{{ left }} is distinct from {{ right }}
{%- endmacro %}

{# The last nine digits of a phone number as written, enough to say that two spellings are one number of one guest. #}
{% macro phone_tail(phone) -%}
right(regexp_replace({{ phone }}, '[^0-9]', '', 'g'), 9)
{%- endmacro %}

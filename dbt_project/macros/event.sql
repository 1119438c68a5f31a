{# Key of the fact behind an event; an interaction may change its property, so only its system and id count. #}
{% macro fact_key(record_kind) -%}
{%- if record_kind == 'interaction' -%}
{{ surrogate_key(["'interaction'", 'source_system', 'interaction_id']) }}
{%- else -%}
{{ surrogate_key(["'" ~ record_kind ~ "'", 'source_system', 'property_code', record_kind ~ '_id']) }}
{%- endif -%}
{%- endmacro %}

{# The facts that have a customer, as (fact_key, fact_hash): events of any other fact are gone. #}
{% macro customer_facts() -%}
{% for kind in ['reservation', 'pos_check', 'interaction'] -%}
select ({{ fact_key(kind) }}, fact_hash) from {{ ref('fct_' ~ kind) }} where customer_id is not null
{%- if not loop.last %} union all {% endif %}
{%- endfor %}
{%- endmacro %}

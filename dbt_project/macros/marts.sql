{# What several marts say in the same words. #}

{# The night as a date. #}
{% macro night() -%}
cast('{{ var("night_date") }}' as date)
{%- endmacro %}

{# Ends of months as as_of_date, from the month of the first stay to the night, which ends the running month. #}
{% macro month_ends() -%}
select distinct least(last_day(calendar_date), {{ night() }}) as as_of_date
from {{ ref('dim_date') }}
where calendar_date between (select min(arrival_date) from {{ ref('fct_stay') }} where customer_id is not null) and {{ night() }}
{%- endmacro %}

{# The end of the month of a day, and of the month before: in the terms of month_ends(). #}
{% macro month_end_of(day) -%}
least(last_day({{ day }}), {{ night() }})
{%- endmacro %}
{% macro month_end_before(day) -%}
cast(date_trunc('month', {{ day }}) - interval 1 day as date)
{%- endmacro %}

{# Everybody who ever stayed: when first, and how many there were at the end of a month. #}
{% macro first_stays() -%}
select customer_id, min(arrival_date) as first_date
from {{ ref('fct_stay') }}
where customer_id is not null and arrival_date <= {{ night() }}
group by customer_id
{%- endmacro %}

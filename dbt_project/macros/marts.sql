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

{# Everybody who ever stayed, and when first. #}
{% macro first_stays() -%}
select customer_id, min(arrival_date) as first_date
from {{ ref('fct_stay') }}
where customer_id is not null and arrival_date <= {{ night() }}
group by customer_id
{%- endmacro %}

{# How many there were at the end of each month: the base of which value tiers are shares, as in ml.customer_segment. #}
{% macro customer_base() -%}
select month_end.as_of_date, count(*) as base_count
from ({{ first_stays() }}) as first_stay
inner join ({{ month_ends() }}) as month_end on first_stay.first_date <= month_end.as_of_date
group by month_end.as_of_date
{%- endmacro %}

{# A hotel stayed at, as baskets of what customers choose name it. #}
{% macro stay_choice(property_code) -%}
'stay at ' || {{ property_code }}
{%- endmacro %}

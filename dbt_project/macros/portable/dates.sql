{# The calendar day of an instant in a time zone (IANA name as an expression). #}
{% macro local_date(instant, time_zone="'UTC'") -%}
cast(timezone({{ time_zone }}, {{ instant }}) as date)
{%- endmacro %}

{# The hour of the day, 0-23, of an instant in a time zone. #}
{% macro local_hour(instant, time_zone="'UTC'") -%}
extract(hour from timezone({{ time_zone }}, {{ instant }}))
{%- endmacro %}

{# The instant of a wall-clock time on a hotel day in a time zone. #}
{% macro instant_of(day, time_of_day, time_zone="'UTC'") -%}
timezone({{ time_zone }}, {{ day }} + time '{{ time_of_day }}')
{%- endmacro %}

{# Whole days from the first date to the second. #}
{% macro days_between(start_date, end_date) -%}
date_diff('day', {{ start_date }}, {{ end_date }})
{%- endmacro %}

{# Rows of one date each, from the first to the last date inclusive; nothing when last < first. #}
{% macro each_date(first_date, last_date) -%}
unnest(cast(range({{ first_date }}, {{ last_date }} + 1, interval 1 day) as date[]))
{%- endmacro %}

{# Names that timezone() accepts. #}
{% macro time_zone_names() -%}
(select name as time_zone from pg_timezone_names())
{%- endmacro %}

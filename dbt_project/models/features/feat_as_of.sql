-- one row per as_of_date that features are built for
{{ config(materialized='view', tags=['core']) }}

select distinct cast(listed.as_of_date as date) as as_of_date
from (
    select unnest([
        {%- for as_of_date in var('as_of_dates', [var('night_date')]) %}'{{ as_of_date }}'{{ ', ' if not loop.last }}{% endfor -%}
    ]) as as_of_date
) as listed

-- one row per as_of_date that features are built for
{{ config(materialized='table', tags=['core']) }}

with listed as (
    select distinct cast(as_of_date as date) as as_of_date
    from (
        select unnest([
            {%- for as_of_date in var('as_of_dates', [var('night_date')]) %}'{{ as_of_date }}'{{ ', ' if not loop.last }}{% endfor -%}
        ]) as as_of_date
    ) as listed
),

customer as (
    select count(distinct customer_id) as customer_count
    from {{ ref('fct_reservation') }}
)

-- Training learns no more from more customers, and many dates of all of them would not fit into memory.
select
    listed.as_of_date,
    case
        when listed.as_of_date = {{ night() }} then 1
        else greatest(1, cast(ceil(customer.customer_count / {{ var('training_customers') }}) as integer))
    end as sample_one_in
from listed
cross join customer

-- one row per customer and name that their reservations show
{{ config(materialized='table', schema='helper') }}

with shown as (
    select
        record.customer_id,
        coalesce(person.first_name_key, '') as first_name_key,
        coalesce(person.last_name_key, '') as last_name_key,
        {{ whole_name('person.first_name_key', 'person.last_name_key') }} as whole_name,
        count(*) as records
    from {{ source('identity', 'customer_record') }} as record
    inner join {{ source('identity', 'person_normalised') }} as person using (source_record_id)
    where record.record_kind = 'reservation' and coalesce(person.first_name_key, person.last_name_key) is not null
    group by all
),

{% for key in ['first_name_key', 'last_name_key'] %}
by_{{ key }} as (
    select {{ key }}, count(distinct customer_id) - 1 as others
    from shown
    where {{ key }} <> ''
    group by {{ key }}
),
{% endfor %}

register as (select count(distinct customer_id) as customers from shown),

named as ({{ with_given_names('shown') }})

select
    named.*,
    by_first_name_key.others * by_last_name_key.others / register.customers as expected_bearers
from named
cross join register
left join by_first_name_key using (first_name_key)
left join by_last_name_key using (last_name_key)

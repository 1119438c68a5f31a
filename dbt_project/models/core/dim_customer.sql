-- one row per customer_id: the golden record
{{ config(materialized='table', tags=['core']) }}

{% set text_fields = [
    'title', 'first_name', 'last_name', 'native_name', 'email', 'phone_e164', 'gender', 'nationality_code', 'language_code',
    'address', 'city', 'state', 'postal_code', 'country_code', 'loyalty_number', 'loyalty_tier_code',
] %}

with golden as (
    select
        customer_id,
        {% for field_name in text_fields %}
        max(field_value) filter (where field_name = '{{ field_name }}') as {{ field_name }},
        {% endfor %}
        cast(max(field_value) filter (where field_name = 'birth_date') as date) as birth_date,
        cast(max(field_value) filter (where field_name = 'consent_email') as boolean) as consent_email,
        cast(max(field_value) filter (where field_name = 'consent_sms') as boolean) as consent_sms,
        cast(max(field_value) filter (where field_name = 'consent_phone') as boolean) as consent_phone
    from {{ ref('dim_customer_field_source') }}
    group by customer_id
),

record as (
    select
        customer_id,
        count(*) as source_record_count
    from {{ ref('bridge_customer_source_record') }}
    group by customer_id
),

moment as (
    select bridge.customer_id, person.observed_at as seen_at
    from {{ ref('bridge_customer_source_record') }} as bridge
    inner join {{ ref('stg_person_record') }} as person on bridge.source_record_id = person.source_record_id
    union all
    select customer_id, booked_at from {{ ref('fct_reservation') }}
    union all
    select booker_customer_id, booked_at from {{ ref('fct_reservation') }}
    union all
    select customer_id, started_at from {{ ref('fct_interaction') }}
    union all
    select customer_id, opened_at from {{ ref('fct_pos_check') }}
),

seen as (
    select
        customer_id,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from moment
    where customer_id is not null
    group by customer_id
),

nights_by_property as (
    select
        customer_id,
        property_code,
        sum(los_nights) as night_count,
        max(arrival_date) as last_arrival_date
    from {{ ref('fct_stay') }}
    where customer_id is not null
    group by customer_id, property_code
),

home as (
    select
        customer_id,
        arg_max(property_code, (night_count, last_arrival_date, property_code)) as home_property_code
    from nights_by_property
    group by customer_id
)

select
    record.customer_id,
    coalesce(
        nullif(concat_ws(' ', golden.first_name, golden.last_name), ''),
        golden.native_name,
        'Customer ' || left(record.customer_id, 8)
    ) as display_name,
    {% for field_name in text_fields %}
    golden.{{ field_name }},
    {% endfor %}
    golden.birth_date,
    golden.loyalty_number is not null as is_member,
    golden.consent_email,
    golden.consent_sms,
    golden.consent_phone,
    home.home_property_code,
    seen.first_seen_at,
    seen.last_seen_at,
    record.source_record_count,
    confidence.identity_confidence
from record
left join seen on record.customer_id = seen.customer_id
left join golden on record.customer_id = golden.customer_id
left join home on record.customer_id = home.customer_id
left join {{ source('identity', 'customer_confidence') }} as confidence on record.customer_id = confidence.customer_id

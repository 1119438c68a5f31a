-- one row per customer_id: how the customer may be contacted with an offer (explicit consent, an address of their own, not suppressed)
{{ config(materialized='table', tags=['core']) }}

with entry as (
    select
        email,
        nullif(ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0'), '') as phone_digits,
        loyalty_number,
        case lower(coalesce(channel_code, 'all')) when 'voice' then 'phone' when 'call' then 'phone' else lower(coalesce(channel_code, 'all')) end
            as channel_code
    from {{ ref('stg_suppression') }}
    where since is null or since <= {{ night() }}
),

-- Every address the customer ever used counts, not only the one that won: whoever asked to be left alone is left alone.
identifier as (
    select distinct bridge.customer_id, 'email' as kind, lower(person.email) as identifier
    from {{ ref('bridge_customer_source_record') }} as bridge
    inner join {{ ref('stg_person_record') }} as person on bridge.source_record_id = person.source_record_id
    where person.email is not null
    union
    select distinct bridge.customer_id, 'loyalty_number', person.loyalty_number
    from {{ ref('bridge_customer_source_record') }} as bridge
    inner join {{ ref('stg_person_record') }} as person on bridge.source_record_id = person.source_record_id
    where person.loyalty_number is not null
    union
    select distinct bridge.customer_id, 'phone', ltrim(regexp_replace(person.phone_e164, '[^0-9]', '', 'g'), '0')
    from {{ ref('bridge_customer_source_record') }} as bridge
    inner join {{ source('identity', 'person_normalised') }} as person on bridge.source_record_id = person.source_record_id
    where person.phone_e164 is not null
),

listed as (
    select 'email' as kind, email as identifier, channel_code from entry where email is not null
    union all
    select 'phone', phone_digits, channel_code from entry where phone_digits is not null
    union all
    select 'loyalty_number', loyalty_number, channel_code from entry where loyalty_number is not null
),

suppressed as (
    select
        identifier.customer_id,
        bool_or(listed.channel_code in ('all', 'email')) as is_email_suppressed,
        bool_or(listed.channel_code in ('all', 'phone')) as is_phone_suppressed,
        bool_or(listed.channel_code in ('all', 'sms')) as is_sms_suppressed
    from identifier
    inner join listed using (kind, identifier)
    group by identifier.customer_id
)

select
    customer.customer_id,
    {% for channel, address in {'email': 'email', 'phone': 'phone_e164', 'sms': 'phone_e164'}.items() %}
    coalesce(suppressed.is_{{ channel }}_suppressed, false) as is_{{ channel }}_suppressed,
    customer.{{ address }} is not null and coalesce(customer.consent_{{ channel }}, false)
    and not coalesce(suppressed.is_{{ channel }}_suppressed, false) as may_{{ channel }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('dim_customer') }} as customer
left join suppressed on customer.customer_id = suppressed.customer_id

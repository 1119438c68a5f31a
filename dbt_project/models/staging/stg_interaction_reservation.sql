-- one row per call, reservation that fits it best and role of the person it agrees with (guest, booker, accompanying); a call that fits none has one row without a reservation
{{ config(materialized='incremental', unique_key=['source_system', 'interaction_id']) }}

{% set matched_key = ['reservation_source_system', 'reservation_property_code', 'matched_reservation_id'] | join(', ') %}

with heard_ever as (
    select
        source_system,
        interaction_id,
        property_code,
        started_at,
        coalesce(ended_at, started_at) as ended_at,
        {{ local_date('started_at') }} as started_on,
        reason_code,
        customer_name,
        {{ folded_words('customer_name') }} as name_words,
        lower(customer_email) as email,
        {{ phone_tail('customer_phone') }} as phone,
        loyalty_number,
        {{ spoken_number('confirmation_number') }} as confirmation_number,
        delivery_sequence,
        night_date
    from {{ ref('stg_interaction') }}
),

reservation_version as (
    select
        source_system as reservation_source_system,
        property_code as reservation_property_code,
        reservation_id as matched_reservation_id,
        * exclude (source_system, property_code, reservation_id, loyalty_number, night_date, delivery_sequence),
        loyalty_number as guest_loyalty_number
    from {{ ref('stg_reservation_version') }}
),

{% if is_incremental() %}
changed as (
    select version.*
    from reservation_version as version
    semi join (
        select
            source_system as reservation_source_system,
            property_code as reservation_property_code,
            reservation_id as matched_reservation_id
        from {{ ref('stg_reservation_version') }}
        where {{ newly_arrived() }}
    ) as fresh using ({{ matched_key }})
),

affected as (
    select source_system, interaction_id from heard_ever where {{ newly_arrived() }}
    {% for condition in call_reservation_conditions() %}
    union
    select heard.source_system, heard.interaction_id
    from {{ heard_by(condition, 'heard_ever') }} as heard
    inner join changed as reservation on {{ condition.on }}
    {% endfor %}
),

heard as (
    select * from heard_ever
    semi join affected using (source_system, interaction_id)
),
{% else %}
heard as (
    select * from heard_ever
),
{% endif %}

-- Every version counts: a call was about the reservation as it stood then.
meant as (
    {% for condition in call_reservation_conditions() %}
    {{ 'union' if not loop.first }}
    select heard.source_system, heard.interaction_id, {{ matched_key }}
    from {{ heard_by(condition, 'heard') }} as heard
    inner join reservation_version as reservation on {{ condition.on }}
    {% endfor %}
),

reservation as (
    select
        {{ matched_key }},
        {% for column in [
            'booked_at', 'cancelled_at', 'departure_date', 'confirmation_number', 'external_reference', 'guest_loyalty_number', 'guest_first_name',
            'guest_email', 'guest_phone', 'accompanying_guests', 'booker_name', 'booker_email', 'booker_phone',
        ] %}
        arg_max({{ column }}, (updated_at, row_hash)) as {{ column }},
        {% endfor %}
        arg_max(coalesce(guest_last_name, guest_native_name), (updated_at, row_hash)) as guest_last_name,
        list_concat(list(updated_at), [max(cancelled_at), min(booked_at)]) as done_at
    from reservation_version
    semi join meant using ({{ matched_key }})
    group by {{ matched_key }}
),

person as (
    {{ persons_of_reservation('reservation', [matched_key, 'booked_at', 'departure_date', 'confirmation_number', 'external_reference', 'done_at']) }}
),

compared as (
    select
        heard.source_system,
        heard.interaction_id,
        {{ matched_key }},
        person.role,
        heard.reason_code,
        coalesce(heard.property_code = reservation_property_code, false) as is_property_agreed,
        coalesce(heard.confirmation_number in (
            {{ spoken_number('person.confirmation_number') }}, {{ spoken_number('person.external_reference') }}
        ), false) as is_number_agreed,
        {{ is_similar_number('heard.confirmation_number', spoken_number('person.confirmation_number')) }} as is_number_similar,
        coalesce(heard.email = person.email, false)
        or coalesce(heard.phone = person.phone, false)
        or coalesce(heard.loyalty_number = person.loyalty_number, false) as is_contact_agreed,
        coalesce(heard.customer_name, heard.email, heard.phone, heard.loyalty_number) is null as is_anonymous,
        {{ heard_name_level('heard.customer_name', 'person.first_name', 'person.last_name') }} as name_level,
        len(list_filter(
            done_at, lambda instant: instant between heard.started_at - interval 1 minute and heard.ended_at + interval 10 minute
        )) > 0 as is_done_in_call,
        coalesce(person.booked_at <= heard.ended_at, true) and heard.started_on <= person.departure_date + 14 as is_at_hand
    from meant
    inner join heard using (source_system, interaction_id)
    inner join person using ({{ matched_key }})
),

judged as (
    select
        *,
        case
            {% for method in call_reservation_methods() %}
            when {{ method.condition }} then {{ loop.index }}
            {% endfor %}
        end as method_rank
    from compared
),

-- Who books calls about the booking; the bill and the complaint are the guest's. A number without anything else leaves the two equal; of several
-- who come along one is enough.
best as (
    select
        source_system,
        interaction_id,
        {{ matched_key }},
        role,
        method_rank,
        name_level
    from judged
    where method_rank is not null
    qualify rank() over (
        partition by source_system, interaction_id
        order by
            method_rank,
            is_number_agreed desc,
            name_level desc,
            role <> 'accompanying' desc,
            is_contact_agreed desc,
            is_property_agreed desc,
            role = 'guest' or (is_anonymous and coalesce(reason_code in ('reservation', 'change', 'cancellation'), false)) desc
    ) = 1
)

select
    {{ surrogate_key(['heard.source_system', 'heard.interaction_id', 'reservation_source_system', 'reservation_property_code', 'matched_reservation_id', 'role']) }}
        as match_id,
    heard.source_system,
    heard.interaction_id,
    case best.method_rank
        {% for method in call_reservation_methods() %}
        when {{ loop.index }} then '{{ method.name }}'
        {% endfor %}
    end as match_method,
    {{ matched_key }},
    best.role as matched_role,
    best.name_level,
    count(best.matched_reservation_id) over (partition by heard.source_system, heard.interaction_id) as fit_count,
    heard.delivery_sequence,
    heard.night_date
from heard
left join (select distinct * from best) as best using (source_system, interaction_id)

-- one row per interaction and customer who may have made it: what speaks for them, in bits, and how likely they are
{{ config(materialized='table', schema='helper') }}

{% set call = ['source_system', 'interaction_id'] | join(', ') %}
{% set reservation = ['reservation_source_system', 'reservation_property_code', 'matched_reservation_id'] | join(', ') %}
{% set call_customer = ['source_system', 'interaction_id', 'customer_id'] | join(', ') %}
{# A customer without a reservation is as far away as one of ten years ago. #}
{% set days_without_reservation = 3650 %}

with said as (
    select * from {{ ref('interaction_said') }}
),

pointed as (
    select * from {{ ref('interaction_pointer') }}
),

name_agreement as (
    select
        {{ call_customer }},
        max({{ said_name_level('said', 'known') }}) as name_level,
        arg_max(known.expected_bearers, ({{ said_name_level('said', 'known') }}, known.records, known.expected_bearers)) as expected_bearers
    from (select distinct {{ call_customer }} from pointed) as candidate
    inner join said using ({{ call }})
    inner join {{ ref('customer_name') }} as known using (customer_id)
    where coalesce(said.first_name_key, said.last_name_key) is not null
    group by {{ call_customer }}
),

main_name as (
    select customer_id, arg_max(whole_name, (records, whole_name)) as whole_name
    from (
        select customer_id, whole_name, sum(records) as records
        from {{ ref('customer_name') }}
        semi join pointed using (customer_id)
        where whole_name is not null
        group by customer_id, whole_name
    )
    group by customer_id
),

-- A whole name speaks alone where nobody of it is named by a number or a contact, and few have it.
asked_name as (
    select said.source_system, said.interaction_id, said.whole_name
    from said
    anti join (
        select pointed.source_system, pointed.interaction_id
        from pointed
        inner join name_agreement using ({{ call_customer }})
        where pointed.way not in ('linked', 'name_and_stay') and name_agreement.name_level > 0
    ) as settled using ({{ call }})
    where said.whole_name is not null
),

namesake as (
    select customer_id, whole_name, max(expected_bearers) as expected_bearers
    from {{ ref('customer_name') }}
    semi join asked_name using (whole_name)
    group by customer_id, whole_name
),

bearer as (
    select asked_name.source_system, asked_name.interaction_id, namesake.customer_id, namesake.expected_bearers
    from asked_name
    inner join namesake using (whole_name)
    semi join (
        select whole_name from namesake group by whole_name having count(*) <= {{ var('most_bearers_of_a_name') }}
    ) as rare using (whole_name)
),

every_pointer as (
    select * from pointed
    union all by name
    select * exclude (expected_bearers), 'name' as way from bearer
),

-- The surest person record and the surest reservation by a sort: they spill to disk, where arg_min over text does not.
surest_record as (
    select {{ call_customer }}, source_record_id
    from pointed
    where source_record_id is not null
    qualify row_number() over (partition by {{ call_customer }} order by way <> 'linked', way <> 'confirmation_number', source_record_id) = 1
),

surest_reservation as (
    select {{ call_customer }}, {{ reservation }}
    from pointed
    where matched_reservation_id is not null
    qualify row_number() over (partition by {{ call_customer }} order by way <> 'confirmation_number', {{ reservation }}) = 1
),

candidate as (
    select
        {{ call_customer }},
        {% for name, way in {
            'is_loyalty_number_held': 'loyalty_number', 'is_email_held': 'email', 'is_phone_held': 'phone', 'is_number_agreed': 'confirmation_number',
            'is_number_similar': 'similar_confirmation_number', 'is_done_in_call': 'done_in_call', 'is_linked': 'linked', 'is_companion': 'accompanying',
        }.items() %}
        bool_or(way = '{{ way }}') as {{ name }},
        {% endfor %}
        coalesce(bool_and(role = 'booker') filter (where way = 'confirmation_number'), false) as is_booker_only,
        coalesce(bool_or(role = 'booker' and way in ('email', 'phone')), false) as is_booker_contact,
        bool_or(way = 'name') as is_bearer,
        bool_and(way in ('name', 'name_and_stay')) as is_name_all
    from every_pointer
    group by {{ call_customer }}
),

stay as (
    select unnest([customer_id, booker_customer_id]) as customer_id, property_code, booked_at, departure_date from {{ ref('fct_reservation') }}
),

-- Days between the call and the nearest reservation of the customer, from its booking to its departure.
distance as (
    select
        {{ call_customer }},
        bool_or(stay.property_code = said.property_code) as is_hotel_agreed,
        min(greatest(0, {{ days_between('said.ended_at', 'stay.booked_at') }}, {{ days_between('stay.departure_date', 'said.started_on') }})) as days_away
    from candidate
    inner join said using ({{ call }})
    inner join stay using (customer_id)
    group by {{ call_customer }}
),

weighed as (
    select
        candidate.* exclude (is_number_similar),
        -- A number that somebody has is no slip of another's: those who share a room have neighbouring numbers.
        is_number_similar and not bool_or(is_number_agreed) over (partition by {{ call }}) as is_number_similar,
        case when is_bearer then 2 else name_agreement.name_level end as name_level,
        -- Two customers of one name to whom one call points are most likely one person whom nothing else brought together.
        case when not is_bearer then main_name.whole_name end as namesakes,
        coalesce(distance.is_hotel_agreed, said.property_code is null) as is_hotel_agreed,
        coalesce(distance.days_away, {{ days_without_reservation }}) as days_away,
        said.reason_code,
        coalesce(name_agreement.expected_bearers, bearer.expected_bearers) as expected_bearers
    from candidate
    inner join said using ({{ call }})
    left join distance using ({{ call_customer }})
    left join name_agreement using ({{ call_customer }})
    left join main_name using (customer_id)
    left join bearer using ({{ call_customer }})
),

summed as (
    select
        *,
        {{ call_start_bits() }}
        {% for evidence in call_evidence() %}
        + case when {{ evidence.condition }} then {{ evidence.bits }} else 0 end
        {% endfor %}
        -- Who was here last is likelier than who was here long ago, among those who may be meant; nothing is known of how late others call.
        - log2((60 + days_away) / min(60.0 + days_away) over (partition by {{ call }}))
        - case when is_name_all and name_level = 2 and expected_bearers is not null then {{ bits_of_strangers('expected_bearers', 'days_away') }} else 0 end as bits,
        list_filter([
            {% for evidence in call_evidence() %}
            case when {{ evidence.condition }} then '{{ evidence.name }}' end{{ ',' if not loop.last }}
            {% endfor %}
        ], lambda name: name is not null) as evidence
    from weighed
)

select
    {{ call_customer }},
    source_record_id,
    {{ reservation }},
    case
        when is_number_agreed then 'confirmation_number'
        when is_number_similar then 'similar_confirmation_number'
        when is_loyalty_number_held then 'loyalty_number'
        when is_done_in_call then 'done_in_call'
        when (is_email_held or is_phone_held) and name_level is null and count(*) over (partition by {{ call }}) > 1 then 'contact_and_stay'
        when is_email_held then 'email'
        when is_phone_held then 'phone'
        when name_level > 0 then 'name_and_stay'
        else 'caller'
    end as candidate_method,
    array_to_string(evidence, ', ') as evidence_names,
    name_level,
    days_away,
    round(bits, 4) as evidence_bits,
    -- Beside the others who may be meant, and somebody else (0 bits).
    round(power(2, bits) / (
        1 + sum(power(2, bits)) over (partition by {{ call }})
        - case when namesakes is null then 0 else 0.875 * (sum(power(2, bits)) over (partition by {{ call }}, namesakes) - power(2, bits)) end
    ), 6) as probability
from summed
left join surest_record using ({{ call_customer }})
left join surest_reservation using ({{ call_customer }})

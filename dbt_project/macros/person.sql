{# What makes two sightings of a person in one role of one reservation, interaction or check the same source record. #}
{% macro person_fields() -%}
{{ return([
    'first_name', 'last_name', 'full_name', 'native_name', 'email', 'phone', 'birth_date', 'gender', 'nationality_code', 'address', 'city',
    'state', 'postal_code', 'country_code', 'document_type', 'document_hash', 'loyalty_number', 'card_token', 'guest_profile_id',
]) }}
{%- endmacro %}

{% macro is_blank_person() -%}
coalesce({% for field in person_fields() %}cast({{ field }} as varchar){{ ', ' if not loop.last }}{% endfor %}) is null
{%- endmacro %}

{# An interaction may change its property, so only its system and id are its key. #}
{% macro person_key() -%}
{{ return(['record_kind', 'source_system', "case when record_kind <> 'interaction' then property_code end", 'reference_id', 'role']) }}
{%- endmacro %}

{% macro person_role_id() -%}
{{ surrogate_key(person_key()) }}
{%- endmacro %}

{% macro source_record_id() -%}
{{ surrogate_key(person_key() + [surrogate_key(person_fields())]) }}
{%- endmacro %}

{# Who a check or an interaction itself shows, and the customer of that record: columns `name`_source_record_id, _customer_id and _match_probability. #}
{% macro shown_person(record_kind, key, name) -%}
select
        shown.source_system,
        shown.property_code,
        shown.reference_id as {{ key }},
        shown.source_record_id as {{ name }}_source_record_id,
        record.customer_id as {{ name }}_customer_id,
        record.match_probability as {{ name }}_match_probability
    from {{ ref('stg_person_current') }} as shown
    left join {{ source('identity', 'customer_record') }} as record on shown.source_record_id = record.source_record_id
    where shown.record_kind = '{{ record_kind }}'
{%- endmacro %}

{# Who comes along with the guest: JSON list of {first_name, last_name} as a list of structs. #}
{% macro companion_list(json_text) -%}
from_json(cast({{ json_text }} as json), '[{"first_name": "VARCHAR", "last_name": "VARCHAR"}]')
{%- endmacro %}

{# Who is on a reservation, one row per person and role (guest, booker, accompanying), with the columns `kept` of the reservation. Who comes along has a name only. #}
{% macro persons_of_reservation(reservation, kept) -%}
{% set contact = {
    'guest': ['guest_first_name', 'guest_last_name'],
    'booker': ["list_first(regexp_split_to_array(booker_name, '\\s+'))", "list_last(regexp_split_to_array(booker_name, '\\s+'))"],
} %}
{% for role, names in contact.items() %}
select
        {{ kept | join(', ') }},
        '{{ role }}' as role,
        {{ names[0] }} as first_name,
        {{ names[1] }} as last_name,
        lower({{ role }}_email) as email,
        {{ phone_tail(role ~ '_phone') }} as phone,
        {{ 'guest_loyalty_number' if role == 'guest' else 'null' }} as loyalty_number
    from {{ reservation }}
    {{ 'where booker_email is not null or booker_phone is not null' if role == 'booker' }}
    union all by name
{% endfor %}
select {{ kept | join(', ') }}, 'accompanying' as role, companion.first_name, companion.last_name
    from {{ reservation }}, unnest({{ companion_list('accompanying_guests') }}) as of_reservation(companion)
{%- endmacro %}

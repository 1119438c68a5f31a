-- one row per version of a reservation, interaction or check line and the role a person has in it
{{ config(materialized='view') }}

with guest as (
    select
        'reservation' as record_kind, 'guest' as role, source_system, property_code, reservation_id as reference_id,
        updated_at, row_hash, delivery_sequence, row_number, night_date, is_history,
        guest_title as title, guest_first_name as first_name, guest_last_name as last_name, guest_native_name as native_name,
        guest_email as email, guest_phone as phone, guest_birth_date as birth_date, guest_gender as gender,
        guest_nationality_code as nationality_code, guest_language_code as language_code, guest_address as address, guest_city as city,
        guest_state as state, guest_postal_code as postal_code, guest_country_code as country_code,
        guest_document_type as document_type, guest_document_number as document_hash,
        loyalty_number, loyalty_tier_code, guest_profile_id, company_name, travel_agent_name, channel_code, arrival_date, departure_date,
        confirmation_number, external_reference, accompanying_guests, consent_email, consent_sms, consent_phone, consent_updated_at
    from {{ ref('stg_reservation_version') }}
),

booker as (
    select
        'reservation' as record_kind, 'booker' as role, source_system, property_code, reservation_id as reference_id,
        updated_at, row_hash, delivery_sequence, row_number, night_date, is_history,
        booker_name as full_name, booker_email as email, booker_phone as phone,
        company_name, travel_agent_name, channel_code, arrival_date, departure_date, confirmation_number, external_reference
    from {{ ref('stg_reservation_version') }}
    where booker_email is not null or booker_phone is not null
),

caller as (
    select
        'interaction' as record_kind, 'caller' as role, source_system, property_code, interaction_id as reference_id,
        updated_at, row_hash, delivery_sequence, row_number, night_date, is_history,
        customer_name as full_name, customer_email as email, customer_phone as phone, language_code,
        loyalty_number, channel_code, confirmation_number, consent_email, consent_sms, consent_phone, consent_updated_at
    from {{ ref('stg_interaction_version') }}
    where coalesce(customer_phone, customer_email, loyalty_number, confirmation_number) is not null
),

payer as (
    select
        'pos_check' as record_kind, 'payer' as role, source_system, property_code, pos_check_id as reference_id,
        updated_at, row_hash, delivery_sequence, row_number, night_date, is_history,
        guest_name as full_name, loyalty_number, card_token, confirmation_number
    from {{ ref('stg_pos_line_version') }}
    where loyalty_number is not null or card_token is not null
)

select * from guest
union all by name
select * from booker
union all by name
select * from caller
union all by name
select * from payer

-- Profiles: records that say the same about a person share one; facets: all that contradictions are judged by.

-- name: matchable
-- one row per source_record_id: the identifiers that may link it, and its profile (records that say the same share one)
create or replace temp table matchable as
with judged as (
    select
        person.*,
        email.shared_reason as email_shared_reason,
        phone.shared_reason as phone_shared_reason,
        case when email.shared_reason is null then person.email_normalised end as email_key,
        case when email.shared_reason in ('many_names', 'role_mailbox') then person.email_normalised end as shared_email,
        case when phone.shared_reason is null then person.phone_number end as phone_key,
        case when phone.shared_reason is not null then person.phone_number end as shared_phone,
        case when loyalty.shared_reason is null then person.loyalty_number_key end as own_loyalty_key,
        case when document.shared_reason is null then person.document_key end as own_document_key,
        case when profile.shared_reason is null then person.guest_profile_key end as own_profile_key,
        case when card.shared_reason is null then person.card_token end as own_card_token
    from person
    left join shared_found as email
        on email.identifier_type = 'email' and person.email_normalised = email.identifier_value
    left join shared_found as phone
        on phone.identifier_type = 'phone' and person.phone_number = phone.identifier_value
    left join shared_found as loyalty
        on loyalty.identifier_type = 'loyalty_number' and person.loyalty_number_key = loyalty.identifier_value
    left join shared_found as document
        on document.identifier_type = 'document' and person.document_key = document.identifier_value
    left join shared_found as profile
        on profile.identifier_type = 'guest_profile' and person.guest_profile_key = profile.identifier_value
    left join shared_found as card
        on card.identifier_type = 'card_token' and person.card_token = card.identifier_value
)
select
    judged.*,
    case
        when steward.source_record_id is not null
             or coalesce(email_key, phone_key, own_loyalty_key, own_document_key, own_profile_key, own_card_token) is null
            then judged.source_record_id
        else md5(concat_ws(
            chr(31),
            coalesce(compared_text, ''), coalesce(email_key, ''), coalesce(shared_email, ''), coalesce(phone_key, ''),
            coalesce(shared_phone, ''), coalesce(cast(birth_date as varchar), ''), coalesce(gender, ''),
            coalesce(own_loyalty_key, ''), coalesce(own_document_key, ''), coalesce(own_profile_key, ''),
            coalesce(own_card_token, ''), coalesce(postal_code_key, ''), coalesce(address_key, ''), coalesce(city_key, '')
        ))
    end as profile_id,
    steward.source_record_id as steward_record
from judged
left join steward_record as steward on judged.source_record_id = steward.source_record_id

-- name: profile
-- one row per profile_id; profile_number orders by content
create or replace temp table profile as
select row_number() over (order by profile_id) - 1 as profile_number, *
from (
    select
        profile_id,
        min(record_number) as first_record_number,
        count(*) as record_count,
        any_value(name_number) as name_number,
        any_value(first_key) as first_key,
        any_value(last_key) as last_key,
        any_value(suffix_code) as suffix_code,
        bool_or(is_initial) as is_initial,
        bool_or(is_organisation_name) as is_organisation,
        any_value(email_key) as email_key,
        any_value(shared_email) as shared_email,
        any_value(phone_key) as phone_key,
        right(any_value(phone_key), 8) as phone_tail,
        any_value(shared_phone) as shared_phone,
        any_value(birth_date) as birth_date,
        any_value(gender) as gender,
        any_value(own_loyalty_key) as loyalty_number_key,
        any_value(own_document_key) as document_key,
        any_value(own_profile_key) as guest_profile_key,
        regexp_replace(any_value(own_profile_key), '[^|]*$', '') as profile_place,
        any_value(own_card_token) as card_token,
        any_value(postal_code_key) as postal_code_key,
        any_value(address_key) as address_key,
        any_value(city_key) as city_key,
        any_value(steward_record) as steward_record
    from matchable
    group by profile_id
)

-- name: record_profile
-- one row per source_record_id: its profile and what rules about records compare
create or replace temp table record_profile as
select
    matchable.record_number, profile.profile_number, matchable.role,
    matchable.reservation_key, matchable.reservation_role_key, matchable.confirmation_key, matchable.stay_key
from matchable
inner join profile on matchable.profile_id = profile.profile_id

-- name: facet
-- one row per distinct facet: all that contradictions are judged by
create or replace temp table facet as
select
    row_number() over (order by name_number, birth_date, gender, suffix_code, document_key, steward_record) - 1
        as facet_number,
    *
from (select distinct name_number, birth_date, gender, suffix_code, document_key, steward_record from profile)

-- name: profile_node_rows
-- one row per profile in the order of profile_number; a leaf has no given name to be told apart by
select
    facet.facet_number,
    profile.first_key is null or profile.is_initial or profile.is_organisation as is_leaf
from profile
inner join facet
    on profile.name_number is not distinct from facet.name_number
    and profile.birth_date is not distinct from facet.birth_date
    and profile.gender is not distinct from facet.gender
    and profile.suffix_code is not distinct from facet.suffix_code
    and profile.document_key is not distinct from facet.document_key
    and profile.steward_record is not distinct from facet.steward_record
order by profile.profile_number

-- name: profile_identifier_rows
-- one row per profile and slot: the identifiers that conflict when two people carry different ones
select profile_number, slot, dense_rank() over (partition by slot order by identifier_text) as identifier
from (
    select profile_number, 0 as slot, email_key as identifier_text from profile where email_key is not null
    union all
    select profile_number, 1, phone_key from profile where starts_with(phone_key, '+')
    union all
    select profile_number, 2, loyalty_number_key from profile where loyalty_number_key is not null
    union all
    select profile_number, 3, document_key from profile where document_key is not null
    union all
    select profile_number, 3 + dense_rank() over (order by profile_place), guest_profile_key
    from profile where guest_profile_key is not null
)
order by profile_number, slot

-- Profiles: records that say the same about a person share one; facets: all that contradictions are judged by.

-- name: matchable_row
-- one row per row of person: the identifiers that may link it, and its profile (records that say the same share one)
create or replace temp view matchable_row as
with judged as (
    select
        person.*,
        email.shared_reason as email_shared_reason,
        phone.shared_reason as phone_shared_reason,
        person.role = 'booker' and (person.is_organisation_name or organisation.source_record_id is not null)
            as is_organisation_booker,
        case when email.shared_reason is null and not is_organisation_booker then person.email_normalised end as email_key,
        case when email.shared_reason in ('many_names', 'role_mailbox') and not is_organisation_booker
             then person.email_normalised end as shared_email,
        case when phone.shared_reason is null and not is_organisation_booker then person.phone_number end as phone_key,
        case when phone.shared_reason is not null and not is_organisation_booker then person.phone_number end as shared_phone,
        case when loyalty.shared_reason is null then person.loyalty_number_key end as own_loyalty_key,
        case when document.shared_reason is null then person.document_key end as own_document_key,
        case when document.shared_reason is null then person.document_kind end as own_document_kind,
        case when profile.shared_reason is null then person.guest_profile_key end as own_profile_key,
        case when card.shared_reason is null then person.card_token end as own_card_token,
        birth.shared_reason is not null as is_birth_date_shared,
        case when birth.shared_reason is null then person.birth_date end as own_birth_date
    from person
    left join organisation_booker as organisation on person.source_record_id = organisation.source_record_id
    left join shared_now as email
        on email.identifier_type = 'email' and person.email_normalised = email.identifier_value
    left join shared_now as phone
        on phone.identifier_type = 'phone' and right(person.phone_number, 8) = phone.identifier_value
    left join shared_now as loyalty
        on loyalty.identifier_type = 'loyalty_number' and person.loyalty_number_key = loyalty.identifier_value
    left join shared_now as document
        on document.identifier_type = 'document' and person.document_key = document.identifier_value
    left join shared_now as profile
        on profile.identifier_type = 'guest_profile' and person.guest_profile_key = profile.identifier_value
    left join shared_now as card
        on card.identifier_type = 'card_token' and person.card_token = card.identifier_value
    left join shared_now as birth
        on birth.identifier_type = 'birth_date' and cast(person.birth_date as varchar) = birth.identifier_value
)
select
    judged.*,
    case
        when steward.source_record_id is not null
             or coalesce(email_key, phone_key, own_loyalty_key, own_document_key, own_profile_key, own_card_token) is null
            then judged.source_record_id
        else md5(concat_ws(
            chr(31),
            coalesce(cast(name_id as varchar), ''), coalesce(email_key, ''), coalesce(shared_email, ''), coalesce(phone_key, ''),
            coalesce(shared_phone, ''), coalesce(cast(own_birth_date as varchar), ''), coalesce(gender, ''),
            coalesce(own_loyalty_key, ''), coalesce(own_document_key, ''), coalesce(own_document_kind, ''), coalesce(own_profile_key, ''),
            coalesce(own_card_token, ''), coalesce(postal_code_key, ''), coalesce(address_key, ''), coalesce(city_key, ''), coalesce(country_key, '')
        ))
    end as profile_id,
    content_number(profile_id) as profile_number,
    steward.source_record_id as steward_record
from judged
left join steward_record as steward on judged.source_record_id = steward.source_record_id

-- name: matchable
create or replace temp table matchable as
select *
from matchable_row

-- name: profile
-- one row per profile that is touched; profile_number is a hash of the content
create or replace temp table profile as
select *, true as is_touched
from (
    select
        profile_number,
        any_value(profile_id) as profile_id,
        arg_min(source_record_id, record_rank) as first_record_id,
        min(record_rank) as first_rank,
        count(*) as record_count,
        any_value(name_number) as name_number,
        any_value(first_key) as first_key,
        any_value(last_key) as last_key,
        any_value(suffix_code) as suffix_code,
        bool_or(is_initial) as is_initial,
        bool_or(is_organisation_name or is_organisation_booker) as is_organisation,
        any_value(email_key) as email_key,
        any_value(shared_email) as shared_email,
        any_value(phone_key) as phone_key,
        right(any_value(phone_key), 8) as phone_tail,
        any_value(shared_phone) as shared_phone,
        any_value(own_birth_date) as birth_date,
        any_value(gender) as gender,
        any_value(own_loyalty_key) as loyalty_number_key,
        any_value(own_document_key) as document_key,
        any_value(own_document_kind) as document_kind,
        any_value(own_profile_key) as guest_profile_key,
        regexp_replace(any_value(own_profile_key), '[^|]*$', '') as profile_place,
        any_value(own_card_token) as card_token,
        any_value(postal_code_key) as postal_code_key,
        any_value(address_key) as address_key,
        any_value(city_key) as city_key,
        any_value(country_key) as country_key,
        any_value(steward_record) as steward_record
    from matchable
    group by profile_number
)

-- name: record_profile
-- one row per record of touched profiles: what rules about records compare; an agency or company that booked is nobody
create or replace temp table record_profile as
select
    record_rank, profile_number, role, reservation_key, reservation_role_key, confirmation_key, stay_key,
    true as is_touched
from matchable
where not is_organisation_booker

-- name: record_neighbour
-- records of untouched profiles that share a reservation, a confirmation number or a stay with a touched one
insert into record_profile by name
select
    record_rank, profile_number, role, reservation_key, reservation_role_key, confirmation_key, stay_key,
    false as is_touched
from known_as_person
where (
        reservation_key in (select reservation_key from record_profile where reservation_key is not null)
        or confirmation_key in (select confirmation_key from record_profile where confirmation_key is not null)
        or stay_key in (select stay_key from record_profile where stay_key is not null)
    )
    and profile_number not in (select profile_number from touched_profile)
    and source_record_id not in (
        select source_record_id from known_person where role = 'booker' and customer_reason = 'organisation'
    )

-- name: insert_neighbour
insert into profile by name
select * exclude (component), false as is_touched
from known_profile
where profile_number in (select profile_number from neighbour)
    and profile_number not in (select profile_number from touched_profile)

-- name: facet
-- one row per distinct facet of members
create or replace temp table facet as
select
    row_number() over (
        order by name_number, birth_date, gender, suffix_code, document_key, loyalty_number_key, steward_record
    ) - 1 as facet_number,
    *
from (
    select distinct name_number, birth_date, gender, suffix_code, document_key, loyalty_number_key, steward_record
    from bearer
)

-- name: facet_of_profile
-- one row per member
create or replace temp table facet_of_profile as
select bearer.profile_number, facet.facet_number
from bearer
inner join facet
    on bearer.name_number is not distinct from facet.name_number
    and bearer.birth_date is not distinct from facet.birth_date
    and bearer.gender is not distinct from facet.gender
    and bearer.suffix_code is not distinct from facet.suffix_code
    and bearer.document_key is not distinct from facet.document_key
    and bearer.loyalty_number_key is not distinct from facet.loyalty_number_key
    and bearer.steward_record is not distinct from facet.steward_record

-- name: member_rows
-- one row per member in the order of node_number; a leaf has no given name to be told apart by, a bare one says nothing that finds the guest again
select
    profile.profile_number, facet_of_profile.facet_number,
    profile.first_key is null or profile.is_initial or profile.is_organisation as is_leaf,
    coalesce(
        profile.email_key, profile.phone_key, profile.loyalty_number_key, profile.document_key,
        profile.postal_code_key, profile.address_key, cast(profile.birth_date as varchar)
    ) is null as is_bare
from node
inner join profile on node.profile_number = profile.profile_number
inner join facet_of_profile on node.profile_number = facet_of_profile.profile_number
order by node.node_number

-- name: member_identifier_rows
-- one row per member and slot: the identifiers that conflict when two people carry different ones, and what excuses a difference:
-- the postal code of a town; the kind of a document; of two linked members whose e-mails (one domain, six letters), phones or towns (five letters) are one
-- slip apart, that pair
with carried as (
    select node.node_number, profile.*
    from node
    inner join profile on node.profile_number = profile.profile_number
),
contact as (select node_number, email_key, phone_key, city_key from node inner join profile using (profile_number)),
linked as (
    select
        first_node, second_node, a.email_key as email, b.email_key as other_email, a.phone_key as phone,
        b.phone_key as other_phone, a.city_key as city, b.city_key as other_city
    from member_edge
    inner join contact as a on member_edge.first_node = a.node_number
    inner join contact as b on member_edge.second_node = b.node_number
    where a.email_key <> b.email_key or a.phone_key <> b.phone_key or a.city_key <> b.city_key
),
slip as (
    select distinct
        unnest([first_node, second_node]) as node_number, 7 as slot,
        least(email, other_email) || '|' || greatest(email, other_email) as slip
    from linked
    where split_part(email, '@', 2) = split_part(other_email, '@', 2) and damerau_levenshtein(email, other_email) = 1
        and least(strpos(email, '@'), strpos(other_email, '@')) > 6
    union all
    select distinct
        unnest([first_node, second_node]), 8, least(phone, other_phone) || '|' || greatest(phone, other_phone)
    from linked
    where starts_with(phone, '+') and starts_with(other_phone, '+') and damerau_levenshtein(phone, other_phone) = 1
    union all
    select distinct unnest([first_node, second_node]), 6, least(city, other_city) || '|' || greatest(city, other_city)
    from linked
    where least(length(city), length(other_city)) > 4 and damerau_levenshtein(city, other_city) = 1
)
select node_number, slot, dense_rank() over (partition by slot order by identifier_text) as identifier
from (
    select node_number, 0 as slot, email_key as identifier_text from carried where email_key is not null
    union all
    select node_number, 1, phone_key from carried where starts_with(phone_key, '+')
    union all
    select node_number, 2, loyalty_number_key from carried where loyalty_number_key is not null
    union all
    select node_number, 3, document_key from carried
    where document_key is not null
    union all
    select node_number, 3, slip
    from carried
    inner join slip_of_document using (document_key)
    union all
    select node_number, 4, city_key from carried where city_key is not null
    union all
    select node_number, 5, address_key from carried where address_key is not null
    union all
    select node_number, 6, regexp_replace(postal_code_key, '^[^-]*-', '')
    from carried
    where postal_code_key is not null and city_key is not null
    union all
    select node_number, slot, slip from slip
    union all
    select node_number, 9, document_kind from carried where document_key is not null and document_kind is not null
    union all
    select node_number, 9 + dense_rank() over (order by profile_place), guest_profile_key
    from carried where guest_profile_key is not null
)
order by node_number, slot

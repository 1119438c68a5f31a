-- Pairs of profiles with every way in which they agree, and the edges among them (compiled from the rules: identity.sql.linking).

-- name: pair
-- one row per candidate pair of profiles with every way in which they agree, and what contradicts
create or replace temp table pair as
with named as (
    select
        candidate.*,
        case when a.name_number is null and b.name_number is null then 'nameless'
             when a.name_number is null or b.name_number is null then 'unknown'
             else coalesce(names.name_class, 'same') end as name_class,
        case when a.name_number is null or b.name_number is null then 0
             else coalesce(names.first_level, 5) end as first_level,
        coalesce(names.is_other_first_name, false) as is_other_first_name,
        coalesce(names.is_other_surname, false) as is_other_surname,
        birth_level(a.birth_date, b.birth_date) as birth_level,
        coalesce(a.email_key = b.email_key, false) as is_email_agreed,
        coalesce(is_same_phone(a.phone_key, b.phone_key), false) as is_phone_agreed,
        coalesce(a.postal_code_key = b.postal_code_key, false) as is_postal_code_agreed,
        coalesce(a.address_key = b.address_key, false) as is_address_agreed,
        coalesce(a.city_key = b.city_key, false) as is_city_agreed,
        coalesce(a.gender = b.gender, false) as is_gender_agreed,
        coalesce(a.loyalty_number_key = b.loyalty_number_key, false) as is_loyalty_number_agreed,
        coalesce(a.guest_profile_key = b.guest_profile_key, false) as is_profile_agreed,
        coalesce(a.email_key <> b.email_key, false) as is_other_email,
        coalesce(a.guest_profile_key <> b.guest_profile_key and a.profile_place = b.profile_place, false)
            as is_other_profile,
        a.suffix_code as a_suffix, b.suffix_code as b_suffix,
        a.document_key as a_document, b.document_key as b_document,
        slip.first_document is not null as is_document_slip,
        a.loyalty_number_key as a_loyalty, b.loyalty_number_key as b_loyalty,
        a.gender as a_gender, b.gender as b_gender
    from pair_candidate as candidate
    inner join profile as a on candidate.first_profile = a.profile_number
    inner join profile as b on candidate.second_profile = b.profile_number
    left join document_slip as slip
        on least(a.document_key, b.document_key) = slip.first_document
        and greatest(a.document_key, b.document_key) = slip.second_document
    left join name_pair as names
        on least(a.name_number, b.name_number) = names.first_name_number
        and greatest(a.name_number, b.name_number) = names.second_name_number
)
select
    * exclude (a_suffix, b_suffix, a_document, b_document, a_loyalty, b_loyalty, a_gender, b_gender),
    contradiction_of(
        a_suffix, b_suffix, a_document, b_document, a_loyalty, b_loyalty, a_gender, b_gender, birth_level, first_level,
        is_other_first_name, is_other_surname, is_document_slip
    ) as refused_reason
from named

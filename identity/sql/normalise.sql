-- New and changed person records as delivered, then in the form they are compared in. Work tables are temporary.

-- name: macro_content_number
-- a number of 63 bits that is the same for the same text in any population: two of a million texts share one once in 20 million populations
create or replace temp macro content_number(content) as cast(md5_number_lower(content) >> 1 as bigint)

-- name: macro_record_rank
-- The order that decides anchors: delivery_sequence, row_number, role; the rest is decided by a hash of the id. Null sorts last.
create or replace temp macro record_rank(delivery_sequence, row_number, person_role, source_record_id) as
    (
        (cast(coalesce(delivery_sequence, 72057594037927935) as hugeint) * 4294967296 + coalesce(row_number, 4294967295)) * 4
        + case person_role when 'guest' then 0 when 'booker' then 1 when 'caller' then 2 else 3 end
    ) * 68719476736
    + cast(md5_number_lower(source_record_id) % 68719476736 as bigint)

-- name: macro_postal_text_of
-- A postal code without blanks and punctuation. A country's letters before digits go (D-80331). Where codes are digits, letters that a scanner took for one
-- are that digit, if digits are more than half; has_letters is null when the country is unknown, and letters stay.
create or replace temp macro bare_postal_code(postal_code) as
    regexp_replace(regexp_replace(upper(strip_accents(postal_code)), '^ *[A-Z]{1,2} ?- ?([0-9][0-9 -]+)$', '\1'), '[^0-9A-Z]', '', 'g');
create or replace temp macro postal_text_of(bare, has_letters) as
    case
        when not has_letters and regexp_full_match(bare, '[0-9OILSBZ]+') and 2 * length(regexp_replace(bare, '[^0-9]', '', 'g')) > length(bare)
            then translate(bare, 'OILSBZ', '011582')
        else nullif(bare, '')
    end

-- name: name_value
-- one row per distinct delivered name
create or replace temp table name_value as
select row_number() over (order by name_text) - 1 as value_number, *
from (
    select
        name_text,
        any_value(title) as title,
        any_value(first_name) as first_name,
        any_value(last_name) as last_name,
        any_value(full_name) as full_name,
        any_value(native_name) as native_name
    from person_raw
    where name_text is not null
    group by name_text
)

-- name: name_value_rows
select value_number, title, first_name, last_name, full_name, native_name
from name_value
order by value_number

-- name: email_value_rows
select distinct email
from person_raw
where email is not null
order by email

-- name: phone_value_rows
select distinct phone, country_hint
from person_raw
where phone is not null
order by phone, country_hint

-- name: place_value_rows
-- addresses and cities that strip_accents leaves in letters that address_key and city_key would lose (ł, ß, all of Москва)
select distinct place
from (select address as place from person_raw union all select city from person_raw)
where regexp_matches(strip_accents(place), '[^\x00-\x7f]')
order by place

-- name: numbered_name
-- one row per distinct delivered name with the number of its compared form
create or replace temp view numbered_name as
select
    *,
    content_number(concat_ws(
        chr(30), compared_text, is_initial, is_known_first,
        array_to_string(last_words, ' '), array_to_string(last_roots, ' ')
    )) as name_number
from name_form

-- name: compared_name
-- one row per distinct compared name; name_number is a hash of all that is compared
create or replace temp table compared_name as
select
    *,
    replace(first_key, ' ', '') as first_compact,
    string_split(first_key, ' ') as first_words,
    list_filter(string_split(first_key, ' '), word -> length(word) > 1) as long_first_words,
    array_to_string(list_sort(string_split(concat_ws(' ', first_key, last_key), ' ')), ' ') as sorted_words
from (
    select
        name_number,
        any_value(compared_text) as compared_text,
        any_value(first_key) as first_key,
        any_value(first_roots) as first_roots,
        any_value(first_parts) as first_parts,
        any_value(is_initial) as is_initial,
        any_value(last_key) as last_key,
        any_value(last_words) as last_words,
        any_value(last_compact) as last_compact,
        any_value(last_roots) as last_roots,
        any_value(last_spelling) as last_spelling,
        any_value(native_key) as native_key,
        any_value(suffix_code) as suffix_code,
        any_value(is_pinyin) as is_pinyin,
        any_value(is_organisation) as is_organisation,
        any_value(is_known_first) as is_known_first,
        any_value(is_known_last) as is_known_last,
        any_value(given_script) as given_script,
        any_value(first_consonants) as first_consonants,
        any_value(last_consonants) as last_consonants
    from numbered_name
    group by name_number
)

-- name: person_name
-- one row per distinct delivered name with its compared form; a name that says nothing (a placeholder) has no name_number
create or replace temp table person_name as
select
    name.name_text, form.first_name, form.last_name, form.native_name, form.is_ordered, form.title_gender,
    form.name_number as name_id,
    case when coalesce(compared.first_key, compared.last_key, compared.native_key) is not null
         then form.name_number end as name_number,
    compared.first_key, compared.last_key, compared.suffix_code, compared.is_organisation, compared.is_initial
from numbered_name as form
inner join name_value as name on form.value_number = name.value_number
inner join compared_name as compared on form.name_number = compared.name_number

-- name: person
-- one row per source_record_id in the form it is compared in
create or replace temp table person as
with joined as (
    select
        raw.source_record_id, raw.record_hash, raw.delivery_sequence, raw.row_number, raw.record_rank, raw.record_kind, raw.role, raw.source_system, raw.property_code,
        raw.reference_id, raw.reservation_id, raw.guest_profile_id,
        name.first_name, name.last_name, name.native_name, name.name_id, name.name_number,
        name.first_key, name.last_key, name.suffix_code, coalesce(name.is_ordered, false) as is_name_ordered,
        coalesce(name.is_organisation, false) as is_organisation_name,
        coalesce(name.is_initial, false) as is_initial,
        email.email_normalised, email.registry_reason as email_registry_reason,
        phone.phone_e164, coalesce(phone.phone_e164, phone.phone_national) as phone_number,
        case when raw.birth_date <= raw.night_date
                  and not list_contains($placeholder_birth_dates, cast(raw.birth_date as varchar))
             then raw.birth_date end as birth_date,
        coalesce(
            case when lower(raw.gender) in ('f', 'female', 'w', 'weiblich', '2') then 'female'
                 when lower(raw.gender) in ('m', 'male', 'maennlich', '1') then 'male' end,
            name.title_gender
        ) as gender,
        postal_text_of(bare_postal_code(raw.postal_code), list_contains($lettered_postal_codes, upper(raw.country_code))) as postal_text,
        nullif(array_to_string(list_sort(regexp_extract_all(coalesce(address.latin_text, lower(strip_accents(raw.address))), '[0-9]+|[a-z]{3,}')), ' '), '')
            as address_key,
        nullif(regexp_replace(coalesce(city.latin_text, lower(strip_accents(raw.city))), '[^a-z]', '', 'g'), '') as city_key,
        upper(raw.country_code) as country_code,
        coalesce(upper(raw.country_code), upper(raw.nationality_code)) as country_key,
        nullif(regexp_replace(upper(raw.loyalty_number), '[^0-9A-Z]', '', 'g'), '') as loyalty_number_key,
        nullif(trim(raw.document_hash), '') as document_key,
        case when document_key is not null
             then $document_kinds[list_position($document_spellings, regexp_replace(lower(strip_accents(raw.document_type)), '[^\p{L}]', '', 'g'))]
        end as document_kind,
        nullif(trim(raw.card_token), '') as card_token,
        nullif(regexp_replace(upper(raw.confirmation_number), '[^0-9A-Z]', '', 'g'), '') as confirmation_key
    from person_raw as raw
    left join person_name as name on raw.name_text = name.name_text
    left join email_form as email on raw.email = email.email
    left join phone_form as phone on raw.phone = phone.phone and raw.country_hint = phone.country_hint
    left join place_form as address on raw.address = address.place
    left join place_form as city on raw.city = city.place
)
select
    * exclude (postal_text, country_code, guest_profile_id, reservation_id),
    case when postal_text is not null then coalesce(country_code, '?') || '-' || postal_text end as postal_code_key,
    case when nullif(trim(guest_profile_id), '') is not null
         then concat_ws('|', source_system, coalesce(property_code, ''), trim(guest_profile_id)) end as guest_profile_key,
    case when record_kind = 'reservation'
         then concat_ws('|', source_system, coalesce(property_code, ''), reference_id) end as reservation_key,
    reservation_key || '|' || role as reservation_role_key,
    case when role = 'guest' then concat_ws('|', coalesce(property_code, ''), reference_id)
         when role in ('payer', 'caller') and reservation_id is not null
         then concat_ws('|', coalesce(property_code, ''), reservation_id) end as stay_key
from joined

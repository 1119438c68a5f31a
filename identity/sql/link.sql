-- Shared identifiers, profiles, and what makes two facets of people contradict each other.

-- name: shared_found
-- one row per identifier that many names use, or that the registry lists
create or replace temp table shared_found as
with carried as (
    select 'email' as identifier_type, email_normalised as identifier_value, last_key, name_number, email_registry_reason
    from person where email_normalised is not null
    union all
    select 'phone', phone_number, last_key, name_number, null from person where phone_number is not null
    union all
    select 'loyalty_number', loyalty_number_key, last_key, name_number, null from person where loyalty_number_key is not null
    union all
    select 'document', document_key, last_key, name_number, null from person where document_key is not null
    union all
    select 'guest_profile', guest_profile_key, last_key, name_number, null from person where guest_profile_key is not null
    union all
    select 'card_token', card_token, last_key, name_number, null from person where card_token is not null
),
by_last_name as (
    select
        identifier_type, identifier_value, last_key,
        min(email_registry_reason) as registry_reason,
        count(*) as record_count,
        count(distinct name_number) as name_count
    from carried
    group by identifier_type, identifier_value, last_key
),
counted as (
    select
        identifier_type, identifier_value,
        min(registry_reason) as registry_reason,
        cast(sum(record_count) as bigint) as record_count,
        cast(coalesce(sum(name_count) filter (where last_key is not null), 0) as bigint) as full_name_count,
        count(last_key) as last_name_count,
        max(record_count) filter (where last_key is not null)
            / sum(record_count) filter (where last_key is not null) as top_last_name_share
    from by_last_name
    group by identifier_type, identifier_value
),
judged as (
    select
        counted.*, shared_limit.limit_count,
        coalesce(
            counted.registry_reason,
            case when counted.last_name_count > shared_limit.limit_count
                      and counted.top_last_name_share <= shared_limit.max_top_share then 'many_names' end
        ) as shared_reason
    from counted
    left join shared_limit on counted.identifier_type = shared_limit.identifier_type
)
select
    identifier_type, identifier_value, shared_reason, record_count, full_name_count, last_name_count, top_last_name_share,
    case when shared_reason = 'many_names' then limit_count end as limit_count
from judged
where shared_reason is not null
order by identifier_type, identifier_value

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

-- name: wanted_names_of_profiles
create or replace temp table wanted_name_pair as
select distinct
    least(a.name_number, b.name_number) as first_name_number,
    greatest(a.name_number, b.name_number) as second_name_number
from pair_candidate as candidate
inner join profile as a on candidate.first_profile = a.profile_number
inner join profile as b on candidate.second_profile = b.profile_number
where a.name_number <> b.name_number

-- name: wanted_names_of_facets
create or replace temp table wanted_name_pair as
select distinct
    least(a.name_number, b.name_number) as first_name_number,
    greatest(a.name_number, b.name_number) as second_name_number
from facet_pair
inner join facet as a on facet_pair.first_facet = a.facet_number
inner join facet as b on facet_pair.second_facet = b.facet_number
where a.name_number <> b.name_number

-- name: name_pair
-- one row per pair of distinct compared names that has to be compared. Given names: 5 equal, 4 nickname or part, 3 typo,
-- 2 initial, 1 two typos (no support, no contradiction), 0 unknown, -1 another. Family names: 4 equal, 3 part of a compound, 2 typo, 0 unknown, -1 another.
create or replace temp table name_pair as
with measured as (
    select
        wanted.*,
        a.native_key as a_native, b.native_key as b_native,
        a.sorted_words = b.sorted_words and contains(a.sorted_words, ' ') as has_same_words,
        a.is_pinyin <> b.is_pinyin as is_pinyin_pair,
        case
            when a.first_key is null or b.first_key is null then 0
            when a.is_initial then case when starts_with(b.first_compact, left(a.first_compact, 1)) then 2 else -1 end
            when b.is_initial then case when starts_with(a.first_compact, left(b.first_compact, 1)) then 2 else -1 end
            when a.first_compact = b.first_compact then 5
            when list_has_any(a.first_roots, b.first_roots) then 4
            when len(a.long_first_words) > 0 and len(b.long_first_words) > 0
                and (list_has_all(a.long_first_words, b.long_first_words)
                     or list_has_all(b.long_first_words, a.long_first_words)) then 4
            when a.is_known_first and b.is_known_first then -1
            when is_typo(a.first_compact, b.first_compact, 4, 7) then 3
            when starts_with(a.first_compact, b.first_compact) or starts_with(b.first_compact, a.first_compact)
                or jaro_winkler_similarity(a.first_compact, b.first_compact) >= 0.8
                or len(list_filter(a.first_roots, root -> is_typo(root, b.first_compact, 5, 7))) > 0
                or len(list_filter(b.first_roots, root -> is_typo(root, a.first_compact, 5, 7))) > 0 then 1
            else -1
        end as first_level,
        case
            when a.last_key is null or b.last_key is null then 0
            when a.last_key = b.last_key or a.last_compact = b.last_compact then 4
            when list_has_all(a.last_words, b.last_words) or list_has_all(b.last_words, a.last_words) then 3
            when list_has_any(list_filter(a.last_words, word -> length(word) > 2), b.last_words) then 3
            when is_typo(a.last_compact, b.last_compact, 4, 8) then 2
            else -1
        end as last_level,
        list_has_any(a.last_words, b.first_words) as is_last_in_first,
        list_has_any(b.last_words, a.first_words) as is_first_in_last,
        is_last_in_first or is_typo(a.last_compact, b.first_compact, 4, 8) as is_last_like_first,
        is_first_in_last or is_typo(b.last_compact, a.first_compact, 4, 8) as is_first_like_last,
        case
            when a.is_initial then is_last_in_first and starts_with(b.last_compact, left(a.first_compact, 1))
            when b.is_initial then is_first_in_last and starts_with(a.last_compact, left(b.first_compact, 1))
            else (is_last_like_first and (is_first_like_last or list_has_any(a.first_roots, b.last_roots)))
                or (is_first_like_last and list_has_any(b.first_roots, a.last_roots))
        end as is_swapped
    from wanted_name_pair as wanted
    inner join compared_name as a on wanted.first_name_number = a.name_number
    inner join compared_name as b on wanted.second_name_number = b.name_number
)
select
    first_name_number, second_name_number, first_level, last_level,
    case
        when coalesce(a_native <> b_native, false) then 'different'
        when has_same_words or coalesce(a_native = b_native, false) then
            case when is_pinyin_pair then 'close' else 'same' end
        when first_level >= 4 and last_level >= 3 then case when is_pinyin_pair then 'close' else 'same' end
        when (first_level >= 2 and last_level >= 2) or is_swapped then 'close'
        when first_level >= 4 and last_level = -1 then 'married'
        when first_level = 0 and (last_level >= 2 or is_last_in_first or is_first_in_last) then 'partial'
        when last_level = 0 and (first_level >= 3 or is_last_in_first or is_first_in_last) then 'partial'
        else 'different'
    end as name_class,
    coalesce(a_native <> b_native, false)
        or (first_level = -1 and not has_same_words and not coalesce(is_swapped, false)
            and not coalesce(a_native = b_native, false)) as is_other_first_name
from measured

-- name: macro_is_typo
-- one slip in a word of at least `one` letters, two in one of at least `two`
create or replace temp macro is_typo(a, b, one, two) as
    least(length(a), length(b)) >= one
    and abs(length(a) - length(b)) <= 2
    and damerau_levenshtein(a, b) <= case when least(length(a), length(b)) >= two then 2 else 1 end

-- name: macro_is_same_phone
-- equal, or one without its country whose digits end the other (+447800505636 and 7800505636)
create or replace temp macro is_same_phone(a, b) as
    a = b
    or (starts_with(a, '+') and not starts_with(b, '+') and ends_with(a, b))
    or (starts_with(b, '+') and not starts_with(a, '+') and ends_with(b, a))

-- name: macro_birth_level
-- birth dates agree, nearly agree (one digit, two neighbouring digits, day and month swapped), are doubtful (within 400 days:
-- more than one slip, yet no other generation), differ, or one is unknown
create or replace temp macro birth_level(a, b) as
    case
        when a is null or b is null then 'unknown'
        when a = b then 'same'
        when year(a) = year(b) and month(a) = day(b) and day(a) = month(b) then 'near'
        when damerau_levenshtein(strftime(a, '%Y%m%d'), strftime(b, '%Y%m%d')) = 1 then 'near'
        when abs(date_diff('day', a, b)) <= 400 then 'doubtful'
        else 'differs'
    end

-- name: macro_contradiction
-- What forbids that two facets are one person, whatever links them; null when nothing does.
-- Argued case by case in tests/unit/identity/test_guards.py: couples, parent and child, twins, renewed documents.
create or replace temp macro contradiction_of(
    a_suffix, b_suffix, a_document, b_document, a_gender, b_gender, birth, first_level, is_other_first_name
) as
    case
        when a_suffix <> b_suffix then 'suffix'
        when birth = 'differs' and not coalesce(a_document = b_document, false) then 'birth_date'
        when birth <> 'same' and coalesce(
            a_document <> b_document and split_part(a_document, '|', 1) = split_part(b_document, '|', 1), false
        ) then 'document'
        when is_other_first_name and birth not in ('same', 'near') then 'first_name'
        when is_other_first_name and not coalesce(a_document = b_document, false) then 'first_name'
        when a_gender <> b_gender and first_level < 4 then 'gender'
    end

-- name: pair
-- one row per candidate pair of profiles with every way in which they agree, and what contradicts
create or replace temp table pair as
with named as (
    select
        candidate.*,
        case when a.name_number is null or b.name_number is null then 'unknown'
             else coalesce(names.name_class, 'same') end as name_class,
        case when a.name_number is null or b.name_number is null then 0
             else coalesce(names.first_level, 5) end as first_level,
        coalesce(names.is_other_first_name, false) as is_other_first_name,
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
        a.gender as a_gender, b.gender as b_gender
    from pair_candidate as candidate
    inner join profile as a on candidate.first_profile = a.profile_number
    inner join profile as b on candidate.second_profile = b.profile_number
    left join name_pair as names
        on least(a.name_number, b.name_number) = names.first_name_number
        and greatest(a.name_number, b.name_number) = names.second_name_number
)
select
    * exclude (a_suffix, b_suffix, a_document, b_document, a_gender, b_gender),
    contradiction_of(
        a_suffix, b_suffix, a_document, b_document, a_gender, b_gender, birth_level, first_level, is_other_first_name
    ) as refused_reason
from named

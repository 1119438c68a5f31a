-- The match model's input, and its pairs beside those of the rules.

-- name: match_input
-- one row per profile with a name or a birth date; position orders by content, so that samples are the same every time.
-- is_part: all words of one name are words of the other; is_slip: one slip in a word, or nearly the same; sound: first letter and consonants;
-- is_swapped_name: given and family name have changed places, a slip in each allowed
create or replace temp macro is_slip(a, b, likeness) as
    case
        when jaro_winkler_similarity(a, b) >= likeness then true
        when abs(length(a) - length(b)) > 1 or least(length(a), length(b)) < 2 then false
        when jaro_winkler_similarity(a, b) < 0.6 then false
        else damerau_levenshtein(a, b) <= 1 or is_misread(a, b)
    end;
create or replace temp macro is_part(a, b) as
    len(a) > 0 and len(b) > 0 and (list_has_all(a, b) or list_has_all(b, a));
create or replace temp macro sound(a) as
    left(a, 1) || regexp_replace(substr(a, 2), '[aeiouyhw]', '', 'g');
create or replace temp macro is_swapped_name(first_a, last_a, first_b, last_b) as
    case
        when first_a = last_b then jaro_winkler_similarity(last_a, first_b) >= 0.8
        when last_a = first_b then jaro_winkler_similarity(first_a, last_b) >= 0.8
        else is_slip(first_a, last_b, 0.92) and is_slip(last_a, first_b, 0.92)
    end;
create or replace temp macro is_like_town(postal_a, postal_b, city_a, city_b) as
    case
        when postal_a = postal_b or city_a = city_b then true
        when city_a is not null and city_b is not null and jaro_winkler_similarity(city_a, city_b) >= 0.88 then true
        when postal_a is not null and postal_b is not null then damerau_levenshtein(postal_a, postal_b) <= 1
        else city_a is null or city_b is null
    end;
create or replace temp macro is_like_street(words_a, words_b, number_a, number_b) as
    case
        when words_a is null or words_b is null then false
        when number_a = number_b then jaro_winkler_similarity(words_a, words_b) >= 0.8
        when number_a is null or number_b is null or damerau_levenshtein(number_a, number_b) <= 1
            then words_a = words_b or jaro_winkler_similarity(words_a, words_b) >= 0.95
        else false
    end;
create or replace temp table match_input as
select
    profile.profile_number as unique_id, profile.is_touched,
    row_number() over (order by profile.profile_id) - 1 as position,
    compared.first_compact, compared.first_roots, compared.long_first_words, coalesce(compared.is_initial, false) as is_initial,
    compared.first_consonants, compared.first_parts, compared.last_consonants, list_append(compared.last_words, compared.last_compact) as last_parts,
    compared.last_compact, list_filter(compared.last_words, word -> length(word) > 2) as last_words,
    case when contains(compared.sorted_words, ' ') then compared.sorted_words end as sorted_words,
    case when not compared.is_initial then left(compared.first_compact, 3) end as first_start,
    left(compared.last_compact, 4) as last_start,
    left(compared.first_compact, 1) as first_letter, left(compared.last_compact, 2) as last_two,
    case when not compared.is_initial then right(compared.first_compact, 3) end as first_end, right(compared.last_compact, 3) as last_end,
    case when not compared.is_initial then sound(compared.first_compact) end as first_sound,
    sound(compared.last_compact) as last_sound,
    profile.birth_date, year(profile.birth_date) as birth_year, strftime(profile.birth_date, '%m%d') as birth_day,
    profile.email_key, profile.phone_key, profile.postal_code_key, profile.address_key, profile.document_kind,
    nullif(regexp_replace(profile.address_key, '[^a-z]', '', 'g'), '') as address_words,
    nullif(trim(regexp_replace(profile.address_key, '[^0-9]+', ' ', 'g')), '') as address_number,
    profile.city_key, profile.country_key, profile.document_key, like_document.like_keys as like_documents,
    profile.loyalty_number_key, profile.guest_profile_key, profile.profile_place
from profile
left join compared_name as compared on profile.name_number = compared.name_number
left join (select document_key, list(like_key order by like_key) as like_keys from slip_of_document group by document_key) as like_document
    on profile.document_key = like_document.document_key
where not coalesce(compared.is_organisation, false) and (compared.name_number is not null or profile.birth_date is not null)

-- name: known_match_input
-- the columns of the model's blocks, of profiles of earlier nights
create or replace temp view known_match_input as
select
    profile.profile_number as unique_id,
    compared.first_compact, compared.last_compact,
    case when contains(compared.sorted_words, ' ') then compared.sorted_words end as sorted_words,
    case when not compared.is_initial then left(compared.first_compact, 3) end as first_start,
    left(compared.last_compact, 4) as last_start,
    left(compared.first_compact, 1) as first_letter, left(compared.last_compact, 2) as last_two,
    case when not compared.is_initial then right(compared.first_compact, 3) end as first_end, right(compared.last_compact, 3) as last_end,
    case when not compared.is_initial then sound(compared.first_compact) end as first_sound,
    sound(compared.last_compact) as last_sound,
    profile.birth_date, year(profile.birth_date) as birth_year, strftime(profile.birth_date, '%m%d') as birth_day,
    profile.postal_code_key, profile.address_key,
    nullif(regexp_replace(profile.address_key, '[^a-z]', '', 'g'), '') as address_words,
    nullif(trim(regexp_replace(profile.address_key, '[^0-9]+', ' ', 'g')), '') as address_number,
    profile.city_key, profile.document_key
from known_profile as profile
left join known_name as compared on profile.name_number = compared.name_number
where not coalesce(compared.is_organisation, false) and (compared.name_number is not null or profile.birth_date is not null)

-- name: no_model_pair
create or replace temp table waived_guard (refused_reason varchar);
create or replace temp table model_pair as
select cast(null as bigint) as first_profile, cast(null as bigint) as second_profile, cast(null as double) as pair_weight,
    cast(null as double) as model_weight
where false

-- name: add_model_pair
insert into pair_candidate by name
select first_profile, second_profile, 0 as rule_bits, 0 as pair_count
from model_pair
where model_weight is not null and (first_profile, second_profile) not in (select (first_profile, second_profile) from pair_candidate)

-- name: match_input_count
select count(*) from match_input

-- name: candidate_of_training
-- the match model's candidates as pairs whose names and contradictions are looked at
create or replace temp table pair_candidate as
select first_profile, second_profile, 0 as rule_bits, 0 as pair_count
from match_candidate
where hash(first_profile, second_profile) % $sampled_every = 0

-- name: candidate_count
select count(*) from match_candidate

-- name: possible_pair
-- one row per candidate of training: whether nothing contradicts that both are one person
create or replace temp table compared_pair as
select
    first_profile, second_profile,
    refused_reason is null or refused_reason in (select refused_reason from waived_guard) as is_possible
from pair

-- name: random_pair
-- one row per sampled pair of profiles that is no candidate: each profile with the profiles some places further on
create or replace temp table compared_pair as
with shifted as (
    select unique_id as a_id, (position + unnest($shifts)) % $profile_count as b_position
    from match_input
)
select distinct least(a_id, unique_id) as first_profile, greatest(a_id, unique_id) as second_profile, true as is_possible
from shifted
inner join match_input on b_position = position
anti join match_candidate
    on least(a_id, unique_id) = match_candidate.first_profile and greatest(a_id, unique_id) = match_candidate.second_profile
where a_id <> unique_id

-- name: guard_count
-- how often two at one home, alike in all but one thing, differ in that one: what errors do, and what two people do.
-- Counted once per names and dates (or numbers): one slip of a regular guest stands in many pairs of profiles.
with at_home as (
    select
        pair.first_level >= 4 and l.last_compact = r.last_compact as has_same_name,
        pair.is_other_first_name and is_slip(l.last_compact, r.last_compact, 0.92) as has_other_first_name,
        pair.birth_level,
        abs(date_diff('day', l.birth_date, r.birth_date)) / 365.25 as gap_years,
        l.loyalty_number_key <> r.loyalty_number_key as is_other_loyalty,
        pair.first_level >= 4 and len(l.last_words) > 1 and len(r.last_words) > 1
            and list_has_any(l.last_words, r.last_words) as has_two_surnames,
        pair.is_other_surname,
        l.address_key is not null and r.address_key is not null as is_home_known,
        coalesce(l.address_key = r.address_key, false) as is_home_equal,
        l.last_compact as family,
        list_sort([l.first_compact, r.first_compact]) as first_names,
        list_sort([l.birth_date, r.birth_date]) as birth_dates,
        list_sort([l.loyalty_number_key, r.loyalty_number_key]) as loyalty_numbers
    from pair
    inner join match_input as l on pair.first_profile = l.unique_id
    inner join match_input as r on pair.second_profile = r.unique_id
    where (
            l.address_key is null or r.address_key is null or l.address_key = r.address_key
            or is_like_street(l.address_words, r.address_words, l.address_number, r.address_number)
        )
        and is_like_town(l.postal_code_key, r.postal_code_key, l.city_key, r.city_key)
),
sure as (
    select
        count(distinct list_sort([l.birth_date, r.birth_date])) as birth_count,
        count(distinct list_sort([l.birth_date, r.birth_date])) filter (
            birth_level = 'differs' and abs(date_diff('day', l.birth_date, r.birth_date)) / 365.25 between 15 and 50
        ) as generation_count
    from pair
    inner join match_input as l on pair.first_profile = l.unique_id
    inner join match_input as r on pair.second_profile = r.unique_id
    where birth_level <> 'unknown' and l.document_key = r.document_key and pair.name_class in ('same', 'close')
)
select
    count(distinct (family, birth_dates)) filter (birth_level = 'same' and has_same_name) as same_name_count,
    count(distinct (first_names, birth_dates)) filter (birth_level = 'same' and has_other_first_name)
        as other_first_name_count,
    count(distinct (family, birth_dates)) filter (birth_level = 'same' and has_same_name and is_home_known)
        + count(distinct (first_names, birth_dates)) filter (birth_level = 'same' and has_other_first_name and is_home_known)
        as known_home_count,
    count(distinct (family, birth_dates)) filter (
        birth_level in ('differs', 'doubtful') and has_other_first_name and is_home_equal
    ) as household_count,
    count(distinct (family, birth_dates)) filter (birth_level <> 'unknown' and has_same_name and is_home_known)
        as known_birth_count,
    count(distinct (family, birth_dates)) filter (
        birth_level = 'differs' and has_same_name and is_home_known and gap_years < 15
    ) as odd_gap_count,
    count(distinct (family, birth_dates)) filter (
        birth_level = 'differs' and has_same_name and is_home_known and gap_years between 15 and 50
    ) as generation_count,
    count(distinct (family, birth_dates)) filter (
        birth_level in ('near', 'slips') and has_same_name and is_home_known
    ) as slip_count,
    count(distinct (family, birth_dates)) filter (birth_level = 'year' and has_same_name and is_home_known) as other_year_count,
    count(distinct (family, loyalty_numbers)) filter (
        birth_level = 'same' and has_same_name and is_other_loyalty is not null
    ) as known_loyalty_count,
    count(distinct (family, loyalty_numbers)) filter (birth_level = 'same' and has_same_name and is_other_loyalty)
        as other_loyalty_count,
    count(distinct (first_names, birth_dates)) filter (birth_level = 'same' and has_two_surnames) as known_surname_count,
    count(distinct (first_names, birth_dates)) filter (birth_level = 'same' and has_two_surnames and is_other_surname)
        as other_surname_count,
    (select birth_count from sure) as sure_birth_count,
    (select generation_count from sure) as sure_generation_count
from at_home

-- name: no_waived_guard
create or replace temp table waived_guard (refused_reason varchar)

-- name: waive_guard
insert into waived_guard values ($refused_reason)

-- The match model's input, and its pairs beside those of the rules.

-- name: match_input
-- one row per profile with a full name; ordered, so that sampling is the same every time
create or replace temp table match_input as
select
    profile.profile_number as unique_id, profile.is_touched,
    compared.first_key, compared.first_compact, compared.first_roots,
    compared.last_key, compared.last_compact, compared.last_words, compared.sorted_words,
    profile.birth_date, profile.email_key, profile.phone_key, profile.postal_code_key, profile.address_key,
    profile.city_key, profile.document_key, profile.loyalty_number_key
from profile
inner join compared_name as compared on profile.name_number = compared.name_number
where compared.first_key is not null and compared.last_key is not null
    and not compared.is_initial and not compared.is_organisation
order by profile.profile_id

-- name: known_match_input
-- the same of earlier nights
create or replace temp view known_match_input as
select
    profile.profile_number as unique_id,
    compared.first_key, compared.first_compact, compared.first_roots,
    compared.last_key, compared.last_compact, compared.last_words, compared.sorted_words,
    profile.birth_date, profile.email_key, profile.phone_key, profile.postal_code_key, profile.address_key,
    profile.city_key, profile.document_key, profile.loyalty_number_key
from known_profile as profile
inner join known_name as compared on profile.name_number = compared.name_number
where compared.first_key is not null and compared.last_key is not null
    and not compared.is_initial and not compared.is_organisation

-- name: no_model_pair
create or replace temp table model_pair as
select cast(null as bigint) as first_profile, cast(null as bigint) as second_profile, cast(null as double) as model_weight
where false

-- name: add_model_pair
insert into pair_candidate by name
select first_profile, second_profile, 0 as rule_bits, 0 as pair_count
from model_pair
where (first_profile, second_profile) not in (select (first_profile, second_profile) from pair_candidate)

-- name: session_state
select current_database(), current_schema(), current_setting('threads')

-- name: attach_linkage
attach ':memory:' as linkage

-- name: use_linkage
use linkage

-- name: detach_linkage
detach linkage

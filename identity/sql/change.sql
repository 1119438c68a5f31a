-- What is new since the state was made, and which records and profiles have to be judged again because of it.

-- name: removed_record
-- one row per source_record_id that staging shows no more
create or replace temp table removed_record as
select known.source_record_id
from known_person as known
anti join staging.stg_person_record as staged on known.source_record_id = staged.source_record_id

-- name: staged_count
select count(*) from staging.stg_person_record

-- name: change_counts
select
    (select count(*) from staging.stg_person_record) as staged_records,
    (select count(*) from changed_record) as changed_records,
    (select count(*) from removed_record) as removed_records,
    (select count(*) from steward_change) as decided_records,
    (select count(*) from known_uncommitted) as uncommitted_records

-- name: gone_person
-- the rows of changed and removed records as they were known
create or replace temp table gone_person as
select *
from known_person
where source_record_id in (select source_record_id from changed_record)
    or source_record_id in (select source_record_id from removed_record)

-- name: carrier_is_everyone
create or replace temp view carrier as select * from person

-- name: count_everything
create or replace temp view carried_now as select * from carried

-- name: touched_identifier
create or replace temp table touched_identifier as
select distinct identifier_type, identifier_value
from carried

-- name: count_touched
create or replace temp view carried_now as
select carried.*
from carried
semi join touched_identifier using (identifier_type, identifier_value)

-- name: shared_now
-- every shared identifier, whether it was touched or not
create or replace temp table shared_now as
select identifier_type, identifier_value, shared_reason from shared_found
union all
select known.identifier_type, known.identifier_value, known.shared_reason
from known_shared as known
anti join touched_identifier using (identifier_type, identifier_value)

-- name: shared_now_is_found
create or replace temp view shared_now as select identifier_type, identifier_value, shared_reason from shared_found

-- name: sharing_change
-- one row per touched identifier that crossed the line, in either direction or for another reason
create or replace temp table sharing_change as
select
    coalesce(now.identifier_type, known.identifier_type) as identifier_type,
    coalesce(now.identifier_value, known.identifier_value) as identifier_value
from shared_found as now
full join (select * from known_shared semi join touched_identifier using (identifier_type, identifier_value)) as known
    on now.identifier_type = known.identifier_type and now.identifier_value = known.identifier_value
where now.shared_reason is distinct from known.shared_reason

-- name: confirmation_change
-- one row per confirmation number that became known by a reservation, or is known by none any more
create or replace temp table confirmation_change as
with before as (
    select distinct confirmation_key from gone_person where record_kind = 'reservation' and confirmation_key is not null
),
after as (
    select distinct confirmation_key from person where record_kind = 'reservation' and confirmation_key is not null
),
changed as (
    select coalesce(before.confirmation_key, after.confirmation_key) as confirmation_key
    from before
    full join after on before.confirmation_key = after.confirmation_key
    where before.confirmation_key is null or after.confirmation_key is null
)
select confirmation_key
from changed
where confirmation_key not in (
    select confirmation_key
    from known_person
    where record_kind = 'reservation' and confirmation_key in (select confirmation_key from changed)
        and source_record_id not in (select source_record_id from gone_person)
)

-- name: affected_is_changed
create or replace temp view affected_record as select source_record_id from changed_record

-- name: known_as_person
-- records of earlier nights in the form that normalising gives
create or replace temp view known_as_person as
select
    source_record_id, record_hash, record_kind, role, source_system, property_code, reference_id,
    delivery_sequence, row_number, record_rank(delivery_sequence, row_number, role, source_record_id) as record_rank,
    first_name, last_name, native_name, name_id, name_number, first_name_key as first_key, last_name_key as last_key,
    name_suffix_code as suffix_code, is_name_ordered, is_organisation_name, is_initial,
    email_normalised, email_registry_reason, phone_e164, phone_number, birth_date, gender,
    address_key, city_key, country_key, postal_code_key, loyalty_number_key, document_key, document_kind, guest_profile_key, card_token,
    confirmation_key,
    case when record_kind = 'reservation'
         then concat_ws('|', source_system, coalesce(property_code, ''), reference_id) end as reservation_key,
    reservation_key || '|' || role as reservation_role_key,
    stay_key, profile_number
from known_person

-- name: insert_affected_person
insert into person by name
select * exclude (profile_number)
from known_as_person
where source_record_id in (select source_record_id from affected_record)
    and source_record_id not in (select source_record_id from gone_person)

-- name: touched_profile
-- one row per profile that holds a record to be judged again, or held it before
create or replace temp table touched_profile as
select profile_number from matchable
union
select profile_number
from known_person
where source_record_id in (select source_record_id from affected_record)
    or source_record_id in (select source_record_id from removed_record)

-- name: person_of_touched_profiles
-- the other records of touched profiles
delete from person;
insert into person by name
select * exclude (profile_number)
from known_as_person
where profile_number in (select profile_number from touched_profile)
    and source_record_id not in (select source_record_id from affected_record)
    and source_record_id not in (select source_record_id from removed_record)

-- name: insert_matchable
insert into matchable by name
select *
from matchable_row

-- name: insert_missing_names
-- names that profiles at hand have and that were parsed in earlier nights
insert into compared_name by name
select *
from known_name
where name_number in (select name_number from profile)
    and name_number not in (select name_number from compared_name)

-- The simulator's feeds as person records with truth, by DuckDB alone. Named statements, run by identity_world.py.

-- name: csv
insert into delivered by name
select cast(columns(lambda name: list_contains(getvariable('canonical_columns'), name)) as varchar), filename
from read_csv(
    $files, all_varchar = true, union_by_name = true, ignore_errors = true, filename = true, delim = ',', quote = '"',
    header = true
)

-- name: jsonl
insert into delivered by name
select cast(columns(lambda name: list_contains(getvariable('canonical_columns'), name)) as varchar), filename
from read_json(
    $files, format = 'newline_delimited', ignore_errors = true, filename = true, union_by_name = true,
    columns = $columns
)

-- name: parquet
insert into delivered by name
select cast(columns(lambda name: list_contains(getvariable('canonical_columns'), name)) as varchar), filename
from read_parquet($files, union_by_name = true, filename = true)

-- name: feed
-- one row per delivered row: canonical columns as text, an empty one as null
select
    nullif(trim(columns(lambda name: list_contains(getvariable('canonical_columns'), name))), ''),
    filename,
    row_number() over (order by filename) as row_number
from delivered

-- name: person_version
-- one row per delivered row and role that shows a person
create or replace table person_version as
with version as (
    select
        'guest' as role, 'reservation' as record_kind, reservation_id as reference_id, source_system, property_code,
        filename, row_number, updated_at,
        guest_title as title, guest_first_name as first_name, guest_last_name as last_name,
        guest_native_name as native_name, guest_email as email, guest_phone as phone, guest_gender as gender,
        guest_nationality_code as nationality_code, guest_address as address, guest_city as city,
        guest_postal_code as postal_code, guest_country_code as country_code, guest_document_type as document_type,
        md5(guest_document_number) as document_hash, try_cast(guest_birth_date as date) as birth_date,
        try_cast(arrival_date as date) as arrival_date, loyalty_number, guest_profile_id, confirmation_number
    from reservations
    union all by name
    select
        'booker' as role, 'reservation' as record_kind, reservation_id as reference_id, source_system, property_code,
        filename, row_number, updated_at,
        booker_name as full_name, booker_email as email, booker_phone as phone, confirmation_number
    from reservations
    where coalesce(booker_email, booker_phone) is not null
    union all by name
    select
        'caller' as role, 'interaction' as record_kind, interaction_id as reference_id, source_system,
        filename, row_number, updated_at,
        customer_name as full_name, customer_email as email, customer_phone as phone, loyalty_number,
        confirmation_number
    from interactions
    where coalesce(customer_phone, customer_email, loyalty_number, confirmation_number) is not null
    union all by name
    select
        'payer' as role, 'pos_check' as record_kind, pos_check_id as reference_id, source_system, property_code,
        filename, row_number, updated_at,
        guest_name as full_name, loyalty_number, card_token, confirmation_number, reservation_id
    from pos_checks
    where coalesce(loyalty_number, card_token) is not null
)
select
    * exclude (filename) replace (try_cast(updated_at as timestamptz) as updated_at),
    cast(replace(regexp_extract(filename, '/(\d{4}-\d{2}-\d{2})/', 1), '-', '') as bigint) as delivery_sequence
from version
where reference_id is not null and source_system is not null and try_cast(updated_at as timestamptz) is not null

-- name: person_record
-- one row per source_record_id: equal versions of a person in a role of one reservation, check or call are one record
create or replace table staging.stg_person_record as
select
    md5(array_to_string(list_transform(
        [
            record_kind, role, source_system, property_code, reference_id, title, first_name, last_name, full_name,
            native_name, email, phone, cast(birth_date as varchar), gender, nationality_code, address, city,
            postal_code, country_code, document_type, document_hash, loyalty_number, card_token, guest_profile_id,
            confirmation_number, reservation_id
        ],
        lambda shown: coalesce(shown, '')
    ), '|')) as source_record_id,
    min(delivery_sequence) as delivery_sequence,
    min(row_number) as row_number,
    date '2026-01-01' as night_date,
    columns(* exclude (delivery_sequence, row_number, arrival_date, updated_at)),
    arg_max(arrival_date, updated_at) as arrival_date,
    arg_max(updated_at, updated_at) as updated_at
from person_version
group by all

-- name: document_number
-- one row per document number
select distinct md5(guest_document_number) as document_hash, guest_document_number as number
from reservations
where guest_document_number is not null

-- name: truth_person
create or replace table truth_person as select * from read_parquet($file)

-- name: truth_reservation_person
create or replace table truth_reservation_person as select * from read_parquet($file)

-- name: truth_pos_check_person
create or replace table truth_pos_check_person as select * from read_parquet($file)

-- name: truth_interaction_person
create or replace table truth_interaction_person as select * from read_parquet($file)

-- name: truth
-- one row per source_record_id: who it is; of several people who held a role, the one whose name fits best
create or replace table truth as
with held as (
    select 'reservation' as record_kind, source_system, property_code, reservation_id as reference_id, role, person_id,
        is_current
    from truth_reservation_person
    union all
    select 'pos_check', source_system, property_code, pos_check_id, role, person_id, true from truth_pos_check_person
    union all
    select 'interaction', source_system, null, interaction_id, role, person_id, true from truth_interaction_person
)
select record.source_record_id, record.role, held.person_id, person.scenario, held.is_current, record.updated_at
from staging.stg_person_record as record
inner join held
    on record.record_kind = held.record_kind and record.source_system = held.source_system
    and record.reference_id = held.reference_id
    and record.property_code is not distinct from held.property_code and record.role = held.role
inner join truth_person as person on held.person_id = person.person_id
qualify row_number() over (
    partition by record.source_record_id
    order by case when record.role <> 'guest' then 0 else
        jaro_winkler_similarity(lower(coalesce(record.last_name, '')), lower(coalesce(person.last_name, '')))
        + jaro_winkler_similarity(lower(coalesce(record.first_name, '')), lower(coalesce(person.first_name, '')))
        + (record.native_name is not distinct from person.native_name)::int end desc,
        held.is_current desc, held.person_id
) = 1

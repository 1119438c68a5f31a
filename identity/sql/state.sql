-- What identity keeps between nights beside its outputs. A cache: emptied whenever code, rules, model or commits are not those it was made with.

-- name: state_tables
create schema if not exists identity_state;
create table if not exists identity_state.fingerprint (
    made_with varchar, commits varchar, row_counts varchar, is_committed boolean
);
create table if not exists identity_state.steward_link (source_record_id_1 varchar, source_record_id_2 varchar, decision varchar);
create table if not exists identity_state.compared_name (
    name_number bigint, compared_text varchar, first_key varchar, first_roots varchar[], first_parts varchar[], is_initial boolean,
    last_key varchar, last_words varchar[], last_compact varchar, last_roots varchar[], last_spelling varchar, native_key varchar,
    suffix_code varchar, is_pinyin boolean, is_organisation boolean, is_known_first boolean, is_known_last boolean, given_script varchar,
    first_consonants varchar, last_consonants varchar,
    first_compact varchar, first_words varchar[], long_first_words varchar[], sorted_words varchar
);
create table if not exists identity_state.profile (
    profile_number bigint, first_record_id varchar, first_rank hugeint, record_count bigint,
    name_number bigint, first_key varchar, last_key varchar, suffix_code varchar, is_initial boolean,
    is_organisation boolean, email_key varchar, shared_email varchar, phone_key varchar, shared_phone varchar,
    birth_date date, gender varchar, loyalty_number_key varchar, document_key varchar, document_kind varchar,
    guest_profile_key varchar, card_token varchar, postal_code_key varchar,
    address_key varchar, city_key varchar, country_key varchar, steward_record varchar, component bigint
);
create table if not exists identity_state.committed_record (source_record_id varchar, customer_id varchar, valid_from date);
create table if not exists identity_state.committed_history (
    customer_id varchar, id_status varchar, current_customer_id varchar, changed_on date, change_reason varchar, issued_on date
);
create table if not exists identity_state.uncommitted_record (source_record_id varchar, customer_id varchar);
create table if not exists identity_state.touched_customer (customer_id varchar, is_membership_changed boolean);
comment on table identity_state.fingerprint is 'One row: code, rules and model that the state was made with, commits of ids that it knows, rows of the outputs, whether its ids are committed.';
comment on table identity_state.steward_link is 'One row per steward decision that the state was made with.';
comment on table identity_state.compared_name is 'One row per distinct compared name; name_number is a hash of it.';
comment on table identity_state.profile is
    'One row per profile_id with its content, first record and component (smallest profile_number that links reach).';
comment on table identity_state.committed_record is 'One row per source_record_id with a customer in the newest commit.';
comment on table identity_state.committed_history is 'One row per customer_id in the newest commit.';
comment on table identity_state.uncommitted_record is
    'One row per source_record_id whose customer, or the history of the id made of it, differs from the newest commit.';
comment on table identity_state.touched_customer is
    'One row per customer_id that was made again since the newest night whose ids were committed, ended ids included.'

-- name: drop_state
drop schema if exists identity_state cascade

-- name: fingerprint_rows
select made_with, commits, row_counts, is_committed
from identity_state.fingerprint

-- name: keep_fingerprint
insert into identity_state.fingerprint values ($made_with, $commits, $row_counts, $is_committed)

-- name: mark_committed
update identity_state.fingerprint set commits = $commits, is_committed = true

-- name: delete_fingerprint
delete from identity_state.fingerprint

-- name: output_counts
select
    (select count(*) from identity.person_normalised), (select count(*) from identity.match_edge),
    (select count(*) from identity.customer_record), (select count(*) from identity.customer_history),
    (select count(*) from identity.customer_confidence), (select count(*) from identity.shared_identifier)

-- name: know_state
-- what the nights before found
create or replace temp view known_person as select * from identity.person_normalised;
create or replace temp view known_shared as select * from identity.shared_identifier;
create or replace temp view known_edge as select * from identity.match_edge;
create or replace temp view known_customer as select * from identity.customer_record;
create or replace temp view known_profile as
select *, right(phone_key, 8) as phone_tail, regexp_replace(guest_profile_key, '[^|]*$', '') as profile_place
from identity_state.profile;
create or replace temp view known_name as select * from identity_state.compared_name;
create or replace temp view known_steward as select * from identity_state.steward_link;
create or replace temp view known_uncommitted as select * from identity_state.uncommitted_record

-- name: know_nothing
create or replace temp view known_person as select * from identity.person_normalised where false;
create or replace temp view known_shared as select * from identity.shared_identifier where false;
create or replace temp view known_edge as select * from identity.match_edge where false;
create or replace temp view known_customer as select * from identity.customer_record where false;
create or replace temp view known_profile as
select *, right(phone_key, 8) as phone_tail, regexp_replace(guest_profile_key, '[^|]*$', '') as profile_place
from identity_state.profile
where false;
create or replace temp view known_name as select * from identity_state.compared_name where false;
create or replace temp view known_steward as select * from identity_state.steward_link where false;
create or replace temp view known_uncommitted as select * from identity_state.uncommitted_record where false

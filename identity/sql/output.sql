-- The warehouse's identity tables (dbt_project/models/sources/identity.yml): what the night found takes the place of what was known.

-- name: forget_everything
delete from identity.person_normalised;
delete from identity.shared_identifier;
delete from identity.match_edge;
delete from identity.customer_record;
delete from identity.customer_history;
delete from identity.customer_confidence;
delete from identity.given_name;
delete from identity_state.compared_name;
delete from identity_state.profile;
delete from identity_state.uncommitted_record;
delete from identity_state.touched_customer

-- name: write_person
delete from identity.person_normalised
where profile_number in (select profile_number from touched_profile);
insert into identity.person_normalised by name
select
    matchable.source_record_id, profile_id, profile_number, record_hash, record_kind, role,
    source_system, property_code, reference_id, delivery_sequence, row_number,
    first_name, last_name, native_name, name_id, name_number,
    first_key as first_name_key, last_key as last_name_key, suffix_code as name_suffix_code,
    is_name_ordered, is_organisation_name, is_initial,
    email_normalised, email_registry_reason, email_shared_reason is not null as is_email_shared,
    phone_e164, phone_number, phone_shared_reason is not null as is_phone_shared,
    birth_date, is_birth_date_shared, gender, postal_code_key, address_key, city_key, country_key, loyalty_number_key, document_key, document_kind, guest_profile_key,
    card_token, confirmation_key, stay_key, is_customer, customer_reason
from matchable
inner join customer_verdict as verdict on matchable.source_record_id = verdict.source_record_id

-- name: write_shared_identifier
insert into identity.shared_identifier by name
select *
from shared_found

-- name: delete_touched_identifier
delete from identity.shared_identifier
where (identifier_type, identifier_value) in (select (identifier_type, identifier_value) from touched_identifier)

-- name: write_name
insert into identity_state.compared_name by name
select *
from compared_name
where name_number not in (select name_number from identity_state.compared_name)

-- name: write_given_name
insert into identity.given_name by name
select *
from listed_given_name
where (name_form, given_name) not in (select (name_form, given_name) from identity.given_name)

-- name: write_profile
delete from identity_state.profile
where profile_number in (select profile_number from touched_profile)
    or profile_number in (select profile_number from node);
insert into identity_state.profile by name
select profile.* exclude (is_touched, profile_id, phone_tail, profile_place), placed.component
from profile
inner join profile_label as placed on profile.profile_number = placed.profile_number

-- name: write_edge
delete from identity.match_edge
where first_profile in (select profile_number from touched_profile)
    or second_profile in (select profile_number from touched_profile)
    or (refused_reason is null and first_profile in (select profile_number from node));
insert into identity.match_edge by name
select
    least(a.first_record_id, b.first_record_id) as source_record_id_1,
    greatest(a.first_record_id, b.first_record_id) as source_record_id_2,
    first_profile, second_profile, match_rule, match_rules, match_weight, pair_count, refused_reason,
    1 - 1 / (1 + pow(2, least(match_weight, 60))) as match_probability,
    case
        when refused_reason is not null then 'refused'
        when match_rule = 'steward' then 'steward'
        when first_label.cluster = second_label.cluster then 'kept'
        else 'cut'
    end as edge_status
from edge
inner join profile as a on edge.first_profile = a.profile_number
inner join profile as b on edge.second_profile = b.profile_number
left join profile_label as first_label on edge.first_profile = first_label.profile_number
left join profile_label as second_label on edge.second_profile = second_label.profile_number
where is_new or refused_reason is null

-- name: write_customer_record
delete from identity.customer_record
where source_record_id in (select source_record_id from scope);
insert into identity.customer_record by name
select *
from scope_customer

-- name: write_customer_history
delete from identity.customer_history
where customer_id in (select customer_id from affected_id);
insert into identity.customer_history by name
select * exclude (is_changed)
from scope_history

-- name: write_confidence
delete from identity.customer_confidence
where customer_id in (select customer_id from former_customer) or customer_id in (select customer_id from assignment);
insert into identity.customer_confidence by name
with held as (
    select
        customer_id,
        any_value(assignment.cluster) as cluster,
        min(match_probability) as weakest_probability,
        count(*) as source_record_count,
        count(distinct assignment.profile_number) as profile_count,
        count(distinct profile.first_key) as first_name_count,
        count(distinct profile.birth_date) as birth_date_count
    from assignment
    inner join profile on assignment.profile_number = profile.profile_number
    group by customer_id
),
lost as (
    select first_label.cluster as first_cluster, second_label.cluster as second_cluster
    from edge
    left join profile_label as first_label on edge.first_profile = first_label.profile_number
    left join profile_label as second_label on edge.second_profile = second_label.profile_number
    where edge.refused_reason is not null or first_label.cluster is distinct from second_label.cluster
),
doubt as (
    select cluster, count(*) as refused_link_count
    from (
        select first_cluster as cluster from lost
        union all
        select second_cluster from lost where second_cluster is distinct from first_cluster
    )
    group by cluster
)
select
    customer_id,
    weakest_probability * pow(0.98, least(coalesce(refused_link_count, 0), 10)) as identity_confidence,
    source_record_count, profile_count,
    coalesce(refused_link_count, 0) as refused_link_count,
    first_name_count, birth_date_count
from held
left join doubt on held.cluster = doubt.cluster

-- name: write_touched_customer
create or replace temp table touched_customer as
select customer_id, bool_or(is_membership_changed) as is_membership_changed
from (
    select customer_id, false as is_membership_changed from former_customer
    union all
    select customer_id, false from assignment
    union all
    select customer_id, is_membership_changed from identity_state.touched_customer
    union all
    select customer_id, true from membership_change where customer_id is not null
    union all
    select former_customer_id, true from membership_change where former_customer_id is not null
)
group by customer_id;
delete from identity_state.touched_customer;
insert into identity_state.touched_customer by name
select *
from touched_customer

-- name: write_steward_link
delete from identity_state.steward_link;
insert into identity_state.steward_link by name
select *
from steward_link

-- name: forget_touched_customer
delete from identity_state.touched_customer

-- name: result_counts
select
    (select count(*) from identity.customer_confidence) as customers,
    (select count(*) from identity.match_edge) as links,
    (select count(*) from identity.shared_identifier) as shared_identifiers

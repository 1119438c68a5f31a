-- What the warehouse keeps (dbt_project/models/sources/identity.yml).

-- name: person_normalised_rows
select
    matchable.source_record_id, matchable.profile_id, matchable.record_kind, matchable.role,
    first_name, last_name, native_name,
    first_key as first_name_key, last_key as last_name_key, suffix_code as name_suffix_code,
    coalesce(is_name_ordered, false) as is_name_ordered, is_organisation_name,
    email_normalised, email_shared_reason is not null as is_email_shared,
    phone_e164, phone_shared_reason is not null as is_phone_shared,
    birth_date, gender, postal_code_key, loyalty_number_key, document_key, guest_profile_key, confirmation_key,
    is_customer, customer_reason
from matchable
inner join customer_verdict on matchable.record_number = customer_verdict.record_number
order by matchable.source_record_id

-- name: shared_identifier_rows
select *
from shared_found
order by identifier_type, identifier_value

-- name: match_edge_rows
with named as (
    select
        least(a.source_record_id, b.source_record_id) as source_record_id_1,
        greatest(a.source_record_id, b.source_record_id) as source_record_id_2,
        match_rule, match_rules, match_weight, refused_reason,
        1 - 1 / (1 + pow(2, least(match_weight, 60))) as match_probability,
        first_label.cluster = second_label.cluster as is_together
    from edge
    inner join profile as first_one on edge.first_profile = first_one.profile_number
    inner join profile as second_one on edge.second_profile = second_one.profile_number
    inner join matchable as a on first_one.first_record_number = a.record_number
    inner join matchable as b on second_one.first_record_number = b.record_number
    inner join profile_label as first_label on edge.first_profile = first_label.profile_number
    inner join profile_label as second_label on edge.second_profile = second_label.profile_number
)
select
    * exclude (is_together),
    case
        when refused_reason is not null then 'refused'
        when match_rule = 'steward' then 'steward'
        when is_together then 'kept'
        else 'cut'
    end as edge_status
from named
order by source_record_id_1, source_record_id_2

-- name: customer_confidence_rows
with held as (
    select
        customer_id,
        any_value(assignment.cluster) as cluster,
        min(match_probability) as weakest_probability,
        count(*) as source_record_count,
        count(distinct assignment.profile_id) as profile_count,
        count(distinct profile.first_key) as first_name_count,
        count(distinct profile.birth_date) as birth_date_count
    from assignment
    inner join profile on assignment.profile_id = profile.profile_id
    group by customer_id
),
lost as (
    select first_label.cluster as first_cluster, second_label.cluster as second_cluster
    from edge
    inner join profile_label as first_label on edge.first_profile = first_label.profile_number
    inner join profile_label as second_label on edge.second_profile = second_label.profile_number
    where edge.refused_reason is not null or first_label.cluster <> second_label.cluster
),
doubt as (
    select cluster, count(*) as refused_link_count
    from (
        select first_cluster as cluster from lost
        union all
        select second_cluster from lost where second_cluster <> first_cluster
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
order by customer_id

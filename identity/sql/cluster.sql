-- Contradictions inside components, the steward's list, who becomes a customer, and the customers.

-- name: edge_rows
select first_profile, second_profile, match_weight, pair_count
from edge
where refused_reason is null
order by first_profile, second_profile

-- name: edge_rule_rows
select match_rule
from edge
where refused_reason is null
order by first_profile, second_profile

-- name: facet_pair
-- one row per pair of distinct facets that stand in one component
create or replace temp table facet_pair as
with member as (select distinct component, facet_number from profile_component)
select distinct
    least(a.facet_number, b.facet_number) as first_facet,
    greatest(a.facet_number, b.facet_number) as second_facet
from member as a
inner join member as b on a.component = b.component and a.facet_number < b.facet_number

-- name: contradiction
-- one row per pair of facets of one component that can't be one person
create or replace temp table contradiction as
with named as (
    select
        facet_pair.*,
        case when a.name_number is null or b.name_number is null then 0
             else coalesce(names.first_level, 5) end as first_level,
        coalesce(names.is_other_first_name, false) as is_other_first_name,
        birth_level(a.birth_date, b.birth_date) as birth_level,
        a.suffix_code as a_suffix, b.suffix_code as b_suffix,
        a.document_key as a_document, b.document_key as b_document,
        a.gender as a_gender, b.gender as b_gender
    from facet_pair
    inner join facet as a on facet_pair.first_facet = a.facet_number
    inner join facet as b on facet_pair.second_facet = b.facet_number
    left join name_pair as names
        on least(a.name_number, b.name_number) = names.first_name_number
        and greatest(a.name_number, b.name_number) = names.second_name_number
)
select
    first_facet, second_facet,
    contradiction_of(
        a_suffix, b_suffix, a_document, b_document, a_gender, b_gender, birth_level, first_level, is_other_first_name
    ) as refused_reason
from named
where refused_reason is not null

-- name: contradiction_rows
select distinct first_facet, second_facet
from contradiction
order by first_facet, second_facet

-- name: steward_record
-- one row per source_record_id that the steward names; it gets a profile of its own
create or replace temp table steward_record as
select source_record_id_1 as source_record_id from steward_link
union
select source_record_id_2 from steward_link

-- name: steward_pair
create or replace temp table steward_pair as
select
    least(a.profile_number, b.profile_number) as first_profile,
    greatest(a.profile_number, b.profile_number) as second_profile,
    decision
from steward_link
inner join profile as a on steward_link.source_record_id_1 = a.steward_record
inner join profile as b on steward_link.source_record_id_2 = b.steward_record

-- name: steward_pair_rows
select first_profile, second_profile, decision = 'must_link' as is_must_link
from steward_pair
order by first_profile, second_profile

-- name: delete_decided_edge
delete from edge
using steward_pair as steward
where edge.first_profile = steward.first_profile and edge.second_profile = steward.second_profile

-- name: insert_steward_edge
insert into edge by name
select
    first_profile, second_profile, 0 as pair_count,
    case when decision = 'cannot_link' then 'steward' end as refused_reason,
    $must_link_weight as match_weight, 'steward' as match_rule, 'steward' as match_rules
from steward_pair

-- name: insert_steward_contradiction
insert into contradiction by name
select
    least(a.facet_number, b.facet_number) as first_facet,
    greatest(a.facet_number, b.facet_number) as second_facet,
    'steward' as refused_reason
from steward_pair
inner join profile_component as a on steward_pair.first_profile = a.profile_number
inner join profile_component as b on steward_pair.second_profile = b.profile_number
where decision = 'cannot_link'

-- name: profile_label_rows
select cluster
from profile_label
order by profile_number

-- name: customer_verdict
-- one row per source_record_id: whether it makes a customer (CONTRACTS.md, Who becomes a customer)
create or replace temp table customer_verdict as
with known as (
    select distinct confirmation_key
    from matchable
    where record_kind = 'reservation' and confirmation_key is not null
)
select
    record_number, source_record_id, profile_id, source_system, property_code, record_kind, reference_id, role,
    case
        when role = 'guest' then 'guest'
        when role = 'booker' and is_organisation_name then 'organisation'
        when role in ('caller', 'payer') and loyalty_number_key is not null then 'loyalty_number'
        when role = 'payer' and card_token is not null then 'card_token'
        when role = 'payer' then 'no_identifier'
        when coalesce(email_key, phone_key) is not null then 'contact'
        when role = 'caller' and known.confirmation_key is not null then 'confirmation_number'
        when first_key is not null and 'many_names' in (email_shared_reason, phone_shared_reason) then 'contact'
        when coalesce(email_normalised, phone_number) is not null then 'shared_contact'
        else 'no_identifier'
    end as customer_reason,
    customer_reason not in ('organisation', 'no_identifier', 'shared_contact') as is_customer
from matchable
left join known on matchable.confirmation_key = known.confirmation_key

-- name: cluster_root_rows
-- one row per cluster: the profile of its first record, where the tree of links starts
select arg_min(profile.profile_number, verdict.record_number) as root_profile
from customer_verdict as verdict
inner join profile on verdict.profile_id = profile.profile_id
inner join profile_label as placed on profile.profile_number = placed.profile_number
group by placed.cluster
order by placed.cluster

-- name: assignment
-- one row per source_record_id that belongs to a customer
create or replace temp table assignment as
with member as (
    select verdict.*, placed.cluster, placed.link_rule, placed.link_probability
    from customer_verdict as verdict
    inner join profile on verdict.profile_id = profile.profile_id
    inner join profile_cluster as placed on profile.profile_number = placed.profile_number
),
anchor as (
    select
        cluster,
        arg_min(source_record_id, record_number) filter (where is_customer) as anchor_record_id,
        arg_min(profile_id, record_number) filter (where is_customer) as anchor_profile_id,
        count(*) as source_record_count
    from member
    group by cluster
    having bool_or(is_customer)
)
select
    member.source_record_id, md5('customer|' || anchor_record_id) as customer_id,
    source_system, property_code, record_kind, reference_id, role,
    case
        when source_record_count = 1 then 'single'
        when source_record_id = anchor_record_id then 'anchor'
        when profile_id = anchor_profile_id then 'equal_record'
        else coalesce(link_rule, 'equal_record')
    end as match_rule,
    case when profile_id = anchor_profile_id then 1.0 else coalesce(link_probability, 1.0) end as match_probability,
    source_record_id = anchor_record_id as is_anchor,
    member.cluster, profile_id
from member
inner join anchor on member.cluster = anchor.cluster


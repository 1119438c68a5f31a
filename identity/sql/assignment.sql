-- Who becomes a customer, and the customers of members.

-- name: customer_verdict
-- one row per source_record_id of touched profiles: whether it makes a customer (CONTRACTS.md, Who becomes a customer)
create or replace temp table customer_verdict as
with asked as (
    select distinct confirmation_key from matchable where role = 'caller' and confirmation_key is not null
),
known as (
    select confirmation_key from matchable where record_kind = 'reservation' and confirmation_key is not null
    union
    select confirmation_key
    from known_person
    where record_kind = 'reservation' and confirmation_key in (select confirmation_key from asked)
        and source_record_id not in (select source_record_id from gone_person)
)
select
    source_record_id,
    case
        when role = 'guest' then 'guest'
        when is_organisation_booker then 'organisation'
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

-- name: member_record
-- one row per source_record_id of members
create or replace temp table member_record as
select
    matchable.source_record_id, profile_number, source_system, property_code, record_kind, reference_id, role,
    record_rank, is_customer
from matchable
inner join customer_verdict as verdict on matchable.source_record_id = verdict.source_record_id
union all
select
    source_record_id, profile_number, source_system, property_code, record_kind, reference_id, role,
    record_rank(delivery_sequence, row_number, role, source_record_id) as record_rank, is_customer
from known_person
where profile_number in (select profile_number from node)
    and profile_number not in (select profile_number from touched_profile)

-- name: cluster_root_rows
-- one row per cluster: the node of its first record, where the tree of links starts
select arg_min(placed.node_number, profile.first_rank) as root_node
from profile_label as placed
inner join profile on placed.profile_number = profile.profile_number
group by placed.cluster
order by placed.cluster

-- name: profile_label_rows
select cluster
from profile_label
order by node_number

-- name: profile_cluster
-- one row per member: its cluster and the link that ties it towards the anchor
create or replace temp table profile_cluster as
select label.profile_number, label.cluster, tie.link_rule, tie.link_probability
from profile_label as label
inner join profile_tie as tie on label.node_number = tie.node_number

-- name: assignment
-- one row per source_record_id of members that belongs to a customer
create or replace temp table assignment as
with placed_record as (
    select record.*, placed.cluster, placed.link_rule, placed.link_probability
    from member_record as record
    inner join profile_cluster as placed on record.profile_number = placed.profile_number
),
anchor as (
    select
        cluster,
        arg_min(source_record_id, record_rank) filter (where is_customer) as anchor_record_id,
        arg_min(profile_number, record_rank) filter (where is_customer) as anchor_profile,
        count(*) as source_record_count
    from placed_record
    group by cluster
    having bool_or(is_customer)
)
select
    placed_record.source_record_id, md5('customer|' || anchor_record_id) as customer_id,
    source_system, property_code, record_kind, reference_id, role,
    case
        when source_record_count = 1 then 'single'
        when source_record_id = anchor_record_id then 'anchor'
        when profile_number = anchor_profile then 'equal_record'
        else coalesce(link_rule, 'equal_record')
    end as match_rule,
    case when profile_number = anchor_profile then 1.0 else coalesce(link_probability, 1.0) end as match_probability,
    source_record_id = anchor_record_id as is_anchor,
    placed_record.cluster, profile_number
from placed_record
inner join anchor on placed_record.cluster = anchor.cluster

-- Who becomes a customer, and the customers.

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

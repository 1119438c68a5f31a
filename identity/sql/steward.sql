-- The steward's list.

-- name: steward_record
-- one row per source_record_id that the steward names; it gets a profile of its own
create or replace temp table steward_record as
select source_record_id_1 as source_record_id from steward_link
union
select source_record_id_2 from steward_link

-- name: steward_change
-- one row per source_record_id about which a decision came or went
create or replace temp table steward_change as
with changed as (
    (select * from steward_link except select * from known_steward)
    union all
    (select * from known_steward except select * from steward_link)
)
select source_record_id_1 as source_record_id from changed
union
select source_record_id_2 from changed

-- name: steward_pair
create or replace temp table steward_pair as
select
    least(a.profile_number, b.profile_number) as first_profile,
    greatest(a.profile_number, b.profile_number) as second_profile,
    decision,
    a.is_touched or b.is_touched as is_touched
from steward_link
inner join profile as a on steward_link.source_record_id_1 = a.steward_record
inner join profile as b on steward_link.source_record_id_2 = b.steward_record

-- name: steward_pair_rows
-- one row per decided pair of which both are members, by node_number
select a.node_number as first_node, b.node_number as second_node, decision = 'must_link' as is_must_link
from steward_pair
inner join node as a on steward_pair.first_profile = a.profile_number
inner join node as b on steward_pair.second_profile = b.profile_number
order by first_node, second_node

-- name: delete_decided_edge
delete from edge
using steward_pair as steward
where edge.first_profile = steward.first_profile and edge.second_profile = steward.second_profile

-- name: insert_steward_edge
insert into edge by name
select
    first_profile, second_profile, 0 as pair_count,
    case when decision = 'cannot_link' then 'steward' end as refused_reason,
    $must_link_weight as match_weight, 'steward' as match_rule, 'steward' as match_rules, true as is_new
from steward_pair
where is_touched

-- name: insert_steward_contradiction
insert into contradiction by name
select
    least(a.facet_number, b.facet_number) as first_facet,
    greatest(a.facet_number, b.facet_number) as second_facet,
    'steward' as refused_reason
from steward_pair
inner join facet_of_profile as a on steward_pair.first_profile = a.profile_number
inner join facet_of_profile as b on steward_pair.second_profile = b.profile_number
where decision = 'cannot_link'

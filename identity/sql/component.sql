-- Which components have to be clustered again: those that lost or gained an edge, or hold a touched profile.

-- name: lost_edge
-- edges of earlier nights at a profile that is touched: they are made again, or gone
create or replace temp table lost_edge as
select first_profile, second_profile
from known_edge
where first_profile in (select profile_number from touched_profile)
    or second_profile in (select profile_number from touched_profile)

-- name: open_component
-- one row per component at either end of an edge that came or went, refused ones too (they lower confidence)
create or replace temp table open_component as
with reached as (
    select profile_number from touched_profile
    union
    select first_profile from lost_edge
    union
    select second_profile from lost_edge
    union
    select first_profile from edge
    union
    select second_profile from edge
)
select distinct component
from known_profile
where profile_number in (select profile_number from reached)

-- name: insert_member_profile
-- untouched profiles of open components that are not at hand yet
insert into profile by name
select * exclude (component), false as is_touched
from known_profile
where component in (select component from open_component)
    and profile_number not in (select profile_number from touched_profile)
    and profile_number not in (select profile_number from profile)

-- name: node
-- one row per member: a profile to be placed again; node_number counts them in the order of profile_number
create or replace temp table node as
select profile_number, row_number() over (order by profile_number) - 1 as node_number
from (
    select profile_number from profile where is_touched
    union all
    select profile_number
    from known_profile
    where component in (select component from open_component)
        and profile_number not in (select profile_number from touched_profile)
)

-- name: node_rows
select profile_number
from node
order by node_number

-- name: insert_known_edge
-- edges of members that stay as they are
insert into edge by name
select first_profile, second_profile, pair_count, refused_reason, match_weight, match_rule, match_rules, false as is_new
from known_edge
where (
        first_profile in (select profile_number from node)
        or second_profile in (select profile_number from node)
    )
    and first_profile not in (select profile_number from touched_profile)
    and second_profile not in (select profile_number from touched_profile)

-- name: member_edge
-- one row per edge between members, in the order of node numbers; is_of_family: by rules of relatives alone
create or replace temp table member_edge as
select
    a.node_number as first_node, b.node_number as second_node, edge.match_weight, edge.pair_count, edge.match_rule,
    list_has_all($family_rules, string_split(edge.match_rules, ',')) as is_of_family
from edge
inner join node as a on edge.first_profile = a.profile_number
inner join node as b on edge.second_profile = b.profile_number
where edge.refused_reason is null

-- name: member_edge_rows
select first_node, second_node, match_weight, pair_count, is_of_family
from member_edge
order by first_node, second_node

-- name: member_edge_rule_rows
select match_rule
from member_edge
order by first_node, second_node

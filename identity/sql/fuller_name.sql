-- What contradictions are judged by where one person's records differ: Christopher here, Xiucheng there, Christopher Xiucheng at a
-- third place; a date and a name that were misread.

-- name: tied_profile
-- one row per link between two profiles of a component, both ways round
create or replace temp view tied_profile as
with tied as (
    select
        member.linked, first_node.profile_number, second_node.profile_number as other_number, member_edge.match_weight
    from member_edge
    inner join node as first_node on member_edge.first_node = first_node.node_number
    inner join node as second_node on member_edge.second_node = second_node.node_number
    inner join member on first_node.profile_number = member.profile_number
)
select * from tied
union all
select linked, other_number, profile_number, match_weight from tied

-- name: tie_in_crowd
-- the same where three or more profiles hang together: what either holds that may be misread
create or replace temp view tie_in_crowd as
select
    tied_profile.linked, one.birth_date, other.birth_date as other_date,
    one.name_number, other.name_number as other_name_number
from tied_profile
inner join profile as one on tied_profile.profile_number = one.profile_number
inner join profile as other on tied_profile.other_number = other.profile_number
where tied_profile.linked in (select linked from member group by linked having count(*) > 2)

-- name: tied_name
-- one row per component and pair of names that strong evidence ties, one of which holds several given names
create or replace temp table tied_name as
select distinct
    tied_profile.linked, a.name_number as first_name_number, b.name_number as second_name_number
from tied_profile
inner join profile as a on tied_profile.profile_number = a.profile_number
inner join profile as b on tied_profile.other_number = b.profile_number
inner join compared_name as a_name on a.name_number = a_name.name_number
inner join compared_name as b_name on b.name_number = b_name.name_number
where tied_profile.match_weight >= $strong_bits and a.name_number < b.name_number
    and greatest(len(a_name.first_parts), len(b_name.first_parts)) > 1

-- name: wanted_names_of_ties
create or replace temp table wanted_name_pair as
select distinct first_name_number, second_name_number
from tied_name

-- name: fuller_name
-- one row per component and name of which another one there holds all and more given names, and no two that hold different ones:
-- who is Christopher here and Xiucheng there is one person where a record with the membership of both says Christopher Xiucheng
create or replace temp table fuller_name as
with tied as (
    select linked, name_pair.*
    from tied_name
    inner join name_pair using (first_name_number, second_name_number)
    where is_part
),
either as (
    select linked, first_name_number as name_number, second_name_number as fuller_number from tied
    union all
    select linked, second_name_number, first_name_number from tied
),
fuller as (
    select either.*, whole.first_compact, whole.first_parts, whole.long_first_words
    from either
    inner join compared_name as part on either.name_number = part.name_number
    inner join compared_name as whole on either.fuller_number = whole.name_number
    where len(whole.first_parts) > 1
        and length(whole.first_compact || whole.last_compact) > length(part.first_compact || part.last_compact)
),
fullest as (
    select linked, name_number, arg_max(fuller, (length(first_compact), fuller_number)) as found
    from fuller
    group by linked, name_number
)
select linked, name_number, found.fuller_number
from fullest
where not exists (
    select 1
    from fuller
    where fuller.linked = fullest.linked and fuller.name_number = fullest.name_number
        and not list_contains(fullest.found.first_parts, fuller.first_compact)
        and not list_has_all(fullest.found.long_first_words, fuller.long_first_words)
        and not is_like(fullest.found.first_compact, fuller.first_compact)
)

-- name: commoner_date
-- one row per component and birth date that is tied to a commoner one: two people who misread one date each in a way of their own,
-- or know the year alone, don't contradict each other
create or replace temp table commoner_date as
with held as (
    select member.linked, profile.birth_date, sum(profile.record_count) as held_count
    from member
    inner join profile on member.profile_number = profile.profile_number
    where profile.birth_date is not null
    group by member.linked, profile.birth_date
),
tied as (
    select distinct linked, birth_date, other_date
    from tie_in_crowd
    where birth_level(birth_date, other_date) in ('near', 'slips', 'doubtful')
)
select tied.linked, tied.birth_date, arg_max(tied.other_date, (other.held_count, tied.other_date)) as commoner
from tied
inner join held on tied.linked = held.linked and tied.birth_date = held.birth_date
inner join held as other on tied.linked = other.linked and tied.other_date = other.birth_date
where other.held_count >= $least_count and other.held_count >= 2 * held.held_count
group by tied.linked, tied.birth_date

-- name: commoner_name
-- one row per component and given name that is like a commoner one it is tied to, with the full name that holds that one oftenest
create or replace temp table commoner_name as
with held as (
    select
        linked, first_compact, sum(held_count) as held_count, arg_max(name_number, (held_count, name_number)) as name_number
    from (
        select member.linked, compared.first_compact, profile.name_number, sum(profile.record_count) as held_count
        from member
        inner join profile on member.profile_number = profile.profile_number
        inner join compared_name as compared on profile.name_number = compared.name_number
        where not compared.is_initial and compared.first_compact is not null
        group by member.linked, compared.first_compact, profile.name_number
    )
    group by linked, first_compact
),
tied as (
    select distinct tie_in_crowd.linked, a_name.first_compact, b_name.first_compact as other_name
    from tie_in_crowd
    inner join compared_name as a_name on tie_in_crowd.name_number = a_name.name_number
    inner join compared_name as b_name on tie_in_crowd.other_name_number = b_name.name_number
    where a_name.first_compact <> b_name.first_compact
),
common as materialized (
    select tied.*, other.held_count, other.name_number
    from tied
    inner join held on tied.linked = held.linked and tied.first_compact = held.first_compact
    inner join held as other on tied.linked = other.linked and tied.other_name = other.first_compact
    where other.held_count >= $least_count and other.held_count >= 2 * held.held_count
)
select linked, first_compact, arg_max(name_number, (held_count, name_number)) as commoner
from common
where is_typo(first_compact, other_name, 3, 5) or is_misread(first_compact, other_name)
group by linked, first_compact

-- name: bearer
-- one row per member with all that contradictions are judged by: the fullest of its names, the commoner name and date that it holds with a slip
create or replace temp table bearer as
select
    profile.profile_number, coalesce(fuller_name.fuller_number, commoner_name.commoner, profile.name_number) as name_number,
    coalesce(commoner_date.commoner, profile.birth_date) as birth_date,
    profile.gender, profile.suffix_code, profile.document_key, profile.loyalty_number_key, profile.steward_record
from member
inner join profile on member.profile_number = profile.profile_number
left join fuller_name
    on member.linked = fuller_name.linked and profile.name_number = fuller_name.name_number
left join compared_name as compared on profile.name_number = compared.name_number
left join commoner_name
    on member.linked = commoner_name.linked and compared.first_compact = commoner_name.first_compact
left join commoner_date
    on member.linked = commoner_date.linked and profile.birth_date = commoner_date.birth_date

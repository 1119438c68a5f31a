-- Identifiers that many people use lose their power to link.

-- name: doubtful_profile
-- one row per guest profile with more family names than one person has by marriage or typo, and not so many that it is shared anyhow
create or replace temp table doubtful_profile as
select identifier_value
from carried_now
inner join shared_limit on carried_now.identifier_type = shared_limit.identifier_type
where carried_now.identifier_type = 'guest_profile'
group by identifier_value, limit_count, different_name_limit
having count(distinct last_key) between different_name_limit + 1 and limit_count

-- name: name_of_profile
-- one row per doubtful profile and name
create or replace temp table name_of_profile as
select distinct identifier_value, name_number
from carried_now
where identifier_type = 'guest_profile' and name_number is not null
    and identifier_value in (select identifier_value from doubtful_profile)

-- name: insert_names_of_profiles
insert into compared_name by name
select *
from known_name
where name_number in (select name_number from name_of_profile)
    and name_number not in (select name_number from compared_name)

-- name: wanted_names_of_shared
create or replace temp table wanted_name_pair as
select distinct a.name_number as first_name_number, b.name_number as second_name_number
from name_of_profile as a
inner join name_of_profile as b on a.identifier_value = b.identifier_value and a.name_number < b.name_number

-- name: different_name
-- one row per doubtful profile: how many of its names have none like them there, neither of one person nor of one family
create or replace temp table different_name as
with alike as (
    select first_name_number, second_name_number
    from name_pair
    where name_class <> 'different' or last_level >= 2
)
select identifier_value, count(*) as different_name_count
from name_of_profile as a
where not exists (
    select 1
    from name_of_profile as b
    inner join alike
        on least(a.name_number, b.name_number) = alike.first_name_number
        and greatest(a.name_number, b.name_number) = alike.second_name_number
    where a.identifier_value = b.identifier_value
)
group by identifier_value

-- name: dummy_profile
-- one row per guest profile under which reservations stand that show a placeholder there and never a name: how many, and how many show a name
create or replace temp table dummy_profile as
with reservation as (
    select
        identifier_value, reference_id,
        bool_or(name_number is not null) as is_named,
        bool_or(name_id is not null) as is_written
    from carried_now
    where identifier_type = 'guest_profile'
    group by identifier_value, reference_id
)
select
    identifier_value,
    count(*) filter (is_written and not is_named) as placeholder_count,
    count(*) filter (is_named) as named_count
from reservation
group by identifier_value
having placeholder_count > 0

-- name: birth_date_of_everyone
create or replace temp view birth_date_bearer as select birth_date, first_key, last_key from person where birth_date is not null

-- name: birth_date_of_everyone_now
create or replace temp view birth_date_bearer as
select birth_date, first_key, last_key from person where birth_date is not null
union all
select birth_date, first_name_key, last_name_key
from known_person
where birth_date is not null and source_record_id not in (select source_record_id from gone_person)

-- name: filler_birth_date
-- one row per birth date under which far more people are than under other days of its year and the same day of other years (which
-- is 1 January where only the year is known): a filler that no list knows. People are told apart by the start of their names, which
-- slips seldom change
create or replace temp table filler_birth_date as
with counted as (
    select birth_date, count(distinct left(last_key, 2) || left(first_key, 1)) as people
    from birth_date_bearer
    group by birth_date
),
filler as (
    select birth_date, shared_limit.limit_count
    from (
        select
            birth_date, people,
            (sum(people) over (partition by year(birth_date)) - people) / 365 as of_the_year,
            (sum(people) over (partition by strftime(birth_date, '%m%d')) - people)
                / (select count(distinct year(birth_date)) from counted) as of_the_day
        from counted
    )
    inner join shared_limit on shared_limit.identifier_type = 'birth_date'
    where people > shared_limit.limit_count * greatest(of_the_year, of_the_day, 1)
),
by_last_name as (
    select
        birth_date, limit_count, last_key,
        count(*) as record_count,
        count(distinct concat_ws(' ', first_key, last_key)) as name_count
    from birth_date_bearer
    inner join filler using (birth_date)
    group by birth_date, limit_count, last_key
)
select
    'birth_date' as identifier_type,
    cast(birth_date as varchar) as identifier_value,
    'placeholder' as shared_reason,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(name_count) as bigint) as full_name_count,
    count(last_key) as last_name_count,
    max(record_count) filter (where last_key is not null)
        / sum(record_count) filter (where last_key is not null) as top_last_name_share,
    limit_count
from by_last_name
group by birth_date, limit_count

-- name: touch_filler_birth_date
insert into touched_identifier
select identifier_type, identifier_value from filler_birth_date
union
select identifier_type, identifier_value from known_shared where identifier_type = 'birth_date'

-- name: add_filler_birth_date
insert into shared_found by name
select *
from filler_birth_date

-- name: shared_found
-- one row per identifier that many names use, or that the registry lists
create or replace temp table shared_found as
with by_last_name as (
    select
        identifier_type, identifier_value, last_key,
        min(email_registry_reason) as registry_reason,
        count(*) as record_count,
        count(distinct name_number) as name_count
    from carried_now
    group by identifier_type, identifier_value, last_key
),
counted as (
    select
        identifier_type, identifier_value,
        min(registry_reason) as registry_reason,
        cast(sum(record_count) as bigint) as record_count,
        cast(coalesce(sum(name_count) filter (where last_key is not null), 0) as bigint) as full_name_count,
        count(last_key) as last_name_count,
        max(record_count) filter (where last_key is not null)
            / sum(record_count) filter (where last_key is not null) as top_last_name_share
    from by_last_name
    group by identifier_type, identifier_value
),
judged as (
    select
        counted.*, shared_limit.limit_count,
        shared_limit.different_name_limit, different.different_name_count,
        coalesce(
            counted.registry_reason,
            case when dummy.placeholder_count > shared_limit.placeholder_limit
                      and dummy.placeholder_count >= dummy.named_count then 'placeholder'
                 when counted.top_last_name_share > shared_limit.max_top_share then null
                 when counted.last_name_count > shared_limit.limit_count
                      or different.different_name_count > shared_limit.different_name_limit then 'many_names' end
        ) as shared_reason
    from counted
    left join shared_limit on counted.identifier_type = shared_limit.identifier_type
    left join different_name as different
        on counted.identifier_type = 'guest_profile' and counted.identifier_value = different.identifier_value
    left join dummy_profile as dummy
        on counted.identifier_type = 'guest_profile' and counted.identifier_value = dummy.identifier_value
)
select
    identifier_type, identifier_value, shared_reason, record_count, full_name_count, last_name_count, top_last_name_share,
    case when shared_reason <> 'many_names' then null
         when last_name_count > limit_count then limit_count else different_name_limit end as limit_count
from judged
where shared_reason is not null

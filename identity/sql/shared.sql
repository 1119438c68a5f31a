-- Identifiers that many people use lose their power to link.

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
        coalesce(
            counted.registry_reason,
            case when counted.last_name_count > shared_limit.limit_count
                      and counted.top_last_name_share <= shared_limit.max_top_share then 'many_names' end
        ) as shared_reason
    from counted
    left join shared_limit on counted.identifier_type = shared_limit.identifier_type
)
select
    identifier_type, identifier_value, shared_reason, record_count, full_name_count, last_name_count, top_last_name_share,
    case when shared_reason = 'many_names' then limit_count end as limit_count
from judged
where shared_reason is not null

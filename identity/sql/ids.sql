-- Ids that last. record_log and history_log hold the lake's records of earlier commits only (identity.ids).

-- name: previous_assignment
create or replace temp table previous_assignment as
select source_record_id, customer_id, valid_from
from record_log
qualify row_number() over (partition by source_record_id order by night_date desc, commit_number desc) = 1

-- name: previous_history
create or replace temp table previous_history as
select customer_id, id_status, current_customer_id, changed_on, change_reason, issued_on
from history_log
qualify row_number() over (partition by customer_id order by night_date desc, commit_number desc) = 1

-- name: assignment_key
select count(*), cast(bit_xor(md5_number_lower(source_record_id || customer_id)) as varchar)
from assignment

-- name: assignment_of_warehouse
create or replace temp table assignment as
select source_record_id, customer_id
from identity.customer_record

-- name: record_change_rows
-- one row per source_record_id whose customer changed; null customer: it belongs to none any more
select
    coalesce(now.source_record_id, previous.source_record_id) as source_record_id,
    now.customer_id,
    cast($night_date as date) as valid_from,
    cast($night_date as date) as night_date,
    cast($commit_number as bigint) as commit_number,
    $assignment_key as assignment_key
from assignment as now
full join previous_assignment as previous on now.source_record_id = previous.source_record_id
where now.customer_id is distinct from previous.customer_id
order by source_record_id

-- name: history_change_rows
-- one row per customer_id whose status or target changed
select now.*, cast($night_date as date) as night_date, cast($commit_number as bigint) as commit_number
from identity.customer_history as now
left join previous_history as previous on now.customer_id = previous.customer_id
where previous.customer_id is null
    or previous.id_status <> now.id_status
    or previous.current_customer_id is distinct from now.current_customer_id
order by now.customer_id

-- name: customer_record_rows
-- one row per source_record_id with a customer; valid_from reaches back over every night without a change
select
    assignment.* exclude (cluster, profile_id),
    case when previous.customer_id = assignment.customer_id then previous.valid_from
         else cast($night_date as date) end as valid_from
from assignment
left join previous_assignment as previous on assignment.source_record_id = previous.source_record_id
order by assignment.source_record_id

-- name: customer_history_rows
-- one row per customer_id ever issued
with active as (
    select customer_id
    from assignment
    where is_anchor
),
every_id as (
    select customer_id from active
    union
    select customer_id from previous_history
),
-- An id is the hash of its anchor record, so the anchor is found by hashing.
anchor as (
    select md5('customer|' || source_record_id) as customer_id, source_record_id
    from matchable
    where md5('customer|' || source_record_id) in (select customer_id from every_id)
),
scattered as (
    select previous.customer_id, count(distinct coalesce(now.customer_id, '')) > 1 as is_scattered
    from previous_assignment as previous
    left join assignment as now on previous.source_record_id = now.source_record_id
    where previous.customer_id is not null and previous.customer_id not in (select customer_id from active)
    group by previous.customer_id
),
judged as (
    select
        every_id.customer_id,
        now.customer_id as current_customer_id,
        previous.customer_id is null as is_new,
        previous.id_status as previous_status,
        previous.current_customer_id as previous_current,
        previous.changed_on as previous_changed_on,
        previous.change_reason as previous_reason,
        coalesce(previous.issued_on, cast($night_date as date)) as issued_on,
        earlier.customer_id is not null as was_someone_else,
        case
            when now.customer_id = every_id.customer_id then 'active'
            when anchor.source_record_id is null then 'erased'
            when now.customer_id is null or scattered.is_scattered or previous.id_status = 'split' then 'split'
            else 'merged'
        end as id_status
    from every_id
    left join anchor on every_id.customer_id = anchor.customer_id
    left join assignment as now on anchor.source_record_id = now.source_record_id
    left join previous_history as previous on every_id.customer_id = previous.customer_id
    left join previous_assignment as earlier on anchor.source_record_id = earlier.source_record_id
    left join scattered on every_id.customer_id = scattered.customer_id
),
compared as (
    select
        *,
        is_new or previous_status <> id_status or previous_current is distinct from current_customer_id as is_changed
    from judged
)
select
    customer_id, id_status, current_customer_id,
    case when is_changed then cast($night_date as date) else previous_changed_on end as changed_on,
    case
        when not is_changed then previous_reason
        when is_new and was_someone_else then 'split_off'
        when is_new then 'first_seen'
        when id_status = 'active' then 'reactivated'
        when id_status = 'erased' then 'erased'
        when current_customer_id is null then 'no_longer_customer'
        else id_status
    end as change_reason,
    issued_on
from compared
order by customer_id

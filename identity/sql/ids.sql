-- Ids that last: what the newest commit says against what the night found, for the records and ids that may differ.

-- name: load_committed_record
insert into identity_state.committed_record
select source_record_id, newest.customer_id, newest.valid_from
from (
    select
        source_record_id,
        arg_max(
            {'customer_id': customer_id, 'valid_from': valid_from},
            date_diff('day', date '2000-01-01', night_date) * 100000 + commit_number
        ) as newest
    from read_parquet($files, union_by_name = true)
    group by source_record_id
)
where newest.customer_id is not null

-- name: load_committed_history
insert into identity_state.committed_history
select customer_id, id_status, current_customer_id, changed_on, change_reason, issued_on
from read_parquet($files, union_by_name = true)
qualify row_number() over (partition by customer_id order by night_date desc, commit_number desc) = 1

-- name: forget_committed
delete from identity_state.committed_record;
delete from identity_state.committed_history

-- name: scope
-- one row per source_record_id whose customer is decided again: members, removed records, and what was never committed
create or replace temp table scope as
select source_record_id from member_record
union
select source_record_id from removed_record
union
select source_record_id from known_uncommitted

-- name: insert_scope_of_committed
insert into scope
select source_record_id from identity_state.committed_record
where source_record_id not in (select source_record_id from scope)

-- name: scope_assignment
-- one row per source_record_id of scope that belongs to a customer
create or replace temp table scope_assignment as
select * exclude (cluster, profile_number)
from assignment
union all by name
select * exclude (valid_from)
from known_customer
where source_record_id in (select source_record_id from scope)
    and source_record_id not in (select source_record_id from member_record)
    and source_record_id not in (select source_record_id from removed_record)

-- name: affected_id
-- one row per customer_id that a record of scope has, had, or is the anchor of
create or replace temp table affected_id as
select md5('customer|' || source_record_id) as customer_id from scope
union
select customer_id from scope_assignment
union
select customer_id from known_customer where source_record_id in (select source_record_id from scope)
union
select customer_id from identity_state.committed_record where source_record_id in (select source_record_id from scope)

-- name: insert_committed_id
insert into affected_id
select customer_id
from identity_state.committed_history
where customer_id not in (select customer_id from affected_id)

-- name: anchor_out_of_scope
create or replace temp table anchor_out_of_scope as
select *
from known_customer
where is_anchor
    and customer_id in (select customer_id from affected_id)
    and source_record_id not in (select source_record_id from scope)

-- name: insert_anchor_out_of_scope
insert into scope
select source_record_id from anchor_out_of_scope;
insert into scope_assignment by name
select * exclude (valid_from)
from anchor_out_of_scope

-- name: scope_committed
create or replace temp table scope_committed as
select *
from identity_state.committed_record
where source_record_id in (select source_record_id from scope)
    or customer_id in (select customer_id from affected_id)

-- name: scope_customer
-- one row per source_record_id of scope with a customer; valid_from reaches back over every night without a change
create or replace temp table scope_customer as
select
    now.*,
    case when committed.customer_id = now.customer_id then committed.valid_from
         else cast($night_date as date) end as valid_from
from scope_assignment as now
left join scope_committed as committed on now.source_record_id = committed.source_record_id

-- name: scope_history
-- one row per affected customer_id ever issued
create or replace temp table scope_history as
with active as (
    select customer_id from scope_assignment where is_anchor
),
previous_history as (
    select * from identity_state.committed_history where customer_id in (select customer_id from affected_id)
),
every_id as (
    select customer_id from active
    union
    select customer_id from previous_history
),
present as (
    select source_record_id from member_record
    union
    select source_record_id
    from known_person
    where source_record_id in (select source_record_id from scope)
        and source_record_id not in (select source_record_id from removed_record)
),
-- An id is the hash of its anchor record, so the anchor is found by hashing.
anchor as (
    select md5('customer|' || source_record_id) as customer_id, source_record_id
    from present
    where md5('customer|' || source_record_id) in (select customer_id from every_id)
),
scattered as (
    select previous.customer_id, count(distinct coalesce(now.customer_id, '')) > 1 as is_scattered
    from scope_committed as previous
    left join scope_assignment as now on previous.source_record_id = now.source_record_id
    where previous.customer_id not in (select customer_id from active)
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
    left join scope_assignment as now on anchor.source_record_id = now.source_record_id
    left join previous_history as previous on every_id.customer_id = previous.customer_id
    left join scope_committed as earlier on anchor.source_record_id = earlier.source_record_id
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
    issued_on, is_changed
from compared

-- name: former_customer
-- one row per customer_id that held a member or a removed record before
create or replace temp table former_customer as
select distinct customer_id
from known_customer
where source_record_id in (select source_record_id from member_record)
    or source_record_id in (select source_record_id from removed_record)

-- name: membership_change
-- one row per source_record_id whose customer is another than before; null: none
create or replace temp table membership_change as
select coalesce(now.source_record_id, known.source_record_id) as source_record_id,
    now.customer_id, known.customer_id as former_customer_id
from (select * from scope_assignment) as now
full join (select * from known_customer where source_record_id in (select source_record_id from scope)) as known
    on now.source_record_id = known.source_record_id
where now.customer_id is distinct from known.customer_id

-- name: write_uncommitted_record
delete from identity_state.uncommitted_record;
insert into identity_state.uncommitted_record
select scope.source_record_id, now.customer_id
from scope
left join scope_assignment as now on scope.source_record_id = now.source_record_id
left join scope_committed as committed on scope.source_record_id = committed.source_record_id
where now.customer_id is distinct from committed.customer_id
    or md5('customer|' || scope.source_record_id) in (select customer_id from scope_history where is_changed)

-- name: find_uncommitted_record
delete from identity_state.uncommitted_record;
insert into identity_state.uncommitted_record
select coalesce(now.source_record_id, committed.source_record_id), now.customer_id
from identity.customer_record as now
full join identity_state.committed_record as committed on now.source_record_id = committed.source_record_id
where now.customer_id is distinct from committed.customer_id

-- name: record_change_rows
-- one row per source_record_id whose customer changed; null customer: it belongs to none any more
select
    now.source_record_id, now.customer_id,
    cast($night_date as date) as valid_from, cast($night_date as date) as night_date,
    cast($commit_number as bigint) as commit_number
from identity_state.uncommitted_record as now
left join identity_state.committed_record as committed on now.source_record_id = committed.source_record_id
where now.customer_id is distinct from committed.customer_id
order by now.source_record_id

-- name: history_change_rows
-- one row per customer_id whose status or target changed
select now.*, cast($night_date as date) as night_date, cast($commit_number as bigint) as commit_number
from identity.customer_history as now
left join identity_state.committed_history as committed on now.customer_id = committed.customer_id
where committed.customer_id is null
    or committed.id_status <> now.id_status
    or committed.current_customer_id is distinct from now.current_customer_id
order by now.customer_id

-- name: remember_commit
delete from identity_state.committed_record
where source_record_id in (select source_record_id from identity_state.uncommitted_record);
insert into identity_state.committed_record
select source_record_id, customer_id, valid_from
from identity.customer_record
where source_record_id in (select source_record_id from identity_state.uncommitted_record);
delete from identity_state.committed_history
where customer_id in (select customer_id from committed_id);
insert into identity_state.committed_history by name
select *
from identity.customer_history
where customer_id in (select customer_id from committed_id);
delete from identity_state.uncommitted_record

-- name: previous_assignment
-- one row per source_record_id of earlier nights' commits (files); a null customer left
create or replace temp table previous_assignment as
select source_record_id, newest.customer_id
from (
    select
        source_record_id,
        arg_max(
            {'customer_id': customer_id},
            date_diff('day', date '2000-01-01', night_date) * 100000 + commit_number
        ) as newest
    from read_parquet($files, union_by_name = true)
    group by source_record_id
)

-- name: no_previous_assignment
create or replace temp table previous_assignment (source_record_id varchar, customer_id varchar)

-- name: assignment_of_warehouse
create or replace temp table assignment as
select source_record_id, customer_id
from identity.customer_record

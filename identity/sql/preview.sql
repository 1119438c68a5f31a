-- What a steward's decisions would change. Runs on a throw-away copy of the warehouse.

-- name: preview_before
-- one row per source_record_id with its customer as the last night left it; a real table, since resolve drops work tables
create or replace table identity.preview_before as
select source_record_id, customer_id
from identity.customer_record

-- name: preview_value
-- one row per source_record_id that stays or checks rest on, with their revenue in the reporting currency; room charges are in the stay
create or replace temp table preview_value as
select source_record_id, cast(sum(amount) as decimal(18, 4)) as revenue_amount
from (
    select reservation.guest_source_record_id as source_record_id, stay.total_revenue_reporting_amount as amount
    from core.fct_stay as stay
    inner join core.fct_reservation as reservation using (source_system, property_code, reservation_id)
    union all
    select attribution.source_record_id, pos_check.net_reporting_amount
    from core.fct_pos_check as pos_check
    inner join helper.pos_check_attribution as attribution using (source_system, property_code, pos_check_id)
    where not pos_check.is_on_folio
)
where source_record_id is not null
group by source_record_id

-- name: preview_scored
-- one row per customer_id: segment and value tier as last scored
create or replace temp table preview_scored as
select customer_id, any_value(segment_name) as segment_name, any_value(value_tier_code) as value_tier_code
from ml.customer_segment
group by customer_id

-- name: preview_moved
-- one row per source_record_id whose customer would be another
create or replace temp table preview_moved as
select
    coalesce(before.source_record_id, now.source_record_id) as source_record_id,
    before.customer_id as customer_id_before,
    now.customer_id as customer_id_after,
    coalesce(preview_value.revenue_amount, 0) as revenue_amount
from identity.preview_before as before
full join identity.customer_record as now on before.source_record_id = now.source_record_id
left join preview_value on coalesce(before.source_record_id, now.source_record_id) = preview_value.source_record_id
where before.customer_id is distinct from now.customer_id

-- name: preview_customer
-- one row per customer_id that gains or loses a record
create or replace temp table preview_customer as
with touched as (
    select customer_id_before as customer_id from preview_moved where customer_id_before is not null
    union
    select customer_id_after from preview_moved where customer_id_after is not null
),
counted as (
    select customer_id, sum(is_before) as record_count_before, sum(is_after) as record_count_after,
        sum(is_before * revenue_amount) as revenue_amount_before, sum(is_after * revenue_amount) as revenue_amount_after
    from (
        select source_record_id, customer_id, 1 as is_before, 0 as is_after from identity.preview_before
        union all
        select source_record_id, customer_id, 0, 1 from identity.customer_record
    ) as placed
    left join (select source_record_id, revenue_amount from preview_value) as valued using (source_record_id)
    where customer_id in (select customer_id from touched)
    group by customer_id
),
target as (
    select customer_id_before as customer_id, count(distinct customer_id_after) as target_count,
        min(customer_id_after) as customer_id_after
    from preview_moved
    where customer_id_before is not null
    group by customer_id_before
)
select
    counted.customer_id,
    case
        when record_count_before = 0 then 'new'
        when record_count_after = 0 and target_count = 1 then 'merged'
        when record_count_after = 0 then 'split'
        when record_count_after < record_count_before then 'split'
        else 'grows'
    end as change_code,
    case when record_count_after = 0 and target_count = 1 then target.customer_id_after end as current_customer_id,
    cast(record_count_before as bigint) as record_count_before,
    cast(record_count_after as bigint) as record_count_after,
    cast(coalesce(revenue_amount_before, 0) as decimal(18, 4)) as revenue_amount_before,
    cast(coalesce(revenue_amount_after, 0) as decimal(18, 4)) as revenue_amount_after,
    scored.segment_name,
    scored.value_tier_code
from counted
left join target on counted.customer_id = target.customer_id
left join preview_scored as scored on counted.customer_id = scored.customer_id

-- name: preview_customer_rows
select *
from preview_customer
order by greatest(revenue_amount_before, revenue_amount_after) desc, customer_id

-- name: preview_record_rows
select *
from preview_moved
order by revenue_amount desc, source_record_id

-- name: preview_total_rows
select
    (select count(distinct customer_id) from identity.preview_before) as customer_count_before,
    (select count(distinct customer_id) from identity.customer_record) as customer_count_after,
    count(*) filter (where change_code = 'merged') as merged_count,
    count(*) filter (where change_code = 'split') as split_count,
    count(*) filter (where change_code = 'new') as new_count,
    (select count(*) from preview_moved) as moved_record_count,
    (select cast(coalesce(sum(revenue_amount), 0) as decimal(18, 4)) from preview_moved) as moved_revenue_amount,
    count(*) filter (where segment_name is not null) as scored_customer_count
from preview_customer

-- name: drop_preview_before
drop table identity.preview_before

-- name: record_or_anchor
-- the source record that a record id or a customer id means; none for an unknown id
select source_record_id from staging.stg_person_record where source_record_id = $some_id
union all
select source_record_id
from identity.customer_record
where is_anchor and customer_id = (
    select coalesce(max(current_customer_id), $some_id) from identity.customer_history where customer_id = $some_id
)

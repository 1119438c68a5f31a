-- Health of identity, night by night (ops.identity_health).

-- name: health_rows
-- one row per metric of the night; metric_value is null when there was nothing to measure
with customer as (
    select
        count(*) as row_count,
        count(*) filter (where first_name_count > 3) / count(*) as many_first_names,
        count(*) filter (where birth_date_count > 1) / count(*) as many_birth_dates,
        count(*) filter (where source_record_count = 1) / count(*) as single_record,
        max(source_record_count) as largest,
        max(source_record_count) / sum(source_record_count) as largest_share,
        array_to_string(list_slice(list_sort(list(source_record_count), 'desc'), 1, 5), ', ') as largest_five
    from identity.customer_confidence
),
-- Records that had a customer before this night; with no earlier night there are none.
moved as (
    select
        count(*) as row_count,
        count(*) filter (where now.customer_id is distinct from previous.customer_id) as changed_count,
        count(*) filter (where now.customer_id is null) as left_count
    from previous_assignment as previous
    left join assignment as now on previous.source_record_id = now.source_record_id
    where previous.customer_id is not null
),
arrived as (
    select count(*) as row_count
    from assignment as now
    anti join (from previous_assignment where customer_id is not null) as previous using (source_record_id)
),
retired as (
    select
        count(*) filter (where changed_on = $night_date and id_status = 'merged') as merged_count,
        count(*) filter (where changed_on = $night_date and change_reason in ('split', 'split_off', 'reactivated'))
            as split_count,
        count(*) as row_count
    from identity.customer_history
    where issued_on < $night_date
),
pos_check as (
    select
        count(*) as row_count,
        count(*) filter (where customer_id is not null) / count(*) as attributed,
        count(*) filter (where payment_method_code = 'room_charge') as charge_count,
        count(*) filter (where payment_method_code = 'room_charge' and customer_id is not null)
            / count(*) filter (where payment_method_code = 'room_charge') as charge_attributed
    from core.fct_pos_check
),
interaction as (
    select
        count(*) as row_count,
        count(*) filter (where customer_id is not null) / count(*) as attributed,
        count(*) filter (where is_identified) as identified_count,
        count(*) filter (where is_identified and customer_id is not null) / count(*) filter (where is_identified)
            as identified_attributed
    from (
        select
            customer_id,
            coalesce(customer_phone, customer_email, loyalty_number, confirmation_number) is not null as is_identified
        from core.fct_interaction
    )
),
metric as (
    select 'customer_many_first_names_share' as metric_name, many_first_names as metric_value, row_count,
        'customers with more than three given names' as detail from customer
    union all
    select 'customer_many_birth_dates_share', many_birth_dates, row_count, 'customers with more than one birth date' from customer
    union all
    select 'customer_single_record_share', single_record, row_count, 'customers of one source record' from customer
    union all
    select 'largest_customer_record_count', largest, row_count, 'records of the five largest: ' || largest_five from customer
    union all
    select 'largest_customer_record_share', largest_share, row_count, 'records that the largest customer holds, of all' from customer
    union all
    select 'record_changed_customer_share', changed_count / row_count, row_count,
        format('{} of {} known records changed customer, {} of them to none', changed_count, row_count, left_count) from moved
    union all
    select 'record_new_count', row_count, row_count, 'records that had no customer before this night' from arrived
    union all
    select 'customer_merged_share', merged_count / row_count, row_count, 'known customer ids merged away this night'
    from retired
    union all
    select 'customer_split_share', split_count / row_count, row_count, 'known customer ids split or revived this night'
    from retired
    union all
    select 'pos_check_attributed_share', attributed, row_count, 'POS checks with a customer' from pos_check
    union all
    select 'room_charge_attributed_share', charge_attributed, charge_count, 'room-charged POS checks with a customer' from pos_check
    union all
    select 'interaction_attributed_share', attributed, row_count, 'interactions with a customer' from interaction
    union all
    select 'interaction_identified_attributed_share', identified_attributed, identified_count,
        'interactions that carry an identifier, with a customer' from interaction
    union all
    select 'identity_version', null, row_count, $identity_version from customer
)
select
    cast($night_date as date) as night_date, metric_name,
    case when row_count > 0 then cast(metric_value as double) end as metric_value,
    cast(row_count as bigint) as row_count, detail
from metric
order by metric_name

-- name: approval_rows
-- one row per figure of the night that is over the limit; none on a first load or under another version than ids were last committed with
-- (a night that found changes and never committed them is none that the ids came through).
-- A handful is for `guestbook identity review`, and what many new records bring along is growth: neither asks.
with tonight as (
    select * from ops.identity_health where night_date = $night_date
),
undone as (
    select distinct night_date
    from ops.identity_health
    where metric_name in ('record_new_count', 'record_changed_customer_share') and metric_value > 0
        and not list_contains($committed_nights, night_date)
),
version as (
    select
        arg_max(detail, night_date) filter (where night_date = $night_date) as now,
        arg_max(detail, night_date) filter (where night_date < $night_date and night_date not in (select night_date from undone))
            as earlier
    from ops.identity_health
    where metric_name = 'identity_version' and night_date <= $night_date
)
select metric_name, metric_value, detail
from tonight
cross join version
where metric_name in ('record_changed_customer_share', 'customer_merged_share')
    and metric_value > $change_limit
    and metric_value * row_count >= $change_minimum
    and metric_value * row_count > $change_per_new * (select coalesce(max(metric_value), 0) from tonight where metric_name = 'record_new_count')
    and version.now = version.earlier
order by metric_name

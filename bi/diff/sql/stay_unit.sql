-- one row per stay that counts otherwise than the night before, with the cause; rates are told apart from content
create or replace temp table stay_unit as
with moved as (
    select
        coalesce(after.stay_id, before.stay_id) as stay_id,
        coalesce(after.customer_id, before.customer_id) as customer_id,
        coalesce(after.source_system, before.source_system) as source_system,
        coalesce(after.property_code, before.property_code) as property_code,
        coalesce(after.reservation_id, before.reservation_id) as reservation_id,
        before.stay_id is not null as is_before,
        coalesce(before.is_closed, false) as is_closed_before,
        coalesce(after.delivery_sequence, gone.delivery_sequence) as delivery_sequence,
        coalesce(after.updated_on, gone.updated_on) as updated_on,
        coalesce(after.night_count, 0) - coalesce(before.night_count, 0) as nights,
        coalesce(after.revenue_reporting_amount, 0) - coalesce(before.revenue_reporting_amount, 0) as revenue,
        case
            when before.stay_id is null or after.stay_id is null then 0
            when before.revenue_amount = after.revenue_amount and before.currency_code = after.currency_code
                then after.revenue_reporting_amount - before.revenue_reporting_amount
            when before.currency_code = after.currency_code and before.reporting_rate <> after.reporting_rate
                then after.revenue_reporting_amount - cast(after.revenue_amount * before.reporting_rate as decimal(18, 4))
            else 0
        end as revenue_by_rate
    from stay_after as after
    full join stay_before as before on after.stay_id = before.stay_id
    left join stay_gone as gone
        on after.stay_id is null
        and before.source_system = gone.source_system
        and before.property_code = gone.property_code
        and before.reservation_id = gone.reservation_id
    where after.stay_id is null
        or before.stay_id is null
        or after.night_count <> before.night_count
        or after.revenue_reporting_amount <> before.revenue_reporting_amount
),

judged as (
    select
        moved.*,
        case
            when delivery.folder_date <= cast($previous_night_date as date) then 'late_delivery'
            when is_before and (is_closed_before or nights < 0) then 'corrected_row'
            when not is_before and updated_on < cast($previous_night_date as date) then 'late_delivery'
            else 'new_business'
        end as cause_code
    from moved
    left join delivery on moved.delivery_sequence = delivery.delivery_sequence
)

select 'nights' as figure_code, cause_code, * exclude (cause_code, nights, revenue, revenue_by_rate), cast(nights as decimal(18, 4)) as movement_amount
from judged
where nights <> 0
union all
select 'revenue', cause_code, * exclude (cause_code, nights, revenue, revenue_by_rate), cast(revenue - revenue_by_rate as decimal(18, 4))
from judged
where revenue <> revenue_by_rate
union all
select 'revenue', 'exchange_rate', * exclude (cause_code, nights, revenue, revenue_by_rate), cast(revenue_by_rate as decimal(18, 4))
from judged
where revenue_by_rate <> 0

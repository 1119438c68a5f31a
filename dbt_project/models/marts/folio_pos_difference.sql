-- one row per property_code, business_month and cause_code: food and beverage on folios against checks charged to rooms, and why they differ
{{ config(materialized='table', tags=['marts']) }}

with reservation as (
    select
        source_system,
        property_code,
        reservation_id,
        date_trunc('month', arrival_date) as business_month,
        status,
        status in ('in_house', 'checked_out') as is_stay,
        currency_code,
        reporting_rate,
        fnb_revenue_amount * reporting_rate as folio_amount
    from {{ ref('fct_reservation') }}
),

charge as (
    select
        pos_check.property_code,
        coalesce(reservation.business_month, date_trunc('month', pos_check.business_date)) as business_month,
        reservation.source_system,
        reservation.reservation_id,
        coalesce(reservation.is_stay, false) as is_stay,
        pos_check.fnb_net_amount * pos_check.reporting_rate as pos_amount,
        case when pos_check.currency_code = reservation.currency_code then reservation.reporting_rate else pos_check.reporting_rate end as stay_rate,
        pos_check.fnb_net_amount * stay_rate as pos_amount_at_stay_rate,
        pos_check.net_amount * stay_rate as all_items_amount,
        pos_check.tax_amount * stay_rate as tax_amount
    from {{ ref('fct_pos_check') }} as pos_check
    left join reservation
        on pos_check.reservation_source_system = reservation.source_system
        and pos_check.property_code = reservation.property_code
        and pos_check.reservation_id = reservation.reservation_id
    where pos_check.is_on_folio
),

charged as (
    select
        source_system,
        property_code,
        reservation_id,
        sum(pos_amount) as pos_amount,
        sum(pos_amount_at_stay_rate) as pos_amount_at_stay_rate,
        sum(all_items_amount) as all_items_amount,
        sum(tax_amount) as tax_amount,
        count(*) as check_count
    from charge
    where is_stay
    group by source_system, property_code, reservation_id
),

stay as (
    select
        reservation.*,
        coalesce(charged.pos_amount, 0) as pos_amount,
        coalesce(charged.pos_amount_at_stay_rate, 0) as pos_amount_at_stay_rate,
        charged.all_items_amount,
        charged.tax_amount,
        coalesce(charged.check_count, 0) as check_count
    from reservation
    left join charged using (source_system, property_code, reservation_id)
    where is_stay
),

difference as (
    select
        property_code, business_month,
        case when reservation_id is null then 'charge_without_reservation' else 'charge_without_stay' end as cause_code,
        0 as folio_amount, pos_amount, 0 as reservation_count, 1 as check_count
    from charge
    where not is_stay
    union all
    select
        property_code, business_month,
        case
            when abs(pos_amount_at_stay_rate - coalesce(folio_amount, 0)) < 0.01 then 'agrees'
            when status = 'in_house' then 'stay_not_finished'
            when check_count = 0 then 'folio_without_charge'
            when coalesce(folio_amount, 0) = 0 then 'charge_without_folio'
            when abs(all_items_amount - folio_amount) < 0.01 then 'other_items_on_folio'
            when least(abs(pos_amount_at_stay_rate + tax_amount - folio_amount), abs(all_items_amount + tax_amount - folio_amount)) < 0.01 then 'tax_on_folio'
            when folio_amount > pos_amount_at_stay_rate then 'folio_above_charge'
            else 'folio_below_charge'
        end,
        coalesce(folio_amount, 0), pos_amount_at_stay_rate, 1, check_count
    from stay
    union all
    select property_code, business_month, 'exchange_rate', 0, pos_amount - pos_amount_at_stay_rate, 0, 0
    from stay
    where pos_amount <> pos_amount_at_stay_rate
)

select
    property_code,
    cast(business_month as date) as business_month,
    cause_code,
    cast(coalesce(sum(folio_amount), 0) as decimal(18, 4)) as folio_amount,
    cast(coalesce(sum(pos_amount), 0) as decimal(18, 4)) as pos_amount,
    cast(coalesce(sum(pos_amount), 0) - coalesce(sum(folio_amount), 0) as decimal(18, 4)) as difference_amount,
    '{{ var("reporting_currency") }}' as currency_code,
    cast(sum(reservation_count) as bigint) as reservation_count,
    cast(sum(check_count) as bigint) as check_count
from difference
group by property_code, business_month, cause_code

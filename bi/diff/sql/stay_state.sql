-- one row per stay_id that counts tonight: what it adds to nights and revenue, and the delivery that said so
select
    stay.stay_id,
    stay.customer_id,
    stay.source_system,
    stay.property_code,
    stay.reservation_id,
    stay.status = 'checked_out' as is_closed,
    cast(stay.los_nights as bigint) as night_count,
    cast(coalesce(stay.total_revenue_amount, 0) as decimal(18, 4)) as revenue_amount,
    stay.currency_code,
    stay.reporting_rate,
    cast(coalesce(stay.total_revenue_reporting_amount, 0) as decimal(18, 4)) as revenue_reporting_amount,
    reservation.delivery_sequence,
    cast(timezone('UTC', reservation.updated_at) as date) as updated_on
from core.fct_stay as stay
inner join core.fct_reservation as reservation using (source_system, property_code, reservation_id)

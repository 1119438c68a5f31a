-- A realised reservation has one stay per room and its money is all in them, to the cent; returns the reservations that differ.
with reservation as (
    select source_system, property_code, reservation_id, least(room_count, 999) as room_count, room_revenue_amount, total_revenue_amount
    from {{ ref('fct_reservation') }}
    where status in ('in_house', 'checked_out')
),

stay as (
    select
        source_system,
        property_code,
        reservation_id,
        count(*) as room_count,
        sum(room_revenue_amount) as room_revenue_amount,
        sum(total_revenue_amount) as total_revenue_amount
    from {{ ref('fct_stay') }}
    group by source_system, property_code, reservation_id
)

select source_system, property_code, reservation_id, reservation.room_revenue_amount, stay.room_revenue_amount as stay_amount
from reservation
full outer join stay using (source_system, property_code, reservation_id)
where {{ differs('reservation.room_count', 'stay.room_count') }}
    or {{ differs('reservation.room_revenue_amount', 'stay.room_revenue_amount') }}
    or {{ differs('reservation.total_revenue_amount', 'stay.total_revenue_amount') }}

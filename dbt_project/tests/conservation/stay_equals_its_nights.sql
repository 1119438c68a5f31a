-- A stay of n nights has n rows of fct_stay_night and its room revenue is all in them; returns the stays that differ.
with stay as (
    select stay_id, los_nights, room_revenue_amount, customer_id from {{ ref('fct_stay') }} where los_nights > 0
),

night as (
    select stay_id, count(*) as los_nights, sum(room_revenue_amount) as room_revenue_amount, max(customer_id) as customer_id
    from {{ ref('fct_stay_night') }}
    group by stay_id
)

select stay_id, stay.room_revenue_amount, night.room_revenue_amount as night_amount
from stay
full outer join night using (stay_id)
where {{ differs('stay.los_nights', 'night.los_nights') }}
    or {{ differs('stay.room_revenue_amount', 'night.room_revenue_amount') }}
    or {{ differs('stay.customer_id', 'night.customer_id') }}

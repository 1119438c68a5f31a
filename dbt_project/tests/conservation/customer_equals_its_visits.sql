-- Every stay of a customer is in exactly one visit, with its nights and money; returns the customers and properties that differ.
with stay as (
    select
        customer_id,
        property_code,
        count(*) as stay_count,
        sum(los_nights) as room_night_count,
        case when count(distinct currency_code) = 1 then sum(total_revenue_amount) end as total_revenue_amount
    from {{ ref('fct_stay') }}
    where customer_id is not null
    group by customer_id, property_code
),

visit as (
    select
        customer_id,
        property_code,
        sum(stay_count) as stay_count,
        sum(room_night_count) as room_night_count,
        case when count(distinct currency_code) = 1 and count(currency_code) = count(*) then sum(total_revenue_amount) end as total_revenue_amount
    from {{ ref('fct_visit') }}
    group by customer_id, property_code
)

select customer_id, property_code, stay.total_revenue_amount, visit.total_revenue_amount as visit_amount
from stay
full outer join visit using (customer_id, property_code)
where {{ differs('stay.stay_count', 'visit.stay_count') }}
    or {{ differs('stay.room_night_count', 'visit.room_night_count') }}
    or {{ differs('stay.total_revenue_amount', 'visit.total_revenue_amount') }}

-- one row per movement that this customer was behind
select
    unit.night_date, unit.figure_code, unit.cause_code, unit.property_code, unit.reservation_id,
    delivery.file_name, unit.movement_amount
from headline_unit as unit
left join delivery on unit.delivery_sequence = delivery.delivery_sequence
where unit.customer_id = $customer_id
    and unit.night_date > cast($first as date) and unit.night_date <= cast($last as date)
order by unit.night_date, unit.figure_code, unit.cause_code, unit.reservation_id

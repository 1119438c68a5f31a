-- one row per figure, cause and stay or customer behind a movement
select
    figure_code, cause_code, customer_id, source_system, property_code, reservation_id, delivery_sequence, movement_amount
from stay_unit
union all
select figure_code, cause_code, customer_id, null, null, null, delivery_sequence, movement_amount
from customer_unit
order by figure_code, cause_code, customer_id, reservation_id, movement_amount

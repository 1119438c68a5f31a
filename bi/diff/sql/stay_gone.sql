-- one row per reservation that counts no more: the delivery that took it away
select source_system, property_code, reservation_id, delivery_sequence, cast(timezone('UTC', updated_at) as date) as updated_on
from core.fct_reservation
where status not in ('in_house', 'checked_out')

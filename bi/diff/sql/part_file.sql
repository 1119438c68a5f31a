-- one row per figure, cause and delivered file: the ones that moved it most, at most $top per part, and how many there are
select
    unit.figure_code, unit.cause_code, delivery.file_name, any_value(delivery.folder_date) as folder_date,
    sum(unit.movement_amount) as movement_amount,
    count(*) over (partition by unit.figure_code, unit.cause_code) as file_count
from headline_unit as unit
inner join delivery on unit.delivery_sequence = delivery.delivery_sequence
where unit.night_date > cast($first as date) and unit.night_date <= cast($last as date)
group by unit.figure_code, unit.cause_code, delivery.file_name
qualify row_number() over (
    partition by unit.figure_code, unit.cause_code order by abs(sum(unit.movement_amount)) desc, delivery.file_name
) <= $top
order by unit.figure_code, unit.cause_code, abs(sum(unit.movement_amount)) desc, delivery.file_name

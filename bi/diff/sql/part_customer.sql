-- one row per figure, cause and customer: the ones that moved it most, at most $top per part, and how many there are
select
    figure_code, cause_code, customer_id, sum(movement_amount) as movement_amount,
    count(*) over (partition by figure_code, cause_code) as customer_count
from headline_unit
where night_date > cast($first as date) and night_date <= cast($last as date) and customer_id is not null
group by figure_code, cause_code, customer_id
qualify row_number() over (partition by figure_code, cause_code order by abs(sum(movement_amount)) desc, customer_id) <= $top
order by figure_code, cause_code, abs(sum(movement_amount)) desc, customer_id

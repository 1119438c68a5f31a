-- one row per figure and cause over the nights after the first up to the last
select figure_code, cause_code, sum(movement_amount) as movement_amount
from headline_change
where night_date > cast($first as date) and night_date <= cast($last as date)
group by figure_code, cause_code
order by figure_code, list_position($causes, cause_code)

-- one row per stay_id as the book of earlier nights has it
select * exclude (night_date, is_deleted)
from (
    from stay_book
    where night_date < cast($night_date as date)
    qualify row_number() over (partition by stay_id order by night_date desc) = 1
)
where not is_deleted

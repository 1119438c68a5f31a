-- one row per customer_id as the book of earlier nights has it
select * exclude (night_date, is_deleted)
from (
    from customer_book
    where night_date < cast($night_date as date)
    qualify row_number() over (partition by customer_id order by night_date desc) = 1
)
where not is_deleted

-- one row per customer_id that the book does not hold like this; is_deleted when the id is active no more
select *, false as is_deleted from (from customer_after except from customer_before)
union all
select *, true from customer_before anti join customer_after using (customer_id)
order by customer_id

-- one row per stay_id that the book does not hold like this; is_deleted when it counts no more
select *, false as is_deleted from (from stay_after except from stay_before)
union all
select *, true from stay_before anti join stay_after using (stay_id)
order by stay_id

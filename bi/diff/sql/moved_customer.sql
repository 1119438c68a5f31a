-- one row per customer_id that lost a record to another customer, or took one over, since the night before
create or replace temp table moved_customer as
with step as (
    select
        night_date,
        customer_id,
        lag(customer_id) over (partition by source_record_id order by night_date, commit_number) as previous_customer_id
    from identity_commit
),

moved as (
    select customer_id, previous_customer_id
    from step
    where night_date > cast($previous_night_date as date)
        and night_date <= cast($night_date as date)
        and previous_customer_id is not null
        and previous_customer_id is distinct from customer_id
)

select customer_id from moved where customer_id is not null
union
select previous_customer_id from moved

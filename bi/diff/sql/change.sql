-- one row per figure and cause that moved it; the parts of a figure sum to its movement exactly
with top_customer as (
    select
        figure_code, cause_code,
        to_json(list({'customer_id': customer_id, 'amount': amount} order by abs(amount) desc, customer_id)[:10]) as top_customers
    from (
        select figure_code, cause_code, customer_id, sum(movement_amount) as amount
        from headline_unit
        where customer_id is not null
        group by all
    )
    group by figure_code, cause_code
),

top_file as (
    select
        figure_code, cause_code,
        to_json(list({'file_name': file_name, 'amount': amount} order by abs(amount) desc, file_name)[:10]) as top_files
    from (
        select unit.figure_code, unit.cause_code, delivery.file_name, sum(unit.movement_amount) as amount
        from headline_unit as unit
        inner join delivery on unit.delivery_sequence = delivery.delivery_sequence
        group by all
    )
    group by figure_code, cause_code
),

part as (
    select
        figure_code, cause_code,
        sum(movement_amount) as movement_amount,
        count(*) as unit_count,
        count(distinct customer_id) as customer_count,
        count(distinct delivery_sequence) as file_count
    from headline_unit
    group by figure_code, cause_code
),

-- A share has no parts of its own: the causes are let in one after the other, and each moves the share by what it finds.
share_part as (
    select
        cause_code,
        coalesce(sum(movement_amount) filter (where figure_code = 'visited_customers'), 0) as visited,
        coalesce(sum(movement_amount) filter (where figure_code = 'repeat_customers'), 0) as repeated,
        sum(unit_count) as unit_count,
        max(customer_count) as customer_count,
        max(file_count) as file_count
    from part
    where figure_code in ('visited_customers', 'repeat_customers')
    group by cause_code
),

start as (
    select
        count(*) filter (where visit_count > 0) as visited,
        count(*) filter (where visit_count > 1) as repeated
    from customer_before
),

reached as (
    select
        share_part.*,
        start.visited + sum(share_part.visited) over upto as visited_then,
        start.repeated + sum(share_part.repeated) over upto as repeated_then,
        start.visited + sum(share_part.visited) over upto - share_part.visited as visited_first,
        start.repeated + sum(share_part.repeated) over upto - share_part.repeated as repeated_first
    from share_part
    cross join start
    window upto as (order by cause_code rows between unbounded preceding and current row)
)

select
    part.figure_code, part.cause_code, cast(part.movement_amount as decimal(18, 4)) as movement_amount,
    part.unit_count, part.customer_count, part.file_count, top_customer.top_customers, top_file.top_files
from part
left join top_customer on part.figure_code = top_customer.figure_code and part.cause_code = top_customer.cause_code
left join top_file on part.figure_code = top_file.figure_code and part.cause_code = top_file.cause_code
union all
select
    'repeat_share', cause_code,
    cast(cast(coalesce(100 * repeated_then / nullif(visited_then, 0), 0) as decimal(18, 4))
        - cast(coalesce(100 * repeated_first / nullif(visited_first, 0), 0) as decimal(18, 4)) as decimal(18, 4)),
    unit_count, customer_count, file_count, null, null
from reached
order by figure_code, cause_code

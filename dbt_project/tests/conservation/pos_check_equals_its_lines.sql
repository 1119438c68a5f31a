-- A check's net amount is the sum of its lines that are not void, tip or service, and both name one customer; returns the checks that differ.
with line as (
    select
        source_system,
        property_code,
        pos_check_id,
        coalesce(sum(net_amount) filter (where not is_void and coalesce(item_category not in ('tip', 'service_charge'), true)), 0) as net_amount,
        max(customer_id) as customer_id
    from {{ ref('fct_pos_line') }}
    group by source_system, property_code, pos_check_id
)

select source_system, property_code, pos_check_id, pos_check.net_amount, line.net_amount as line_amount
from {{ ref('fct_pos_check') }} as pos_check
full outer join line using (source_system, property_code, pos_check_id)
where {{ differs('pos_check.net_amount', 'line.net_amount') }} or {{ differs('pos_check.customer_id', 'line.customer_id') }}

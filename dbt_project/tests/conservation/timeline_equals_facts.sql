-- The timeline counts what the facts count, per kind and customer; returns the customers that differ.
with fact as (
    select 'reservation' as record_kind, customer_id, count(*) as fact_count
    from {{ ref('fct_reservation') }} where customer_id is not null group by customer_id
    union all
    select 'pos_check', customer_id, count(*) from {{ ref('fct_pos_check') }} where customer_id is not null group by customer_id
    union all
    select 'interaction', customer_id, count(*) from {{ ref('fct_interaction') }} where customer_id is not null group by customer_id
),

event as (
    select record_kind, customer_id, count(distinct fact_key) as fact_count
    from {{ ref('fct_customer_event') }}
    group by record_kind, customer_id
)

select record_kind, customer_id, fact.fact_count, event.fact_count as event_fact_count
from fact
full outer join event using (record_kind, customer_id)
where {{ differs('fact.fact_count', 'event.fact_count') }}

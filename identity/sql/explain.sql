-- What is known of one customer, for a person who asks why.

-- name: explain_history
select customer_id, id_status, current_customer_id, changed_on, change_reason
from identity.customer_history
where customer_id = $customer_id

-- name: explain_record
-- one row per record of the customer, its anchor first
select
    source_record_id, source_system, property_code, record_kind, reference_id, role,
    match_rule, match_probability, valid_from, is_anchor
from identity.customer_record
where customer_id = $customer_id
order by is_anchor desc, valid_from, source_record_id

-- name: explain_link
-- one row per proposed pair with at least one record of the customer: kept, cut or refused
select
    edge.source_record_id_1, edge.source_record_id_2, edge.match_rule, edge.match_rules, edge.match_weight,
    edge.match_probability, edge.edge_status, edge.refused_reason
from identity.match_edge as edge
where edge.source_record_id_1 in (select source_record_id from identity.customer_record where customer_id = $customer_id)
    or edge.source_record_id_2 in (select source_record_id from identity.customer_record where customer_id = $customer_id)
order by edge.edge_status, edge.match_weight desc, edge.source_record_id_1, edge.source_record_id_2

-- name: explain_field
-- one row per field of the golden record
select field_name, field_value, source_system, source_record_id, observed_at, survivorship_rule
from core.dim_customer_field_source
where customer_id = $customer_id
order by field_name

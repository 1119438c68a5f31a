-- one row per customer_id: what it adds to the figures of customers, and the delivery that first showed it
select
    customer.customer_id,
    least(customer.visit_count, 2) as visit_count,
    customer.value_tier_code,
    cast(case when customer.risk_band in ('high', 'critical') then coalesce(customer.expected_revenue_amount, 0) else 0 end as decimal(18, 4))
        as at_risk_amount,
    concat_ws(' ', churn.model_version, clv.model_version) as model_versions,
    record.delivery_sequence
from core.customer_360 as customer
left join ml.customer_churn as churn on customer.customer_id = churn.customer_id
left join ml.customer_clv as clv on customer.customer_id = clv.customer_id
left join identity.customer_record as anchor on customer.customer_id = anchor.customer_id and anchor.is_anchor
left join staging.stg_person_record as record on anchor.source_record_id = record.source_record_id

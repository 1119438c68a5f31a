-- Per property and month the causes add up to the difference between folio and tills that reconciliation shows.
with cause as (
    select property_code, business_month, sum(difference_amount) as difference_amount, sum(check_count + reservation_count) as row_count
    from {{ ref('folio_pos_difference') }}
    group by property_code, business_month
)

select *
from cause
full outer join (
    select property_code, business_month, difference_figure from {{ ref('reconciliation') }} where check_code = 'fnb_folio_pos'
) as whole using (property_code, business_month)
where abs(coalesce(cause.difference_amount, 0) - coalesce(whole.difference_figure, 0)) > 0.001 * (coalesce(cause.row_count, 0) + 1)

-- one row per customer_id and as_of_date of var as_of_dates: what was known of the customer, and had happened, by then
{{ config(materialized='table', tags=['core']) }}

with booker as (
    select first_booking.customer_id, as_of.as_of_date
    from (
        select booker_customer_id as customer_id, min(known_on) as known_on
        from {{ ref('feat_reservation_known') }}
        where booker_customer_id is not null
        group by booker_customer_id
    ) as first_booking
    inner join {{ ref('feat_as_of') }} as as_of
        on first_booking.known_on <= as_of.as_of_date and {{ is_sampled(hash_number('first_booking.customer_id')) }}
)

select
    customer_id,
    as_of_date,
    stay.first_visit_on,
    stay.last_visit_on,
    coalesce(stay.visit_count, 0) as visit_count,
    coalesce(stay.visit_date_count - 1, 0) as clv_frequency,
    stay.last_visit_on - stay.first_visit_on as clv_recency_days,
    as_of_date - stay.first_visit_on as clv_age_days,
    as_of_date - stay.last_visit_on as rfm_recency_days,
    (stay.last_visit_on - stay.first_visit_on) / nullif(stay.visit_date_count - 1, 0) as mean_gap_days,
    coalesce(stay.visit_trailing_year_count, 0) as visit_trailing_year_count,
    coalesce(stay.visit_trailing_30_count, 0) as visit_trailing_30_count,
    coalesce(stay.visit_trailing_90_count, 0) as visit_trailing_90_count,
    coalesce(stay.visit_trailing_180_count, 0) as visit_trailing_180_count,
    coalesce(stay.visit_year_ago_count, 0) as visit_year_ago_count,
    coalesce(stay.visit_two_years_ago_count, 0) as visit_two_years_ago_count,
    stay.last_gap_days,
    stay.max_gap_days,
    stay.std_gap_days,
    coalesce(stay.stay_count, 0) as stay_count,
    coalesce(stay.night_count, 0) as night_count,
    coalesce(stay.night_trailing_year_count, 0) as night_trailing_year_count,
    cast(coalesce(stay.spend_amount, 0) as decimal(18, 4)) as spend_amount,
    cast(coalesce(stay.spend_trailing_year_amount, 0) as decimal(18, 4)) as spend_trailing_year_amount,
    cast(stay.spend_amount / nullif(stay.visit_count, 0) as decimal(18, 4)) as average_visit_amount,
    cast(coalesce(pos.fnb_amount, 0) as decimal(18, 4)) as fnb_amount,
    cast(coalesce(pos.pos_amount, 0) as decimal(18, 4)) as pos_amount,
    coalesce(pos.pos_check_count, 0) as pos_check_count,
    coalesce(booking.booking_count, 0) as booking_count,
    coalesce(booking.cancelled_count, 0) as cancelled_count,
    coalesce(booking.no_show_count, 0) as no_show_count,
    coalesce(booking.on_books_count, 0) as on_books_count,
    booking.on_books_next_arrival_days,
    coalesce(interaction.interaction_count, 0) as interaction_count,
    coalesce(interaction.complaint_count, 0) as complaint_count,
    as_of_date - interaction.last_complaint_on as days_since_complaint,
    booking.loyalty_number is not null or coalesce(interaction.is_member, false) as is_member,
    booking.loyalty_tier_code,
    coalesce(booking.property_count, 0) as property_count,
    booking.mean_lead_time_days,
    stay.mean_los_nights,
    stay.weekend_night_count / nullif(stay.night_count, 0) as weekend_share,
    booking.direct_share,
    booking.business_share,
    cast(month(stay.last_visit_on) as integer) as last_visit_month,
    booking.country_code,
    customer.identity_confidence,
    case
        when booking.consent_stated_at = interaction.consent_stated_at then booking.consent_email and interaction.consent_email
        when interaction.consent_stated_at > booking.consent_stated_at then interaction.consent_email
        else coalesce(booking.consent_email, interaction.consent_email)
    end as consent_email,
    booking.history_load_share,
    '{{ var("reporting_currency") }}' as currency_code
-- Whoever has a stay has a booking. Each summary is read once: nobody is asked first who there is.
from {{ ref('feat_booking_summary') }} as booking
left join {{ ref('feat_stay_summary') }} as stay using (customer_id, as_of_date)
full outer join {{ ref('feat_pos_summary') }} as pos using (customer_id, as_of_date)
full outer join {{ ref('feat_interaction_summary') }} as interaction using (customer_id, as_of_date)
full outer join booker using (customer_id, as_of_date)
left join {{ source('identity', 'customer_confidence') }} as customer using (customer_id)

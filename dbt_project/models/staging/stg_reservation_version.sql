-- one row per version of a reservation: (source_system, property_code, reservation_id), updated_at and row_hash; the first load of each is kept
{{ config(materialized='incremental', incremental_strategy='append') }}

{% set history_date %}
case
    when status = 'cancelled' then cast(timezone('UTC', cancelled_at) as date)
    when status in ('reserved', 'waitlisted') then cast(timezone('UTC', booked_at) as date)
    when status = 'checked_out' then departure_date
end
{% endset %}
{{ versions_of('reservations', ['source_system', 'property_code', 'reservation_id'], history_date) }}

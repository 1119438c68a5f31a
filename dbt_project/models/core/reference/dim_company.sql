-- one row per company_id: a company or travel agency that reservations name
{{ config(materialized='table') }}

with reservation as (
    select * from {{ ref('fct_reservation') }}
),

named as (
    select
        company_id, 'company' as company_type, company_name, company_profile_id as profile_id, null as iata_number,
        property_code, booked_on, updated_at, row_hash
    from reservation
    where company_id is not null
    union all
    select
        travel_agent_id, 'travel_agent', travel_agent_name, travel_agent_profile_id, travel_agent_iata,
        property_code, booked_on, updated_at, row_hash
    from reservation
    where travel_agent_id is not null
)

select
    company_id,
    company_type,
    arg_max(company_name, (updated_at, row_hash)) as company_name,
    max(iata_number) as iata_number,
    min(profile_id) as profile_id,
    count(*) as reservation_count,
    count(distinct property_code) as property_count,
    min(booked_on) as first_booked_on,
    max(booked_on) as last_booked_on
from named
group by company_id, company_type

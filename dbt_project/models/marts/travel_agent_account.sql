-- one row per company_id of a travel agency that reservations name
{{ config(materialized='table', tags=['marts']) }}

{{ account_mart('travel_agent', 'travel_agent_id') }}

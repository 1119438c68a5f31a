-- one row per company_id of a company that reservations name
{{ config(materialized='table', tags=['marts']) }}

{{ account_mart('company', 'company_id') }}

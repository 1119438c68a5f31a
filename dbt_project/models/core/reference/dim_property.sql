-- one row per property_code, listed in the reference data or only seen in a feed
{{ config(materialized='table') }}

with listed as (
    select * from {{ ref('stg_property') }}
),

delivered as (
    select property_code from {{ ref('stg_reservation_version') }}
    union
    select property_code from {{ ref('stg_pos_line_version') }}
    union
    select property_code from {{ ref('stg_interaction_version') }} where property_code is not null
)

select
    property_code,
    coalesce(listed.property_name, property_code) as property_name,
    coalesce(listed.time_zone, 'UTC') as time_zone,
    coalesce(listed.is_time_zone_known, false) as is_time_zone_known,
    listed.country_code,
    listed.currency_code,
    listed.room_count,
    listed.valid_from,
    listed.property_code is not null as is_listed
from listed
full outer join delivered using (property_code)

-- one row per property_code: the newest values that hold on the night
{{ config(materialized='view') }}

with source as (
    select * from {{ source('lake', 'property') }}
)

select
    property_code,
    property_name,
    coalesce(zone.time_zone, 'UTC') as time_zone,
    zone.time_zone is not null as is_time_zone_known,
    country_code,
    currency_code,
    room_count,
    valid_from
from source
left join {{ time_zone_names() }} as zone on source.time_zone = zone.time_zone
qualify row_number() over (
    partition by property_code
    order by
        coalesce(valid_from, date '0001-01-01') <= cast('{{ var("night_date") }}' as date) desc,
        valid_from desc nulls last, property_name, source.time_zone, country_code, currency_code, room_count
) = 1

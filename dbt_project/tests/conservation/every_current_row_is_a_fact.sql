-- Facts hold exactly the current versions (vertical: staging to core); returns the keys that only one side has.
with current_row as (
    select 'reservation' as fact, source_system, property_code, reservation_id as fact_id, row_hash from {{ ref('stg_reservation') }}
    union all
    select 'interaction', source_system, property_code, interaction_id, row_hash from {{ ref('stg_interaction') }}
    union all
    select distinct 'pos_check', source_system, property_code, pos_check_id, null from {{ ref('stg_pos_line') }}
),

fact_row as (
    select 'reservation' as fact, source_system, property_code, reservation_id as fact_id, row_hash from {{ ref('fct_reservation') }}
    union all
    select 'interaction', source_system, property_code, interaction_id, row_hash from {{ ref('fct_interaction') }}
    union all
    select 'pos_check', source_system, property_code, pos_check_id, null from {{ ref('fct_pos_check') }}
)

(select * from current_row except all select * from fact_row)
union all
(select * from fact_row except all select * from current_row)

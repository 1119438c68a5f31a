-- Every row of a pending file is in staging as a version (vertical: lake to staging); returns the rows that are not.
select 'reservations' as feed, delivery_sequence, row_number
from {{ source('lake', 'reservations') }}
anti join {{ ref('stg_reservation_version') }} using (source_system, property_code, reservation_id, updated_at, row_hash)
union all
select 'pos_checks' as feed, delivery_sequence, row_number
from {{ source('lake', 'pos_checks') }}
anti join {{ ref('stg_pos_line_version') }} using (source_system, property_code, pos_check_id, line_number, updated_at, row_hash)
union all
select 'interactions' as feed, delivery_sequence, row_number
from {{ source('lake', 'interactions') }}
anti join {{ ref('stg_interaction_version') }} using (source_system, interaction_id, updated_at, row_hash)

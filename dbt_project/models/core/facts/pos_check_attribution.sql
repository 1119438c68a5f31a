-- one row per (source_system, property_code, pos_check_id): whose check it is, how we know and how sure we are
-- depends_on: {{ ref('stg_pos_line_version') }}
{{ config(materialized='incremental', unique_key=['source_system', 'property_code', 'pos_check_id']) }}

-- Rooms a reservation ever had: a guest who moved was charged in the old room too.
with reservation_room as (
    select distinct source_system, property_code, reservation_id, room_number
    from {{ ref('stg_reservation_version') }}
    where room_number is not null
),

{% if is_incremental() %}
refreshed as (
    select source_system, property_code, reservation_id, confirmation_number, arrival_date, departure_date
    from {{ ref('fct_reservation') }}
    where {{ newly_refreshed() }}
),

affected as (
    select source_system, property_code, pos_check_id
    from {{ ref('stg_pos_line_version') }}
    where {{ newly_arrived() }}
    union
    select built.source_system, built.property_code, built.pos_check_id
    from {{ this }} as built
    left join {{ source('identity', 'customer_record') }} as record using (source_record_id)
    where {{ differs('built.customer_id', 'record.customer_id') }}
    union
    select built.source_system, built.property_code, built.pos_check_id
    from {{ this }} as built
    left join {{ source('identity', 'customer_record') }} as record on built.payer_source_record_id = record.source_record_id
    where built.customer_id is null and record.customer_id is not null
    union
    select built.source_system, built.property_code, built.pos_check_id
    from {{ this }} as built
    inner join refreshed on built.property_code = refreshed.property_code and built.reservation_id = refreshed.reservation_id
    union
    select built.source_system, built.property_code, built.pos_check_id
    from {{ this }} as built
    inner join refreshed on built.property_code = refreshed.property_code and built.confirmation_number = refreshed.confirmation_number
    union
    select built.source_system, built.property_code, built.pos_check_id
    from {{ this }} as built
    inner join (from refreshed inner join reservation_room using (source_system, property_code, reservation_id)) as refreshed
        on built.property_code = refreshed.property_code
        and built.charged_room_number = refreshed.room_number
        and built.business_date between refreshed.arrival_date and refreshed.departure_date
),

line as (
    select version.*
    from {{ ref('stg_pos_line_version') }} as version
    semi join affected using (source_system, property_code, pos_check_id)
    qualify row_number() over (partition by source_system, property_code, pos_check_id, line_number {{ newest_first() }}) = 1
),
{% else %}
line as (
    select * from {{ ref('stg_pos_line') }}
),
{% endif %}

-- What the check says of its guest: per column the newest line that says anything.
pos_check as (
    select
        source_system,
        property_code,
        pos_check_id,
        {% for column in ['business_date', 'payment_method_code', 'reservation_id', 'confirmation_number', 'room_number', 'guest_name', 'loyalty_number'] %}
        arg_max({{ column }}, (updated_at, row_hash)) as {{ column }},
        {% endfor %}
        coalesce(min(opened_at), min(closed_at)) as served_at,
        {{ group_hash('row_hash', 'line_number') }} as lines_hash,
        max(delivery_sequence) as delivery_sequence,
        max(night_date) as night_date
    from line
    group by source_system, property_code, pos_check_id
),

reservation as (
    select *, room_number as current_room_number from {{ ref('fct_reservation') }} where customer_id is not null
),

in_room as (
    select reservation.* replace (reservation_room.room_number as room_number)
    from reservation
    inner join reservation_room using (source_system, property_code, reservation_id)
    where status in ('in_house', 'checked_out')
),

candidate as (
    {% for method in pos_reservation_methods() %}
    select
        pos_check.*,
        '{{ method.name }}' as attribution_method,
        {{ method.confidence }} as attribution_confidence,
        {{ loop.index }} as method_rank,
        reservation.source_system as reservation_source_system,
        reservation.reservation_id as matched_reservation_id,
        reservation.guest_source_record_id as source_record_id,
        reservation.customer_id,
        16 * cast(pos_check.business_date between reservation.arrival_date and reservation.departure_date as integer)
        + 8 * cast(coalesce(pos_check.room_number = reservation.current_room_number, false) as integer)
        + 4 * cast(
            coalesce(pos_check.served_at >= reservation.checked_in_at, true) and coalesce(pos_check.served_at <= reservation.checked_out_at, true)
            as integer
        )
        + 2 * cast(coalesce(contains(lower(pos_check.guest_name), lower(guest.last_name)), false) as integer)
        + cast(coalesce(contains(lower(pos_check.guest_name), lower(guest.first_name)), false) as integer) as fit
    from pos_check
    inner join {{ method.rows }} as reservation on pos_check.property_code = reservation.property_code and {{ method.condition }}
    left join {{ ref('stg_person_record') }} as guest on reservation.guest_source_record_id = guest.source_record_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

best as (
    select *
    from candidate
    qualify rank() over (partition by source_system, property_code, pos_check_id, method_rank order by fit desc) = 1
),

-- Two guests who fit equally well are a doubt, and a doubt is nobody's.
unique_best as (
    select *
    from best
    window check_method as (partition by source_system, property_code, pos_check_id, method_rank)
    qualify min(customer_id) over check_method = max(customer_id) over check_method
),

by_reservation as (
    select *
    from unique_best
    qualify row_number() over (
        partition by source_system, property_code, pos_check_id order by method_rank, reservation_source_system, matched_reservation_id
    ) = 1
),

by_payer as (
    select
        shown.source_system,
        shown.property_code,
        shown.reference_id as pos_check_id,
        shown.source_record_id as payer_source_record_id,
        record.customer_id as payer_customer_id,
        record.valid_from
    from {{ ref('stg_person_current') }} as shown
    left join {{ source('identity', 'customer_record') }} as record on shown.source_record_id = record.source_record_id
    where shown.record_kind = 'pos_check'
),

decided as (
    select
        pos_check.*,
        by_reservation.reservation_source_system,
        by_reservation.matched_reservation_id,
        by_payer.payer_source_record_id,
        coalesce(by_reservation.customer_id, by_payer.payer_customer_id) as customer_id,
        case
            when by_reservation.customer_id is not null then by_reservation.source_record_id
            when by_payer.payer_customer_id is not null then by_payer.payer_source_record_id
        end as source_record_id,
        case
            when by_reservation.customer_id is not null then by_reservation.attribution_method
            when by_payer.payer_customer_id is null then 'unattributed'
            when pos_check.loyalty_number is not null then 'loyalty_number'
            else 'card_token'
        end as attribution_method,
        by_reservation.attribution_confidence
    from pos_check
    left join by_reservation using (source_system, property_code, pos_check_id)
    left join by_payer using (source_system, property_code, pos_check_id)
)

select
    {{ columns([
        'source_system', 'property_code', 'pos_check_id', 'business_date', 'reservation_id', 'confirmation_number', 'customer_id',
        'source_record_id', 'payer_source_record_id', 'reservation_source_system', 'matched_reservation_id', 'attribution_method',
    ], 'decided') }},
    case when payment_method_code = 'room_charge' then room_number end as charged_room_number,
    cast(case attribution_method
        when 'loyalty_number' then 0.95 when 'card_token' then 0.85 when 'unattributed' then 0 else attribution_confidence
    end as double) as attribution_confidence,
    lines_hash,
    delivery_sequence,
    night_date,
    greatest(decided.night_date, coalesce(record.valid_from, decided.night_date)) as refreshed_night_date
from decided
left join {{ source('identity', 'customer_record') }} as record on decided.source_record_id = record.source_record_id

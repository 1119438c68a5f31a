-- one row per check, way of naming a reservation and reservation that fits it best; a check that names none has one row without a reservation
{{ config(materialized='incremental', unique_key=['source_system', 'property_code', 'pos_check_id']) }}

with
{% if is_incremental() %}
changed as (
    select distinct
        version.property_code, version.reservation_id, version.confirmation_number, version.room_number,
        version.arrival_date, version.departure_date
    from {{ ref('stg_reservation_version') }} as version
    semi join (
        select distinct source_system, property_code, reservation_id
        from {{ ref('stg_reservation_version') }}
        where {{ newly_arrived() }}
    ) as fresh using (source_system, property_code, reservation_id)
),

affected as (
    select source_system, property_code, pos_check_id from {{ ref('stg_pos_check') }} where {{ newly_arrived() }}
    {% for way in pos_reservation_methods() %}
    union
    select pos_check.source_system, pos_check.property_code, pos_check.pos_check_id
    from {{ ref('stg_pos_check') }} as pos_check
    inner join changed as reservation on pos_check.property_code = reservation.property_code and {{ way.condition }}
    {% endfor %}
),

pos_check as (
    select * from {{ ref('stg_pos_check') }}
    semi join affected using (source_system, property_code, pos_check_id)
),
{% else %}
pos_check as (
    select * from {{ ref('stg_pos_check') }}
),
{% endif %}

-- Reservations whose versions ever answered to the check: a guest who moved was charged in the old room, too.
meant as (
    {% for way in pos_reservation_methods() %}
    select distinct
        pos_check.source_system as pos_source_system, pos_check.property_code, pos_check.pos_check_id,
        '{{ way.name }}' as match_method, {{ loop.index }} as method_rank,
        reservation.source_system, reservation.reservation_id
    from pos_check
    inner join {{ ref('stg_reservation_version') }} as reservation
        on pos_check.property_code = reservation.property_code and {{ way.condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

version as (
    select * from {{ ref('stg_reservation_version') }}
    semi join meant using (source_system, property_code, reservation_id)
),

reservation as (
    select
        source_system,
        property_code,
        reservation_id,
        arg_max(status, (updated_at, row_hash)) as status,
        arg_max(arrival_date, (updated_at, row_hash)) as arrival_date,
        arg_max(departure_date, (updated_at, row_hash)) as departure_date,
        arg_max(checked_in_at, (updated_at, row_hash)) as checked_in_at,
        arg_max(checked_out_at, (updated_at, row_hash)) as checked_out_at,
        list(distinct room_number) filter (where room_number is not null) as room_numbers,
        -- No later than that; a history load shows only the end.
        min(updated_at) filter (where status = 'in_house' and not is_history) as shown_in_house_at,
        min(updated_at) filter (where status = 'checked_out' and not is_history) as shown_checked_out_at,
        arg_max(
            {'first_name': guest_first_name, 'last_name': coalesce(guest_last_name, guest_native_name)}, (updated_at, row_hash)
        ) filter (where coalesce(guest_last_name, guest_native_name) is not null) as guest,
        {{ companion_list('arg_max(accompanying_guests, (updated_at, row_hash))') }} as companions
    from version
    group by source_system, property_code, reservation_id
),

-- Since when a reservation had a room, and until when: from the version that first shows it to the one that shows the next. The first room counts from check-in, the last to check-out.
room_period as (
    select
        source_system,
        property_code,
        reservation_id,
        room_number,
        case when lag(room_number) over of_reservation is not null then updated_at end as held_from,
        lead(updated_at) over of_reservation as held_until
    from (
        select *
        from version
        where room_number is not null
        qualify {{ differs('room_number', 'lag(room_number) over (partition by source_system, property_code, reservation_id order by updated_at, row_hash)') }}
    )
    window of_reservation as (partition by source_system, property_code, reservation_id order by updated_at, row_hash)
),

judged as (
    select
        pos_check.*,
        meant.match_method,
        meant.method_rank,
        reservation.source_system as reservation_source_system,
        reservation.reservation_id as matched_reservation_id,
        {{ has_all_words('pos_check.guest_name', 'reservation.guest.last_name') }} as is_name_agreed,
        case
            when {{ has_all_words('pos_check.guest_name', 'reservation.guest.first_name') }} then 2
            when {{ has_initial_of('pos_check.guest_name', 'reservation.guest.first_name') }} then 1
            else 0
        end as first_name_level,
        len(list_filter(
            reservation.companions,
            lambda companion: {{ has_all_words('pos_check.guest_name', "companion.first_name || ' ' || companion.last_name") }}
        )) > 0 as is_companion_agreed,
        pos_check.business_date between reservation.arrival_date and reservation.departure_date as is_in_dates,
        pos_check.business_date = reservation.arrival_date as is_first_day,
        pos_check.business_date = reservation.departure_date as is_last_day,
        {{ has_come_by_check() }} as has_come,
        {{ has_left_by_check() }} as has_left,
        exists (
            select 1
            from room_period
            where room_period.source_system = meant.source_system
                and room_period.property_code = meant.property_code
                and room_period.reservation_id = meant.reservation_id
                and {{ room_key('room_period.room_number') }} = {{ room_key('pos_check.room_number') }}
                and coalesce(pos_check.served_at >= room_period.held_from, pos_check.business_date >= {{ local_date('room_period.held_from') }}, true)
                and coalesce(pos_check.served_at < room_period.held_until, pos_check.business_date <= {{ local_date('room_period.held_until') }}, true)
        ) as is_room_held,
        -- Where 12 and 012 are two rooms, as written counts.
        coalesce(list_contains(reservation.room_numbers, pos_check.room_number), false) as is_room_as_written
    from meant
    inner join pos_check
        on meant.pos_source_system = pos_check.source_system
        and meant.property_code = pos_check.property_code
        and meant.pos_check_id = pos_check.pos_check_id
    inner join reservation
        on meant.source_system = reservation.source_system
        and meant.property_code = reservation.property_code
        and meant.reservation_id = reservation.reservation_id
    left join {{ ref('stg_property') }} as property on meant.property_code = property.property_code
    where meant.match_method <> 'room_charge'
        or (
            reservation.status in ('in_house', 'checked_out')
            and pos_check.business_date between reservation.arrival_date and reservation.departure_date
        )
),

-- Not yet in the room; or settling the bill after check-out, since the next guest has not come; or there. On the day of a
-- changeover it matters how sure that is; between sharers it says nothing.
placed as (
    select
        *,
        case
            when not has_come then 1
            when has_left then 2
            when bool_or(is_first_day) over check_method and bool_or(is_last_day) over check_method
                then 4 + coalesce(cast(has_come as integer), 0) + coalesce(cast(not has_left as integer), 0)
            else 4
        end as presence_level
    from judged
    window check_method as (partition by source_system, property_code, pos_check_id, method_rank)
),

best as (
    select
        *,
        256 * cast(is_room_as_written as integer)
        + 128 * cast(is_in_dates as integer)
        + 64 * cast(coalesce(is_name_agreed, false) or coalesce(is_companion_agreed, false) as integer)
        + 32 * cast(is_room_held as integer)
        + 4 * presence_level
        + first_name_level as fit
    from placed
    qualify rank() over (partition by source_system, property_code, pos_check_id, method_rank order by fit desc) = 1
)

select
    {{ surrogate_key(['pos_check.source_system', 'pos_check.property_code', 'pos_check.pos_check_id', 'match_method', 'reservation_source_system', 'matched_reservation_id']) }}
        as match_id,
    pos_check.source_system,
    pos_check.property_code,
    pos_check.pos_check_id,
    best.match_method,
    best.method_rank,
    best.reservation_source_system,
    best.matched_reservation_id,
    {{ check_match_confidence('best') }} as match_confidence,
    count(best.matched_reservation_id) over (
        partition by pos_check.source_system, pos_check.property_code, pos_check.pos_check_id, best.method_rank
    ) as fit_count,
    pos_check.delivery_sequence,
    pos_check.night_date
from pos_check
left join best using (source_system, property_code, pos_check_id)

-- one row per property_code, business_month and check_code: two roads to one figure, side by side
{{ config(materialized='table', tags=['marts']) }}

{# Equality expected, name of the left and the right figure, whether they are converted amounts. #}
{% set checks = {
    'room_nights_reservation_stay': [true, 'reservations', 'stays', false],
    'room_revenue_reservation_stay': [true, 'reservations', 'stays', true],
    'room_revenue_stay_night': [true, 'stays', 'stay nights', true],
    'pos_net_check_line': [true, 'checks', 'check lines', true],
    'fnb_folio_pos': [false, 'folio', 'checks charged to a room', true],
    'reservation_with_customer': [false, 'all', 'with a customer', false],
    'pos_check_with_customer': [false, 'all', 'with a customer', false],
    'interaction_with_customer': [false, 'all', 'with a customer', false],
} %}

with reservation as (
    select
        *,
        date_trunc('month', arrival_date) as business_month,
        status in ('in_house', 'checked_out') as is_stay
    from {{ ref('fct_reservation') }}
),

stay as (
    select *, date_trunc('month', arrival_date) as business_month
    from {{ ref('fct_stay') }}
),

figure as (
    select
        property_code, business_month, 'room_nights_reservation_stay' as check_code,
        los_nights * least(room_count, 999) as left_figure, 0 as right_figure
    from reservation
    where is_stay
    union all
    select property_code, business_month, 'room_nights_reservation_stay', 0, los_nights from stay
    union all
    select property_code, business_month, 'room_revenue_reservation_stay', room_revenue_reporting_amount, 0
    from reservation
    where is_stay
    union all
    select property_code, business_month, 'room_revenue_reservation_stay', 0, room_revenue_reporting_amount from stay
    union all
    select property_code, business_month, 'room_revenue_stay_night', room_revenue_reporting_amount, 0 from stay where los_nights > 0
    union all
    select stay.property_code, stay.business_month, 'room_revenue_stay_night', 0, night.room_revenue_reporting_amount
    from {{ ref('fct_stay_night') }} as night
    inner join stay on night.stay_id = stay.stay_id
    union all
    select property_code, date_trunc('month', business_date), 'pos_net_check_line', net_reporting_amount, 0
    from {{ ref('fct_pos_check') }}
    union all
    select property_code, date_trunc('month', business_date), 'pos_net_check_line', 0, net_reporting_amount
    from {{ ref('fct_pos_line') }}
    where not is_void and coalesce(item_category, 'other') not in ('tip', 'service_charge')
    union all
    select property_code, business_month, 'fnb_folio_pos', fnb_revenue_amount * reporting_rate, 0 from reservation where is_stay
    union all
    -- A check counts in the month of the stay that pays it, as its folio does.
    select
        pos_check.property_code, coalesce(reservation.business_month, date_trunc('month', pos_check.business_date)), 'fnb_folio_pos',
        0, pos_check.fnb_net_amount * pos_check.reporting_rate
    from {{ ref('fct_pos_check') }} as pos_check
    left join reservation
        on pos_check.reservation_source_system = reservation.source_system
        and pos_check.property_code = reservation.property_code
        and pos_check.reservation_id = reservation.reservation_id
    where pos_check.is_on_folio
    union all
    select property_code, business_month, 'reservation_with_customer', 1, cast(customer_id is not null as integer) from reservation
    union all
    select property_code, date_trunc('month', business_date), 'pos_check_with_customer', 1, cast(customer_id is not null as integer)
    from {{ ref('fct_pos_check') }}
    union all
    select
        coalesce(property_code, 'none'), date_trunc('month', {{ local_date('started_at') }}), 'interaction_with_customer',
        1, cast(customer_id is not null as integer)
    from {{ ref('fct_interaction') }}
),

summed as (
    select
        property_code,
        cast(business_month as date) as business_month,
        check_code,
        cast(coalesce(sum(left_figure), 0) as decimal(18, 4)) as left_figure,
        cast(coalesce(sum(right_figure), 0) as decimal(18, 4)) as right_figure,
        count(*) as row_count
    from figure
    group by property_code, business_month, check_code
)

select
    property_code,
    business_month,
    check_code,
    case check_code {% for code, check in checks.items() %}when '{{ code }}' then '{{ check[1] }}' {% endfor %}end as left_name,
    left_figure,
    case check_code {% for code, check in checks.items() %}when '{{ code }}' then '{{ check[2] }}' {% endfor %}end as right_name,
    right_figure,
    cast(right_figure - left_figure as decimal(18, 4)) as difference_figure,
    check_code in ({% for code, check in checks.items() if check[0] %}'{{ code }}'{{ ', ' if not loop.last }}{% endfor %}) as is_equality_expected,
    -- Amounts are converted row by row, so each part may miss by a rounding in the fourth decimal; nights and counts must be the same.
    abs(right_figure - left_figure)
    <= case when check_code in ({% for code, check in checks.items() if check[3] %}'{{ code }}'{{ ', ' if not loop.last }}{% endfor %}) then row_count * 0.0001 else 0 end
        as is_equal
from summed

{# One row per company_id of a kind: what the account brings. Year = the 365 days up to the night, year before = the 365 before those. #}
{% macro account_mart(company_type, id_column) -%}
with reservation as (
    select
        {{ id_column }} as company_id,
        source_system,
        property_code,
        reservation_id,
        customer_id,
        arrival_date,
        status,
        case
            when arrival_date > {{ night() }} then 'ahead'
            when arrival_date > {{ night() }} - 365 then 'year'
            when arrival_date > {{ night() }} - 730 then 'year_before'
            else 'earlier'
        end as period_code
    from {{ ref('fct_reservation') }}
    where {{ id_column }} is not null
),

stay as (
    select
        source_system,
        property_code,
        reservation_id,
        sum(los_nights) as night_count,
        sum(room_revenue_reporting_amount) as room_revenue_amount,
        sum(total_revenue_reporting_amount) as total_revenue_amount
    from {{ ref('fct_stay') }}
    where {{ id_column }} is not null
    group by source_system, property_code, reservation_id
),

summed as (
    select
        reservation.company_id,
        count(*) as reservation_count,
        count(*) filter (where status = 'cancelled') as cancelled_count,
        count(*) filter (where status = 'no_show') as no_show_count,
        count(*) filter (where status = 'reserved' and period_code = 'ahead') as on_books_count,
        count(distinct customer_id) as guest_count,
        {% for suffix, condition in {'': 'true', '_year': "period_code = 'year'", '_year_before': "period_code = 'year_before'"}.items() %}
        coalesce(sum(stay.night_count) filter (where {{ condition }}), 0) as night{{ suffix }}_count,
        coalesce(sum(stay.room_revenue_amount) filter (where {{ condition }}), 0) as room_revenue{{ suffix }}_amount,
        coalesce(sum(stay.total_revenue_amount) filter (where {{ condition }}), 0) as total_revenue{{ suffix }}_amount,
        {% endfor %}
        max(arrival_date) filter (where stay.night_count is not null) as last_arrival_date
    from reservation
    left join stay using (source_system, property_code, reservation_id)
    group by reservation.company_id
),

-- A: the accounts, largest first, that together make the first half of the year's revenue; B: up to 80%; C: the rest; D: no revenue in the year.
ranked as (
    select
        *,
        coalesce(
            sum(total_revenue_year_amount) over (
                order by total_revenue_year_amount desc, company_id rows between unbounded preceding and 1 preceding
            ), 0
        ) / nullif(sum(total_revenue_year_amount) over (), 0) as revenue_share_above
    from summed
)

select
    ranked.company_id,
    company.company_name,
    company.iata_number,
    company.property_count,
    ranked.reservation_count,
    ranked.cancelled_count,
    ranked.no_show_count,
    ranked.on_books_count,
    ranked.guest_count,
    cast(ranked.night_count as bigint) as night_count,
    cast(ranked.night_year_count as bigint) as night_year_count,
    cast(ranked.night_year_before_count as bigint) as night_year_before_count,
    cast(ranked.room_revenue_amount as decimal(18, 4)) as room_revenue_amount,
    cast(ranked.total_revenue_amount as decimal(18, 4)) as total_revenue_amount,
    cast(ranked.total_revenue_year_amount as decimal(18, 4)) as total_revenue_year_amount,
    cast(ranked.total_revenue_year_before_amount as decimal(18, 4)) as total_revenue_year_before_amount,
    cast(ranked.room_revenue_amount / nullif(ranked.night_count, 0) as decimal(18, 4)) as adr_amount,
    cast(ranked.room_revenue_year_amount / nullif(ranked.night_year_count, 0) as decimal(18, 4)) as adr_year_amount,
    ranked.cancelled_count / ranked.reservation_count as cancellation_share,
    ranked.total_revenue_year_amount / nullif(ranked.total_revenue_year_before_amount, 0) - 1 as revenue_change_share,
    case
        when ranked.total_revenue_year_amount = 0 and ranked.total_revenue_year_before_amount = 0 then 'silent'
        when ranked.total_revenue_year_before_amount = 0 then 'new'
        when ranked.total_revenue_year_amount >= 1.1 * ranked.total_revenue_year_before_amount then 'growing'
        when ranked.total_revenue_year_amount < 0.9 * ranked.total_revenue_year_before_amount then 'shrinking'
        else 'steady'
    end as trend_code,
    ranked.last_arrival_date,
    case
        when ranked.total_revenue_year_amount <= 0 then 'D'
        when ranked.revenue_share_above < 0.5 then 'A'
        when ranked.revenue_share_above < 0.8 then 'B'
        else 'C'
    end as rating_code,
    '{{ var("reporting_currency") }}' as currency_code
from ranked
inner join {{ ref('dim_company') }} as company on ranked.company_id = company.company_id
where company.company_type = '{{ company_type }}'
{%- endmacro %}

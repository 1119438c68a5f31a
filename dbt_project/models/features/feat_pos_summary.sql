-- one row per customer_id and as_of_date with at least one attributed POS check known by then
{{ config(materialized='view', tags=['core']) }}

with version as (
    select
        *,
        {{ superseded_on(['source_system', 'property_code', 'pos_check_id', 'line_number']) }} as newer_on,
        min(case when {{ is_whole_check() }} then known_on end) over (
            partition by source_system, property_code, pos_check_id
            order by updated_at desc
            groups between unbounded preceding and 1 preceding
        ) as replaced_on
    from {{ ref('stg_pos_line_version') }}
),

-- A line ends with its own newer version, or with one of the whole check that no longer has it.
period as (
    select *, least(newer_on, replaced_on) as superseded_on
    from version
),

-- Lines of a check that came and went together are added up first: as-of dates then multiply checks, not lines.
part as (
    select
        source_system,
        property_code,
        pos_check_id,
        business_date,
        currency_code,
        greatest(known_on, business_date) as visible_on,
        superseded_on,
        sum(net_amount) filter (where item_category in ('food', 'beverage')) as fnb_amount,
        sum(net_amount) filter (where coalesce(item_category, 'other') not in ('tip', 'service_charge')) as net_amount
    from period
    where not coalesce(is_void, false)
        and coalesce(check_status, 'closed') <> 'voided'
        and (superseded_on is null or greatest(known_on, business_date) < superseded_on)
    group by all
),

priced as (
    select
        part.*,
        pos_check.customer_id,
        {{ reporting_rate('part.currency_code', 'fx.rate') }} as reporting_rate
    from part
    inner join {{ ref('fct_pos_check') }} as pos_check
        on part.source_system = pos_check.source_system
        and part.property_code = pos_check.property_code
        and part.pos_check_id = pos_check.pos_check_id
        and pos_check.customer_id is not null
    {{ join_rate('part', 'part', 'business_date') }}
)

select
    priced.customer_id,
    as_of.as_of_date,
    count(distinct (priced.source_system, priced.property_code, priced.pos_check_id)) as pos_check_count,
    cast(coalesce(sum({{ reporting_amount('priced.fnb_amount', 'priced.reporting_rate') }}), 0) as decimal(18, 4)) as fnb_amount,
    cast(coalesce(sum({{ reporting_amount('priced.net_amount', 'priced.reporting_rate') }}), 0) as decimal(18, 4)) as pos_amount
from priced
inner join {{ ref('feat_as_of') }} as as_of
    on as_of.as_of_date >= priced.visible_on
    and {{ is_sampled(hash_number('priced.customer_id')) }}
    and (priced.superseded_on is null or as_of.as_of_date < priced.superseded_on)
group by priced.customer_id, as_of.as_of_date

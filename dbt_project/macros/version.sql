{# Versions, nights and rates: what several models say in the same words. #}

{# Of all versions of a key the newest; equal updated_at: the one whose content hash sorts last. A total order, so no delivery order matters. #}
{% macro newest_first() -%}
order by updated_at desc, row_hash desc
{%- endmacro %}

{# Whether this version of a check replaces all its lines. #}
{% macro is_whole_check() -%}
contains(extra, '"_whole_check":true')
{%- endmacro %}

{# Of all versions of check lines the current ones. Where the vendor's mapping says that a check's newest version replaces all its lines (ingest marks
   such rows in extra), a line that this version no longer has is gone. #}
{% macro current_lines() -%}
qualify row_number() over (partition by source_system, property_code, pos_check_id, line_number {{ newest_first() }}) = 1
    and updated_at >= coalesce(
        max(case when {{ is_whole_check() }} then updated_at end) over (partition by source_system, property_code, pos_check_id),
        updated_at
    )
{%- endmacro %}

{# When we knew a version (CONTRACTS.md, known_on). history_date: the date of the fact itself, used for what a first night brought. #}
{% macro known_on(history_date) -%}
case
    when night_date = first_night_date then least(coalesce({{ history_date }}, {{ local_date('updated_at') }}), night_date)
    else night_date
end
{%- endmacro %}

{# Every version of a feed's rows, in the load that brought it first, with when we knew it. Version: key, updated_at and content hash (row_hash).
   What a source sends of a property on its first night is history: known since `history_date`, the date of the fact itself. #}
{% macro versions_of(feed, key, history_date) -%}
{%- set version = (key + ['updated_at', 'row_hash']) | join(', ') -%}
with source as (
    select * from {{ source('lake', feed) }}
),

first_night as (
    select source_system, property_code, min(night_date) as first_night_date
    from (
        select source_system, property_code, night_date from source
        {% if is_incremental() %}
        union all
        select source_system, property_code, night_date from {{ this }}
        {% endif %}
    )
    group by source_system, property_code
),

new_version as (
    select source.*
    from source
    {% if is_incremental() %}
    anti join {{ this }} as known using ({{ version }})
    {% endif %}
    qualify row_number() over (partition by {{ version }} order by delivery_sequence, row_number) = 1
)

select
    new_version.*,
    new_version.night_date = first_night.first_night_date as is_history,
    {{ known_on(history_date) }} as known_on
from new_version
inner join first_night
    on new_version.source_system = first_night.source_system
    and new_version.property_code is not distinct from first_night.property_code
{%- endmacro %}

{# Versions that this model has not seen, and all of the night that runs (so that a night killed half-way can simply be repeated). #}
{% macro newly_arrived() -%}
(
    delivery_sequence > (select coalesce(max(delivery_sequence), 0) from {{ this }})
    or night_date = cast('{{ var("night_date") }}' as date)
)
{%- endmacro %}

{# Facts that changed, by version or by customer, since this model was last built. #}
{% macro newly_refreshed() -%}
(
    refreshed_night_date > (select coalesce(max(refreshed_night_date), date '0001-01-01') from {{ this }})
    or refreshed_night_date = cast('{{ var("night_date") }}' as date)
)
{%- endmacro %}

{# The rate into the reporting currency: 1 only for that currency itself, null when there is none. #}
{% macro reporting_rate(currency_code, rate) -%}
case when {{ currency_code }} = '{{ var("reporting_currency") }}' then cast(1 as decimal(18, 8)) else {{ rate }} end
{%- endmacro %}

{# Left join, as `fx`, to the newest rate on or before a day. `rows` is the query or relation behind the alias; its distinct days are looked up, not its rows. #}
{% macro join_rate(alias, rows, day) -%}
left join (
        select asked.currency_code, asked.day, rated.rate
        from (select distinct currency_code, {{ day }} as day from {{ rows }}) as asked
        asof left join {{ ref('fx_rate') }} as rated on asked.currency_code = rated.currency_code and asked.day >= rated.rate_date
    ) as fx on {{ alias }}.currency_code = fx.currency_code and {{ alias }}.{{ day }} = fx.day
{%- endmacro %}

{# An amount in the reporting currency. #}
{% macro reporting_amount(amount, rate='reporting_rate') -%}
cast({{ amount }} * {{ rate }} as decimal(18, 4))
{%- endmacro %}

{# Key of a company or agency: its IATA number or name group-wide, else the profile, which is local to the property. #}
{% macro company_key(company_type, profile_id, name, iata="null") -%}
case
    when {{ iata }} is not null then {{ surrogate_key(["'" ~ company_type ~ "'", "'iata'", iata]) }}
    when {{ profile_id }} is not null then {{ surrogate_key(["'" ~ company_type ~ "'", 'source_system', 'property_code', profile_id]) }}
    when {{ name }} is not null then {{ surrogate_key(["'" ~ company_type ~ "'", "'name'", 'lower(' ~ name ~ ')']) }}
end
{%- endmacro %}

{# The named columns of one alias, one under the other. #}
{% macro columns(names, alias) -%}
{% for name in names %}{{ alias }}.{{ name }}{{ ',\n        ' if not loop.last }}{% endfor %}
{%- endmacro %}

-- one row per model_version, step_number and item_rank: how the segments of a training came about, in five steps that can be read
{{ config(materialized='table', tags=['marts']) }}

{# Step: its number, what metrics hold of it, and what the items are called by. #}
{% set steps = {
    'features': [1, '$.features[*]', 'axis'],
    'value_tiers': [2, '$.value_tiers[*]', 'value_tier_code'],
    'needs': [3, '$.segments[*]', 'segment_code'],
    'choice': [4, '$.tried[*]', 'algorithm'],
    'judgement': [5, '$.segments[*]', 'segment_code'],
} %}

{# Stability is measured of plans that are clear and sound only. #}
{% set is_followed = 'coalesce(cast(' ~ record_text('ari_mean') ~ ' as double), 0) > 0' %}

with training as (
    select model_version, trained_as_of, is_promoted, metrics
    from {{ source('ml', 'model_run') }}
    where model_name = 'segment'
),

item as (
    {% for code, step in steps.items() %}
    select
        model_version,
        trained_as_of,
        is_promoted,
        {{ step[0] }} as step_number,
        '{{ code }}' as step_code,
        unnest(range(1, len(json_extract(metrics, '{{ step[1] }}')) + 1)) as item_rank,
        unnest(json_extract(metrics, '{{ step[1] }}')) as item,
        '$.{{ step[2] }}' as name_path,
        json_extract(metrics, '$.chosen') as chosen
    from training
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

told as (
    select
        *,
        json_extract_string(item, name_path) as item_code,
        step_code = 'choice'
        {% for figure in ['algorithm', 'k', 'axes', 'silhouette', 'smallest_share'] %}
        and {{ record_text(figure) }} = json_extract_string(chosen, '$.{{ figure }}')
        {%- endfor %} as is_like_chosen
    from item
),

-- What serves may be on record twice: as it was in use, and as it was found again.
marked as (
    select
        *,
        coalesce(is_like_chosen, false)
        and row_number() over (partition by model_version, step_number, is_like_chosen order by item_rank) = 1 as is_chosen
    from told
)

select
    model_version,
    trained_as_of,
    is_promoted,
    step_number,
    step_code,
    cast(item_rank as bigint) as item_rank,
    item_code,
    case step_code
        when 'features'
            then item_code || ' is ' || {{ record_text('column') }} || ', taken as ' || {{ record_text('transform') }} || ', standardised, weight '
                || {{ record_text('weight') }} || case when {{ record_flag('is_used') }} then '; the segments look at it' else '; the segments do not look at it' end
        when 'value_tiers'
            then item_code || ': ' || {{ record_text('customer_count') }} || ' customers with ' || {{ record_percent('revenue_share') }} || ' of the spend of the trailing year'
        when 'needs'
            then {{ record_text('segment_name') }} || ': ' || {{ record_text('customer_count') }} || ' customers'
                || coalesce('; nights per stay ' || {{ record_number('median_mean_los_nights') }}, '')
                || coalesce('; books ' || {{ record_number('median_mean_lead_time_days') }} || ' days ahead', '')
                || coalesce('; per visit ' || {{ record_number('median_average_visit_amount') }}, '')
                || coalesce('; direct ' || {{ record_percent('mean_direct_share') }}, '')
                || coalesce('; on business ' || {{ record_percent('mean_business_share') }}, '')
                || coalesce('; at weekends ' || {{ record_percent('mean_weekend_share') }}, '')
                || coalesce('; members ' || {{ record_percent('mean_is_member') }}, '')
        when 'choice'
            then {{ record_text('k') }} || ' segments by ' || replace(item_code, '_', ' ')
                || ' of ' || array_to_string(json_extract_string(item, '$.axes[*]'), ', ')
                || coalesce('; silhouette ' || {{ record_number('silhouette') }}, '')
                || case when {{ is_followed }} then '; stability ' || {{ record_number('ari_mean') }} || ', lowest ' || {{ record_number('ari_lowest') }} else '' end
                || coalesce('; smallest ' || {{ record_percent('smallest_share') }} || ', largest ' || {{ record_percent('largest_share') }}, '')
                || case when {{ record_flag('is_passing') }} then '; meets every bar' when {{ is_followed }} then '; misses a bar' else '; not followed up' end
                || case when is_chosen then '; chosen' else '' end
        when 'judgement'
            then {{ record_text('segment_name') }} || ': '
                || case when json_type(item, '$.judged') is null or json_type(item, '$.judged') = 'NULL' then 'not judged' else
                    {% for question, words in {
                        'is_big_enough': 'big enough', 'is_distinct': 'tells itself apart', 'is_reachable': 'reachable',
                        'is_profitable': 'profitable', 'is_understandable': 'understandable',
                    }.items() %}
                    '{{ words }} ' || case when {{ record_flag('judged.' ~ question) }} then 'yes' else 'no' end{{ " || ', ' ||" if not loop.last }}
                    {% endfor %}
                end
    end as statement,
    is_chosen,
    item as figures
from marked

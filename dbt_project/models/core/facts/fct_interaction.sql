-- one row per (source_system, interaction_id): the current version, with its customer
{{ config(materialized='incremental', unique_key=['source_system', 'interaction_id']) }}

with attributed as (
    select
        interaction.* exclude (row_number, extra, file_sha256, folder_date, is_history),
        attribution.* exclude (source_system, interaction_id, matched_reservation_id),
        attribution.matched_reservation_id as reservation_id,
        {{ surrogate_key([
            'row_hash', 'customer_id', 'source_record_id', 'caller_source_record_id', 'caller_customer_id', 'caller_match_probability', 'attribution_method',
            'attribution_confidence', 'reservation_source_system', 'reservation_property_code', 'matched_reservation_id', 'refreshed_night_date',
        ]) }} as fact_hash
    from {{ ref('stg_interaction') }} as interaction
    inner join {{ ref('interaction_attribution') }} as attribution using (source_system, interaction_id)
)

select * from attributed
{% if is_incremental() %}
anti join {{ this }} as built using (source_system, interaction_id, fact_hash)
{% endif %}

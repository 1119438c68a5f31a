-- one row per version of an interaction: (source_system, interaction_id), updated_at and row_hash; the first load of each is kept
{{ config(materialized='incremental', incremental_strategy='append') }}

{{ versions_of('interactions', ['source_system', 'interaction_id'], local_date('started_at')) }}

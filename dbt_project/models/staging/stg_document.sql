-- one row per document_hash: a document number that any accepted row ever showed
{{ config(materialized='incremental', incremental_strategy='append') }}

select
    document_hash,
    any_value(neighbour_hashes) as neighbour_hashes
from {{ source('lake', 'document') }}
{% if is_incremental() %}
where document_hash not in (select document_hash from {{ this }})
{% endif %}
group by document_hash

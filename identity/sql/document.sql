-- Documents whose numbers are one slip apart. Numbers are known by keyed hashes alone: of the number, and of its neighbourhood (staging.stg_document).

-- name: known_document
create or replace temp view known_document as
select document_hash, neighbour_hashes
from staging.stg_document

-- name: no_known_document
-- staging without neighbourhoods
create or replace temp view known_document as
select cast(null as varchar) as document_hash, cast(null as uinteger[]) as neighbour_hashes
where false

-- name: document_slip
-- one row per pair of documents, of the profiles at hand, whose numbers are one slip apart; first < second
create or replace temp table document_at_hand as
select held.document_key, known.neighbour_hashes
from (select distinct document_key from profile where document_key is not null) as held
inner join known_document as known on held.document_key = known.document_hash;
create or replace temp table document_slip as
with neighbour as (
    select rowid as place, unnest(neighbour_hashes) as neighbour_hash from document_at_hand
),
met as (
    select distinct a.place as first_place, b.place as second_place
    from neighbour as a
    inner join neighbour as b on a.neighbour_hash = b.neighbour_hash and a.place < b.place
)
select
    least(a.document_key, b.document_key) as first_document,
    greatest(a.document_key, b.document_key) as second_document
from met
inner join document_at_hand as a on met.first_place = a.rowid
inner join document_at_hand as b on met.second_place = b.rowid;
drop table document_at_hand;
create or replace temp view slip_of_document as
select first_document as document_key, second_document as like_key, first_document || ' ' || second_document as slip
from document_slip
union all
select second_document, first_document, first_document || ' ' || second_document
from document_slip

"""Made-up person records in any number, written by DuckDB alone: what the speed of identity is measured on.

Each person has one to six records; each field is there or not by chance, some have a typing error, and some e-mails
are an agency's or a booking site's.
"""

from pathlib import Path

import duckdb

# Person p, its n-th record: u is a share (0-1) by record and salt, v by person and salt.
RECORDS = """
create or replace temp macro u(p, n, salt) as (hash(p, n, salt) % 1000003) / 1000003.0;
create or replace temp macro v(p, salt) as (hash(p, salt) % 1000003) / 1000003.0;
create or replace temp macro syllable(i) as list_extract(
    string_split('ba ber co dan el fer gar hol in jen ka lo mar nor os pe qui ros san to ul ver wil zan', ' '),
    1 + cast(i % 24 as integer));
create or replace temp macro word(i) as
    syllable(i) || syllable(i // 24) || case when i >= 576 then syllable(i // 576) else '' end;
create or replace temp macro slip(text, chance) as
    case when chance < 0.04 and length(text) > 5 then left(text, 3) || substr(text, 5) else text end;
create or replace temp table person_record as
with sized as (
    select range as p, 1 + cast(floor(5.5 * pow(v(range, 1), 2.2)) as integer) as record_count from range($persons)
),
listed as (select p, unnest(range(record_count)) as n from sized),
drawn as (
    select p, n,
        word(cast(floor(1200 * pow(v(p, 2), 2)) as bigint)) as first_name,
        word(576 + cast(floor(60000 * pow(v(p, 3), 2)) as bigint)) as last_name,
        date '1940-01-01' + cast(floor(24000 * v(p, 4)) as integer) as birth_date
    from listed
)
select
    md5('record' || p || '-' || n) as source_record_id, 'reservation' as record_kind, 'guest' as role,
    'pms' as source_system,
    'H' || cast(floor(20 * u(p, n, 5)) as integer) as property_code, 'r' || p || '-' || n as reference_id,
    cast(202601010110001 as bigint) as delivery_sequence, row_number() over (order by hash(p, n)) as row_number,
    date '2026-01-01' as night_date,
    slip(first_name, u(p, n, 6)) as first_name, slip(last_name, u(p, n, 7)) as last_name,
    case when u(p, n, 8) < 0.05 then 'desk' || cast(floor(400 * v(p, 9)) as integer) || '@agency.example'
         when u(p, n, 8) < 0.15 then 'g' || p || 'x' || n || '@guest.booking.com'
         when u(p, n, 8) < 0.65 then first_name || '.' || last_name || p || '@example.com' end as email,
    case when u(p, n, 10) < 0.5 then '+4917' || lpad(cast(hash(p, 11) % 100000000 as varchar), 8, '0') end as phone,
    case when u(p, n, 12) < 0.4 then birth_date end as birth_date,
    case when u(p, n, 13) < 0.4 then lpad(cast(hash(p, 14) % 60000 as varchar), 5, '0') end as postal_code,
    case when u(p, n, 13) < 0.4 then word(hash(p, 15) % 3000) || ' street ' || hash(p, 16) % 200 end as address,
    case when u(p, n, 13) < 0.4 then word(hash(p, 14) % 1500) end as city, 'DE' as country_code,
    case when u(p, n, 17) < 0.15 then 'passport' end as document_type,
    case when u(p, n, 17) < 0.15 then md5('document' || p) end as document_hash,
    case when v(p, 18) < 0.2 and u(p, n, 19) < 0.6 then 'L' || p end as loyalty_number,
    case when u(p, n, 20) < 0.8 then 'g' || p end as guest_profile_id,
    case when u(p, n, 21) < 0.5 then 'C' || p || 'x' || n end as confirmation_number,
    date '2024-01-01' + cast(floor(730 * u(p, n, 22)) as integer) as arrival_date
from drawn
"""
SAVE = """
copy (
    select * exclude (place, new_rank)
        replace (delivery_sequence + case when new_rank <= $new_count then 1000000000 else 0 end as delivery_sequence),
        new_rank <= $new_count as is_new
    from (
        select *, row_number() over (order by row_number) as place,
            row_number() over (order by md5(source_record_id)) as new_rank
        from person_record
    )
    where place <= $record_count
) to '{path}' (format parquet)
"""


def make_records(path: Path, *, record_count: int, new_count: int) -> None:
    """Write record_count rows as Parquet; is_new marks those that a later night brings."""
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute("set memory_limit = '3GB'")
        con.execute(RECORDS.replace("$persons", str(int(record_count * 0.5) + 1)))
        con.execute(SAVE.replace("{path}", str(path)), {"new_count": new_count, "record_count": record_count})
        made = con.execute("select count(*) from person_record").fetchone()
        if made is None or made[0] < record_count:
            raise SystemExit(f"only {made} records were made of {record_count} wanted")

"""Simulated worlds as person records with truth: what the identity benchmarks compare.

Reads the simulator's files with DuckDB alone (no ingest, no dbt), so that a benchmark costs seconds; rows that can't
be read are left out.
"""

from datetime import date
from pathlib import Path

import duckdb

from benchmarks.neighbourhoods import know_neighbourhoods
from guestbook.contracts import contract
from identity.sql import PERSON_COLUMNS
from simulator import simulate

START, END = date(2022, 1, 1), date(2025, 12, 31)
ROLES = {
    "guest": ("reservations", "reservation", "reservation_id", {
        **{name: f"guest_{name}" for name in (
            "title", "first_name", "last_name", "native_name", "email", "phone", "gender", "nationality_code",
            "address", "city", "postal_code", "country_code", "document_type")},
        "birth_date": "try_cast(guest_birth_date as date)", "document_hash": "md5(guest_document_number)",
        "arrival_date": "try_cast(arrival_date as date)",
        **{name: name for name in ("loyalty_number", "guest_profile_id", "confirmation_number")},
    }),
    "booker": ("reservations", "reservation", "reservation_id", {
        "full_name": "booker_name", "email": "booker_email", "phone": "booker_phone",
        "confirmation_number": "confirmation_number",
    }),
    "caller": ("interactions", "interaction", "interaction_id", {
        "full_name": "customer_name", "email": "customer_email", "phone": "customer_phone",
        "loyalty_number": "loyalty_number", "confirmation_number": "confirmation_number",
    }),
    "payer": ("pos_checks", "pos_check", "pos_check_id", {
        "full_name": "guest_name",
        **{name: name for name in ("loyalty_number", "card_token", "confirmation_number", "reservation_id")},
    }),
}  # fmt: skip
KEY_COLUMNS = {
    "source_record_id", "record_kind", "role", "source_system", "property_code", "reference_id", "delivery_sequence",
    "row_number", "night_date",
}  # fmt: skip
WANTED = {
    "guest": "true",
    "booker": "coalesce(booker_email, booker_phone) is not null",
    "caller": "coalesce(customer_phone, customer_email, loyalty_number, confirmation_number) is not null",
    "payer": "coalesce(loyalty_number, card_token) is not null",
}
NUMBERS = """
select distinct md5(guest_document_number) as document_hash, guest_document_number as number
from reservations where guest_document_number is not null
"""
_RAW = {
    "*.csv*": """read_csv(?, all_varchar = true, union_by_name = true, ignore_errors = true, filename = true,
                          delim = ',', quote = '"', header = true)""",
    "*.jsonl*": """read_json(?, format = 'newline_delimited', ignore_errors = true, filename = true,
                             union_by_name = true, columns = {columns})""",
    "*.parquet": "read_parquet(?, union_by_name = true, filename = true)",
}


def make_world(folder: Path, *, customers: int, seed: int, start: date = START, end: date = END) -> None:
    """Simulate once; a folder that has a world is left alone."""
    if not (folder / "truth" / "person.parquet").exists():
        simulate(folder / "landing", folder / "truth", customers=customers, start=start, end=end, seed=seed)


def load_world(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Fill staging.stg_person_record and stg_document, and truth (source_record_id, role, person_id, scenario ...)."""
    con.execute("create schema if not exists staging")
    for feed in ("reservations", "interactions", "pos_checks"):
        _load_feed(con, folder / "landing" / feed, feed)
    parts = [_person_select(role) for role in ROLES]
    con.execute(f"create or replace table person_version as {' union all by name '.join(parts)}")
    fields = ", ".join(
        name
        for name in PERSON_COLUMNS
        if name not in {"delivery_sequence", "row_number", "night_date", "source_record_id", "arrival_date"}
    )
    texts = ", ".join(f"coalesce(cast({name} as varchar), '')" for name in fields.split(", "))
    con.execute(f"""
create or replace table staging.stg_person_record as
select
    md5(concat_ws('|', {texts})) as source_record_id,
    min(delivery_sequence) as delivery_sequence, min(row_number) as row_number, date '2026-01-01' as night_date,
    {fields},
    arg_max(arrival_date, updated_at) as arrival_date, arg_max(updated_at, updated_at) as updated_at
from person_version group by {fields}
""")
    know_neighbourhoods(con, con.sql(NUMBERS))
    _load_truth(con, folder / "truth")


def _load_feed(con: duckdb.DuckDBPyConnection, folder: Path, feed: str) -> None:
    names = [column.name for column in contract(feed).columns]
    selects, values = [], []
    for pattern, reader in _RAW.items():
        files = sorted(str(path) for path in folder.rglob(pattern))
        if not files:
            continue
        columns = "{" + ", ".join(f"{name}: 'VARCHAR'" for name in names) + "}"
        present = _columns(con, reader.replace("{columns}", columns), files)
        listed = ", ".join(
            f"cast({name} as varchar) as {name}" if name in present else f"cast(null as varchar) as {name}"
            for name in names
        )
        selects.append(f"select {listed}, filename from {reader.replace('{columns}', columns)}")
        values.append(files)
    rows = " union all by name ".join(selects)
    blanked = ", ".join(f"nullif(trim({name}), '') as {name}" for name in names)
    con.execute(
        f"create or replace table {feed} as "
        f"select {blanked}, filename, row_number() over (order by filename) as row_number from ({rows})",
        values,
    )


def _columns(con: duckdb.DuckDBPyConnection, reader: str, files: list[str]) -> set[str]:
    return {row[0] for row in con.execute(f"describe select * from {reader}", [files]).fetchall()}


def _person_select(role: str) -> str:
    feed, kind, key, columns = ROLES[role]
    listed = ", ".join(
        f"{columns[name]} as {name}" if name in columns else f"cast(null as {data_type}) as {name}"
        for name, data_type in PERSON_COLUMNS.items()
        if name not in KEY_COLUMNS
    )
    place = "cast(null as varchar)" if role == "caller" else "property_code"
    return f"""
select '{kind}' as record_kind, '{role}' as role, source_system, {place} as property_code, {key} as reference_id,
    replace(regexp_extract(filename, '/(\\d{{4}}-\\d{{2}}-\\d{{2}})/', 1), '-', '')::bigint as delivery_sequence,
    row_number,
    try_cast(updated_at as timestamptz) as updated_at, {listed}
from {feed}
where {key} is not null and source_system is not null and try_cast(updated_at as timestamptz) is not null
    and {WANTED[role]}
"""


def _load_truth(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """A role that changed hands has several people: the one whose name fits best is the record's."""
    for name in ("person", "reservation_person", "pos_check_person", "interaction_person"):
        con.execute(
            f"create or replace table truth_{name} as select * from read_parquet(?)", [str(folder / f"{name}.parquet")]
        )
    con.execute("""
create or replace table truth as
with held as (
    select 'reservation' as record_kind, source_system, property_code, reservation_id as reference_id, role, person_id,
        is_current
    from truth_reservation_person
    union all
    select 'pos_check', source_system, property_code, pos_check_id, role, person_id, true from truth_pos_check_person
    union all
    select 'interaction', source_system, null, interaction_id, role, person_id, true from truth_interaction_person
)
select record.source_record_id, record.role, held.person_id, person.scenario, held.is_current, record.updated_at
from staging.stg_person_record as record
inner join held
    on record.record_kind = held.record_kind and record.source_system = held.source_system
    and record.reference_id = held.reference_id
    and record.property_code is not distinct from held.property_code and record.role = held.role
inner join truth_person as person on held.person_id = person.person_id
qualify row_number() over (
    partition by record.source_record_id
    order by case when record.role <> 'guest' then 0 else
        jaro_winkler_similarity(lower(coalesce(record.last_name, '')), lower(coalesce(person.last_name, '')))
        + jaro_winkler_similarity(lower(coalesce(record.first_name, '')), lower(coalesce(person.first_name, '')))
        + (record.native_name is not distinct from person.native_name)::int end desc,
        held.is_current desc, held.person_id
) = 1
""")

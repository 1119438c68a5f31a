"""Normalisation of a whole population: each distinct value once, then joined back in the database."""

import duckdb
import pyarrow as pa

from guestbook.errors import GuestbookError
from identity import sql
from identity.contact import email_registry_reason, normalise_email, normalise_phone
from identity.names import PersonName, compared_text, parse_name
from identity.reference import word_list
from identity.text import latin_letters

_TYPES: dict[str, pa.DataType] = {
    "first_roots": pa.list_(pa.string()),
    "first_parts": pa.list_(pa.string()),
    "last_words": pa.list_(pa.string()),
    "last_roots": pa.list_(pa.string()),
    "is_initial": pa.bool_(),
    "is_ordered": pa.bool_(),
    "is_pinyin": pa.bool_(),
    "is_organisation": pa.bool_(),
    "is_known_first": pa.bool_(),
    "is_known_last": pa.bool_(),
}
BATCH_ROWS = 50_000  # names parsed at once: bounds the memory of Python objects
NAME_SCHEMA = pa.schema(
    [
        ("value_number", pa.int64()),
        ("compared_text", pa.string()),
        *((name, _TYPES.get(name, pa.string())) for name in PersonName._fields),
    ]
)
EMAIL_SCHEMA = pa.schema([("email", pa.string()), ("email_normalised", pa.string()), ("registry_reason", pa.string())])
PLACE_SCHEMA = pa.schema([("place", pa.string()), ("latin_text", pa.string())])
PHONE_SCHEMA = pa.schema([(name, pa.string()) for name in ("phone", "country_hint", "phone_e164", "phone_national")])


def normalise_people(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the work table `person` (one row per source_record_id) with the records of `changed_record`."""
    con.execute(sql.person_raw(staged_columns(con)))
    sql.run(con, "name_value")
    sql.keep_rows(con, "name_form", _name_forms(con))
    sql.keep_rows(con, "email_form", _email_forms(con))
    sql.keep_rows(con, "phone_form", _phone_forms(con))
    sql.keep_rows(con, "place_form", _place_forms(con))
    sql.run(con, "numbered_name", "compared_name")
    sql.run(con, "person_name")
    lists = {name: word_list("registry")[name] for name in ("placeholder_birth_dates", "lettered_postal_codes")}
    sql.run(con, "macro_postal_text_of")
    kinds = {spelling: kind for kind, names in word_list("registry")["document_kinds"].items() for spelling in names}
    sql.run(con, "person", document_spellings=list(kinds), document_kinds=list(kinds.values()), **lists)
    sql.drop(con, "person_raw", "name_value", "name_form", "person_name", "email_form", "phone_form", "place_form")


def _name_forms(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per distinct delivered name."""
    batches = sql.rows(con, "name_value_rows").to_batches(max_chunksize=BATCH_ROWS)
    return pa.Table.from_batches([_parse_names(batch) for batch in batches], schema=NAME_SCHEMA)


def _parse_names(batch: pa.RecordBatch) -> pa.RecordBatch:
    numbers, *parts = [column.to_pylist() for column in batch.columns]
    parsed = [parse_name(*name) for name in zip(*parts, strict=True)]
    columns = list(zip(*parsed, strict=True)) if parsed else [()] * len(PersonName._fields)
    texts = [compared_text(name) for name in parsed]
    arrays = [
        pa.array(column, type=field.type) for column, field in zip([numbers, texts, *columns], NAME_SCHEMA, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=NAME_SCHEMA)


def _email_forms(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per distinct delivered e-mail."""
    emails = sql.rows(con, "email_value_rows").column(0).to_pylist()
    canonical = [normalise_email(email) for email in emails]
    reasons = [email_registry_reason(email) if email else None for email in canonical]
    return pa.table([emails, canonical, reasons], schema=EMAIL_SCHEMA)


def _phone_forms(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per distinct delivered phone and country hint."""
    phones, hints = (column.to_pylist() for column in sql.rows(con, "phone_value_rows").columns)
    numbers = [normalise_phone(phone, hint) for phone, hint in zip(phones, hints, strict=True)]
    e164, national = zip(*numbers, strict=True) if numbers else ((), ())
    return pa.table([phones, hints, e164, national], schema=PHONE_SCHEMA)


def _place_forms(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per distinct delivered address or city with letters that are no Latin ones with or without diacritics."""
    places = sql.rows(con, "place_value_rows").column(0).to_pylist()
    return pa.table([places, [latin_letters(place) for place in places]], schema=PLACE_SCHEMA)


def staged_columns(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Columns of staging.stg_person_record. Raises GuestbookError when it was not built."""
    found = {name for (name,) in con.execute(sql.COLUMNS_OF_STAGING, ["stg_person_record"]).fetchall()}
    if "source_record_id" not in found:
        raise GuestbookError(
            "staging.stg_person_record is missing or has no source_record_id: "
            "build the staging models first (dbt tag:staging)"
        )
    return found


def know_documents(con: duckdb.DuckDBPyConnection) -> None:
    """Make the work view known_document: the neighbourhoods of document numbers that staging knows, if any."""
    is_known = con.execute(sql.COLUMNS_OF_STAGING, ["stg_document"]).fetchall()
    sql.run(con, "known_document" if is_known else "no_known_document")

"""Person records as delivered: the columns of staging.stg_person_record that identity reads."""

from collections.abc import Iterable

from identity.sql.statements import identifier

# Columns of staging.stg_person_record that are read; one that is absent counts as null.
PERSON_COLUMNS = {
    "source_record_id": "varchar",
    "record_kind": "varchar",
    "role": "varchar",
    "source_system": "varchar",
    "property_code": "varchar",
    "reference_id": "varchar",
    "delivery_sequence": "bigint",
    "row_number": "bigint",
    "night_date": "date",
    "title": "varchar",
    "first_name": "varchar",
    "last_name": "varchar",
    "full_name": "varchar",
    "native_name": "varchar",
    "email": "varchar",
    "phone": "varchar",
    "birth_date": "date",
    "gender": "varchar",
    "nationality_code": "varchar",
    "address": "varchar",
    "city": "varchar",
    "postal_code": "varchar",
    "country_code": "varchar",
    "document_type": "varchar",
    "document_hash": "varchar",
    "loyalty_number": "varchar",
    "card_token": "varchar",
    "guest_profile_id": "varchar",
    "confirmation_number": "varchar",
    "reservation_id": "varchar",
}
# Names are not values: they can't be bound, so a column list is asked for by table name.
COLUMNS_OF_STAGING = (
    "select column_name from information_schema.columns where table_schema = 'staging' and table_name = ?"
)


def changed_record(present: Iterable[str]) -> str:
    """One row per source_record_id that is new or not what it was: record_hash over all that is delivered."""
    columns = ", ".join(identifier(name) for name in PERSON_COLUMNS if name in set(present))
    return f"""
create or replace temp table changed_record as
select staged.source_record_id, staged.record_hash
from (
    select source_record_id, cast(hash({columns}) >> 1 as bigint) as record_hash from staging.stg_person_record
) as staged
left join known_person as known on staged.source_record_id = known.source_record_id
where staged.record_hash is distinct from known.record_hash
"""


def person_raw(present: Iterable[str]) -> str:
    """One row per changed record as delivered.

    name_text is the delivered name as one text, null when there is none; chr(31) stands in no name.
    """
    have = set(present)
    columns = ",\n    ".join(
        f"staged.{identifier(name)}" if name in have else f"cast(null as {data_type}) as {identifier(name)}"
        for name, data_type in PERSON_COLUMNS.items()
    )
    return f"""
create or replace temp table person_raw as
select
    {columns},
    changed.record_hash,
    record_rank(delivery_sequence, staged.row_number, role, staged.source_record_id) as record_rank,
    case when coalesce(first_name, last_name, full_name, native_name) is not null
         then concat_ws(chr(31), coalesce(title, ''), coalesce(first_name, ''), coalesce(last_name, ''),
                        coalesce(full_name, ''), coalesce(native_name, '')) end as name_text,
    coalesce(country_code, nationality_code, '') as country_hint
from staging.stg_person_record as staged
inner join changed_record as changed on staged.source_record_id = changed.source_record_id
"""

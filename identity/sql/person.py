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


def person_raw(present: Iterable[str]) -> str:
    """One row per source_record_id as delivered, in anchor order (record_number from 0).

    name_text is the delivered name as one text, null when there is none; chr(31) stands in no name.
    """
    have = set(present)
    columns = ",\n        ".join(
        identifier(name) if name in have else f"cast(null as {data_type}) as {identifier(name)}"
        for name, data_type in PERSON_COLUMNS.items()
    )
    return f"""
create or replace temp table person_raw as
with delivered as (
    select
        {columns}
    from staging.stg_person_record
)
select
    row_number() over (
        order by delivery_sequence, row_number,
            case role when 'guest' then 1 when 'booker' then 2 when 'caller' then 3 else 4 end, source_record_id
    ) - 1 as record_number,
    *,
    case when coalesce(first_name, last_name, full_name, native_name) is not null
         then concat_ws(chr(31), coalesce(title, ''), coalesce(first_name, ''), coalesce(last_name, ''),
                        coalesce(full_name, ''), coalesce(native_name, '')) end as name_text,
    coalesce(country_code, nationality_code, '') as country_hint
from delivered
"""

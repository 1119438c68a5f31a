"""Person records as delivered: the columns of staging.stg_person_record that identity reads."""

from collections.abc import Iterable

from identity.reference import word_list
from identity.sql.statements import identifier, literal

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
    "arrival_date": "date",
}
# Who a reservation came through: says nothing of its guest, but whether a booker is a person.
ORGANISATION_COLUMNS = {"travel_agent_name": "varchar", "company_name": "varchar"}
# Names are not values: they can't be bound, so a column list is asked for by table name.
COLUMNS_OF_STAGING = (
    "select column_name from information_schema.columns"
    " where table_catalog = current_database() and table_schema = 'staging' and table_name = ?"
)


def changed_record(present: Iterable[str]) -> str:
    """One row per source_record_id that is new or not what it was: record_hash over all that is delivered.

    That is, too, whether the neighbourhood of its document's number is known, which older files don't tell.
    """
    have = set(present)
    columns = ", ".join(identifier(name) for name in PERSON_COLUMNS | ORGANISATION_COLUMNS if name in have)
    if "document_hash" in have:
        columns += ", document_hash in (select document_hash from known_document)"
    return f"""
create or replace temp table changed_record as
select staged.source_record_id, staged.record_hash
from (
    select source_record_id, cast(hash({columns}) >> 1 as bigint) as record_hash from staging.stg_person_record
) as staged
left join known_person as known on staged.source_record_id = known.source_record_id
where staged.record_hash is distinct from known.record_hash
"""


def organisation_booker(present: Iterable[str]) -> str:
    """One row per booker whose name is a travel agent's or company's of the feed, legal form and punctuation aside.

    A company of its guest's name is the guest. Absent columns count as null.
    """
    have = set(present)
    name, agent, company, first, last = (
        identifier(column) if column in have else "cast(null as varchar)"
        for column in ("full_name", "travel_agent_name", "company_name", "first_name", "last_name")
    )
    return f"""
create or replace temp table organisation_booker as
with named as (
    select source_record_id, source_system, property_code, reference_id, {_organisation_key(name)} as organisation_key
    from staging.stg_person_record
    where role = 'booker'
),
organisation as (
    select {_organisation_key("organisation_name")} as organisation_key
    from (
        select {agent} as organisation_name from staging.stg_person_record
        union
        select {company} from staging.stg_person_record
    )
),
found as (select * from named semi join organisation using (organisation_key) where organisation_key <> ''),
guest as (
    select distinct {_organisation_key(f"concat_ws(' ', {first}, {last})")} as organisation_key
    from staging.stg_person_record
    semi join found using (source_system, property_code, reference_id)
    where role = 'guest'
)
select source_record_id
from found
anti join guest using (organisation_key)
"""


def member_stay(present: Iterable[str]) -> str:
    """One row per member, day of arrival as a guest and hotel: its place in $hotels from 1 on, 0 where it is not there.

    `is_member`: with a membership number. No date: no row.
    """
    day, hotel = _day_and_hotel(present)
    return f"""
select
    node.node_number, datediff('day', date '2000-01-01', {day}) as day,
    profile.loyalty_number_key is not null as is_member,
    coalesce(list_position(cast($hotels as varchar[]), {hotel}), 0) as hotel
from (
    select source_record_id, profile_number from matchable
    union all
    select source_record_id, profile_number
    from known_person
    where profile_number not in (select profile_number from touched_profile)
) as record
inner join node on record.profile_number = node.profile_number
inner join profile on record.profile_number = profile.profile_number
inner join staging.stg_person_record as staged on record.source_record_id = staged.source_record_id
where staged.role = 'guest' and {day} is not null
group by all
order by all
"""


def guest_visit(present: Iterable[str]) -> str:
    """One row per profile, hotel and day of arrival there as a guest."""
    day, hotel = _day_and_hotel(present)
    return f"""
create or replace temp table guest_visit as
select distinct matchable.profile_number, {hotel} as property_code, {day} as arrival_date
from matchable
inner join staging.stg_person_record as staged on matchable.source_record_id = staged.source_record_id
where staged.role = 'guest' and {hotel} is not null and {day} is not null
"""


def _day_and_hotel(present: Iterable[str]) -> tuple[str, str]:
    """The day of arrival and the property of a staged record; null where the column is absent."""
    have = set(present)
    day = "staged.arrival_date" if "arrival_date" in have else "cast(null as date)"
    hotel = "staged.property_code" if "property_code" in have else "cast(null as varchar)"
    return day, hotel


def _organisation_key(name: str) -> str:
    """Words of a name in lower case without diacritics and without the legal forms at its end."""
    words = f"trim(regexp_replace(lower(strip_accents({name})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    legal_forms = "|".join(word_list("name_words")["legal_forms"])
    return f"regexp_replace({words}, {literal(f'( ({legal_forms}))+$')}, '')"


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

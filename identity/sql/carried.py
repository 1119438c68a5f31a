"""Statements that look at every kind of identifier a record may carry, compiled from one list."""

# Kind of identifier (as in identity.shared_identifier) and the column of a normalised record that holds it.
IDENTIFIERS = {
    "email": "email_normalised",
    "phone": "phone_number",
    "loyalty_number": "loyalty_number_key",
    "document": "document_key",
    "guest_profile": "guest_profile_key",
    "card_token": "card_token",
}
# What is counted of it. A phone counts by its last digits: a number of everybody is written with and without its
# country, or gets that of the guest.
VALUES = IDENTIFIERS | {"phone": "right(phone_number, 8)"}
# What may be a filler without being an identifier: every birth date is counted each night, among those of its year.
FILLERS = {"birth_date": "cast(birth_date as varchar)"}
CARRIED = ("name_number", "name_id", "reference_id", "email_registry_reason")


def carried() -> str:
    """One row per record and identifier of the table carrier."""
    selects = [
        f"""
select '{kind}' as identifier_type, {value} as identifier_value, last_key, name_number, name_id, reference_id,
    {"email_registry_reason" if kind == "email" else "null"} as email_registry_reason
from carrier where {IDENTIFIERS[kind]} is not null"""
        for kind, value in VALUES.items()
    ]
    return f"create or replace temp view carried as {' union all '.join(selects)}"


def carrier_of_changes() -> str:
    """Whoever carries an identifier that may have been touched: new and changed records, and what they were before."""
    return (
        f"create or replace temp table carrier as {_carrier('person', 'last_key')} union all {_carrier('gone_person')}"
    )


def carrier_of_touched() -> str:
    """Everybody who carries a touched identifier now."""
    return f"""
create or replace temp table carrier as
{_carrier("person", "last_key")}
union all
{_carrier("known_person")}
where ({_holds("touched_identifier")}) and source_record_id not in (select source_record_id from gone_person)
"""


def affected_record() -> str:
    """One row per source_record_id to be judged again: new, changed, or of another meaning now."""
    return f"""
create or replace temp table affected_record as
select source_record_id from changed_record
union
select source_record_id
from known_person
where (
        {_holds("sharing_change")}
        or (role = 'caller' and confirmation_key in (select confirmation_key from confirmation_change))
        or source_record_id in (select source_record_id from steward_change)
        or (role = 'booker' and (customer_reason = 'organisation') <> (
            is_organisation_name or source_record_id in (select source_record_id from organisation_booker)
        ))
    )
    and source_record_id not in (select source_record_id from gone_person)
"""


def _carrier(table: str, last_key: str = "last_name_key") -> str:
    columns = ", ".join([f"{last_key} as last_key", *CARRIED, *IDENTIFIERS.values()])
    return f"select {columns} from {table}"


def _holds(table: str) -> str:
    """Whether a record carries an identifier that the table (identifier_type, identifier_value) lists."""
    return " or ".join(
        f"{value} in (select identifier_value from {table} where identifier_type = '{kind}')"
        for kind, value in (VALUES | FILLERS).items()
    )

"""The customer card: what the front desk needs to know of one customer, from the published night."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from bi import card_sql
from bi.errors import CustomerNotFound
from bi.snapshot import open_published
from guestbook.errors import UsageError
from guestbook.settings import Settings

Row = dict[str, Any]
#: Fewer digits than this end the numbers of too many people.
LEAST_DIGITS = 7


@dataclass(frozen=True)
class Card:
    """One customer: the wide row, where its fields came from, how they may be reached, what to do, what happened."""

    profile: Row
    sources: dict[str, str]
    reach: Row
    action: Row
    warning: Row
    preferences: Sequence[Row]
    cases: Sequence[Row]
    events: Sequence[Row]

    @property
    def event_count(self) -> int:
        """Events of the customer; `events` holds the newest of them."""
        return int(self.events[0]["event_count"]) if self.events else 0


def read_card(
    settings: Settings,
    customer_id: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    loyalty: str | None = None,
) -> Card:
    """The card of the customer with this id (also one merged away), e-mail, phone or loyalty number.

    Raises UsageError when none or several are given, CustomerNotFound when nobody has it, or more than one.
    """
    given = {"id": customer_id, "email": email, "phone": phone, "loyalty": loyalty}
    asked = {name: text for name, text in given.items() if text is not None}
    if len(asked) != 1:
        raise UsageError("say who: a customer id, or one of --email, --phone, --loyalty")
    [(kind, text)] = asked.items()
    with open_published(settings) as con:
        found = _find(con, kind, text.strip())
        if len(found) != 1:
            raise CustomerNotFound(_problem(kind, found))
        return _card(con, found[0])


def _find(con: duckdb.DuckDBPyConnection, kind: str, text: str) -> list[str]:
    if kind == "id":
        return [row[0] for row in con.execute(card_sql.FIND_ID, [text]).fetchall()]
    query = {"email": card_sql.FIND_EMAIL, "phone": card_sql.FIND_PHONE, "loyalty": card_sql.FIND_LOYALTY}[kind]
    if kind == "email":
        text = text.lower()
    if kind == "phone":
        text = _phone(text)
    return [row[0] for row in con.execute(query, {"text": text}).fetchall()]


def _phone(text: str) -> str:
    """A phone as the golden record has it; without a country, its digits without the leading zero."""
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if len(digits) < LEAST_DIGITS:
        raise UsageError(f"a phone number needs {LEAST_DIGITS} digits or more")
    return digits.lstrip("0")


def _problem(kind: str, found: list[str]) -> str:
    """Why there is no card; without what was asked for, which may be personal."""
    what = {"id": "id", "email": "e-mail", "phone": "phone number", "loyalty": "loyalty number"}[kind]
    if found:
        return f"{len(found)} customers have this {what}: {', '.join(found[:10])}; ask for one of these ids"
    return f"no customer of the published night has this {what}; look it up another way, or run the night again"


def _card(con: duckdb.DuckDBPyConnection, customer_id: str) -> Card:
    def rows(query: str) -> list[Row]:
        cursor = con.execute(query, [customer_id])
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(query: str) -> Row:
        return next(iter(rows(query)), {})

    profile = row(card_sql.PROFILE)
    if not profile:
        raise CustomerNotFound(f"customer {customer_id} is in no table of the published night: it was erased or split")
    return Card(
        profile=profile,
        sources={entry["field_name"]: entry["source_system"] for entry in rows(card_sql.FIELD_SOURCES)},
        reach=row(card_sql.REACH),
        action=row(card_sql.NEXT_ACTION),
        warning=row(card_sql.WARNING),
        preferences=rows(card_sql.PREFERENCES),
        cases=rows(card_sql.CASES),
        events=rows(card_sql.EVENTS),
    )

"""Who is asked before many known records change customer, and who is not."""

import re
from datetime import date, timedelta

import pyarrow as pa
import pytest

from guestbook.errors import UsageError
from guestbook.lake import write_record
from guestbook.warehouse import write_rows
from identity import approval_question, approve, measure_health, train
from identity.ids import RECORD_SCHEMA
from tests.unit.identity.conftest import NIGHT, Hotel
from tests.unit.identity.match_world import world
from tests.unit.identity.test_health import facts as facts

NEXT = NIGHT + timedelta(days=1)


def health(
    hotel: Hotel, *nights: tuple[date, float | None, str], known_count: int = 1000, new_count: int = 100
) -> None:
    rows = [
        row
        for night_date, changed_share, version in nights
        for row in (
            {"night_date": night_date, "metric_name": "record_changed_customer_share", "metric_value": changed_share,
             "row_count": known_count, "detail": "120 of 1000 known records changed customer"},
            {"night_date": night_date, "metric_name": "record_new_count", "metric_value": new_count},
            {"night_date": night_date, "metric_name": "identity_version", "metric_value": None, "detail": version},
        )
    ]  # fmt: skip
    write_rows(hotel.con, "ops.identity_health", pa.Table.from_pylist(rows), replace_where={})
    for night_date, _, _ in nights[:-1]:
        write_record(hotel.settings, "identity_record", f"{night_date}-001", RECORD_SCHEMA.empty_table())


def test_a_night_over_the_limit_is_asked_about_until_it_is_approved(hotel: Hotel) -> None:
    health(hotel, (NIGHT, None, "v1"), (NEXT, 0.12, "v1"))
    question = approval_question(hotel.con, hotel.settings, NEXT) or ""
    assert re.search(r"(?s)more than 5.0%.*is 12.0%.*identity approve --date 2026-11-21", question)
    approve(hotel.settings, NEXT, "the airline sent new e-mails", "tester", "2026-11-22T08:00:00+00:00")
    assert approval_question(hotel.con, hotel.settings, NEXT) is None


@pytest.mark.parametrize(
    ("nights", "why"),
    [
        (((NIGHT, None, "v1"),), "a first load changes nobody"),
        (((NIGHT, None, "v1"), (NEXT, 0.05, "v1")), "the limit itself is allowed"),
        (((NIGHT, None, "v1"), (NEXT, 0.9, "v2")), "a new model or new rules"),
    ],
)
def test_nobody_is_asked(hotel: Hotel, nights: tuple, why: str) -> None:
    health(hotel, *nights)
    assert approval_question(hotel.con, hotel.settings, nights[-1][0]) is None, why


@pytest.mark.parametrize(
    ("known_count", "new_count", "why"),
    [(100, 5, "a dozen changes are looked at one by one"), (1000, 600, "a bulk of new records brings changes along")],
)
def test_nobody_is_asked_about_few_changes_or_growth(hotel: Hotel, known_count: int, new_count: int, why: str) -> None:
    health(hotel, (NIGHT, None, "v1"), (NEXT, 0.12, "v1"), known_count=known_count, new_count=new_count)
    assert approval_question(hotel.con, hotel.settings, NEXT) is None, why


def test_an_approval_is_for_its_night_and_has_a_reason(hotel: Hotel) -> None:
    health(hotel, (NIGHT, None, "v1"), (NEXT, 0.12, "v1"))
    approve(hotel.settings, NIGHT, "another night", "tester", "2026-11-22")
    assert approval_question(hotel.con, hotel.settings, NEXT) is not None
    with pytest.raises(UsageError, match="needs a reason"):
        approve(hotel.settings, NEXT, " ", "tester", "2026-11-22")


def test_nights_after_a_training_are_not_asked_until_the_new_model_is_committed(facts: Hotel) -> None:
    """The model links what rules leave: a typo and a home. The night that finds it first is never committed."""
    rows = [row | {"email": None, "document_hash": None} for row in world(7)]
    people = [row | {"last_name": f"{row['last_name']}h"} if at % 2 else row for at, row in enumerate(rows)]
    facts.night(people)
    measure_health(facts.con, facts.settings, NIGHT)
    train(facts.con, facts.settings, NIGHT)
    for days, is_committed in ((1, False), (2, True)):
        night_date = NIGHT + timedelta(days=days)
        facts.night(people, night_date, is_committed=is_committed)
        found = measure_health(facts.con, facts.settings, night_date)
        assert found["record_changed_customer_share"] > facts.settings.identity_change_limit
        assert approval_question(facts.con, facts.settings, night_date) is None

    last = NIGHT + timedelta(days=3)
    facts.night([row | {"first_name": None, "last_name": None, "birth_date": None} for row in people], last)
    measure_health(facts.con, facts.settings, last)
    assert "identity approve" in (approval_question(facts.con, facts.settings, last) or "")

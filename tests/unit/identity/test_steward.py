"""The steward's list wins over rules and guards."""

import pytest

from guestbook.errors import ConfigError, UsageError
from identity.steward import (
    StewardLink,
    add_steward_link,
    read_steward_links,
    remove_steward_link,
    steward_file,
)
from tests.unit.identity.conftest import Hotel, person

PEOPLE = [
    person("r1", first_name="Anna", last_name="Huber", email="a@example.com"),
    person("r2", first_name="Anna", last_name="Huber", email="a@example.com"),
    person("r3", first_name="Jan", last_name="Koch"),
]


def decide(hotel: Hotel, *lines: str) -> None:
    path = steward_file(hotel.settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "\n".join(["source_record_id_1,source_record_id_2,decision,reason", *lines]) + "\n", encoding="utf-8"
    )


def test_cannot_link_keeps_equal_records_apart(hotel: Hotel) -> None:
    decide(hotel, "r2,r1,cannot_link,two people of one name")

    assert hotel.night(PEOPLE).clusters() == {frozenset({"r1"}), frozenset({"r2"}), frozenset({"r3"})}


def test_must_link_joins_what_contradicts(hotel: Hotel) -> None:
    decide(hotel, "r1,r3,must_link,changed his name")

    assert hotel.night(PEOPLE).clusters() == {frozenset({"r1", "r2", "r3"})}
    assert ("r3", "steward") in hotel.rows("select source_record_id, match_rule from identity.customer_record")


def test_a_record_that_is_gone_is_no_error(hotel: Hotel) -> None:
    decide(hotel, "r1,unknown,must_link,")

    assert hotel.night(PEOPLE).clusters() == {frozenset({"r1", "r2"}), frozenset({"r3"})}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["r1,r2,maybe,"], "line 2: decision 'maybe'; allowed: must_link, cannot_link"),
        (["r1,,must_link,"], "line 2: needs two different"),
    ],
)
def test_a_wrong_line_is_named(hotel: Hotel, lines: list[str], message: str) -> None:
    decide(hotel, *lines)

    with pytest.raises(ConfigError, match=message):
        hotel.night(PEOPLE)


def test_commands_write_and_take_back_lines_and_keep_what_people_wrote(hotel: Hotel) -> None:
    decide(hotel, "r1,r2,cannot_link,twins", "r2,r3,must_link,typo")
    add_steward_link(hotel.settings, StewardLink("r2", "r1", "must_link"), "one person", "tester", "2026-11-20")
    links = [StewardLink("r1", "r2", "must_link"), StewardLink("r2", "r3", "must_link")]
    assert read_steward_links(hotel.settings) == links
    assert "r2,r3,must_link,typo" in steward_file(hotel.settings).read_text(encoding="utf-8")
    assert remove_steward_link(hotel.settings, "r1", "r2") == 1
    assert read_steward_links(hotel.settings) == links[1:]


def test_a_decision_needs_a_reason_and_two_records(hotel: Hotel) -> None:
    with pytest.raises(UsageError, match="needs a reason"):
        add_steward_link(hotel.settings, StewardLink("r1", "r2", "must_link"), " ", "tester", "2026-11-20")
    with pytest.raises(UsageError, match="with itself"):
        add_steward_link(hotel.settings, StewardLink("r1", "r1", "must_link"), "why", "tester", "2026-11-20")
    with pytest.raises(UsageError, match="says nothing about r1 and r9"):
        remove_steward_link(hotel.settings, "r1", "r9")

"""Korean names: each group is one name in the ways it is written, in Hangul and in Latin letters."""

import pytest

from identity.hangul import split_name
from identity.names import parse_name
from tests.unit.identity.conftest import Hotel, person


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("김민준", ("김", "민준")),
        ("김 민준", ("김", "민준")),
        ("민준 김", ("김", "민준")),
        ("이산", ("이", "산")),
        ("남궁민수", ("남궁", "민수")),
        ("남궁 민", ("남궁", "민")),
        ("황 보라", ("황", "보라")),
        ("우진 선", ("선", "우진")),
        ("쀍민준", None),
        ("김민준입니다", None),
        ("Kim 민준", None),
        ("김", None),
    ],
)
def test_surname_and_given_name(text: str, parts: tuple[str, str] | None) -> None:
    assert split_name(text) == parts


@pytest.mark.parametrize(
    ("first", "last", "full", "keys"),
    [
        (None, "김민준", None, ("minjun", "kim")),
        (None, None, "김 민준", ("minjun", "kim")),
        ("민준", "김", None, ("minjun", "kim")),
        ("김", "민준", None, ("minjun", "kim")),
        ("보라", "황", None, ("bola", "hwang")),
        ("민준", None, "김민준", ("minjun", "kim")),
        ("Min-jun", "Gim", None, ("min jun", "kim")),
        ("Suh Yeon", "Rhee", None, ("suh yeon", "lee")),
        ("서연", "이", None, ("seoyeon", "lee")),
        ("지훈", None, None, ("jihun", None)),
        ("Jan", "Bak", None, ("jan", "bak")),
        ("Christopher", "Pak", None, ("christopher", "pak")),
        ("Wei", "Yu", None, ("wei", "yu")),
    ],
)
def test_keys(first: str | None, last: str | None, full: str | None, keys: tuple[str, str | None]) -> None:
    parsed = parse_name(None, first, last, full, None)

    assert (parsed.first_key, parsed.last_key) == keys


def test_a_name_is_shown_as_it_was_written() -> None:
    parsed = parse_name(None, None, "이서연", None, None)

    assert (parsed.first_name, parsed.last_name, parsed.is_ordered) == ("서연", "이", True)


@pytest.mark.parametrize(
    ("one", "other", "are_spellings"),
    [
        ("Seo-yeon", "Suh Yeon", True),
        ("Hyeon-u", "Hyun Woo", True),
        ("Young-hee", "영희", True),
        ("Minjun", "Minho", False),
    ],
)
def test_spellings_of_a_given_name(one: str, other: str, are_spellings: bool) -> None:
    roots = [set(parse_name(None, name, "Kim", None, None).first_roots) for name in (one, other)]

    assert bool(roots[0] & roots[1]) == are_spellings


def test_one_guest_in_hangul_and_in_latin_letters(hotel: Hotel) -> None:
    people = [
        person("hangul", None, first_name=None, last_name="박지훈", email="jh@example.com"),
        person("latin", None, first_name="Jee Hoon", last_name="Pak", email="jh@example.com"),
        person("wife", None, first_name="Su-bin", last_name="Park", email="jh@example.com"),
    ]
    hotel.night(people)

    assert hotel.clusters() == {frozenset({"hangul", "latin"}), frozenset({"wife"})}

"""Initials, titles, suffixes and scanned digits: each row is one way to write a name."""

import pytest

from identity.names import parse_name
from tests.unit.identity.conftest import Hotel, Row, person


@pytest.mark.parametrize(
    ("name", "first_key", "last_key", "is_initial"),
    [
        ("A. Ocaña", "a", "ocana", True),
        ("J Jessel", "j", "jessel", True),
        ("J. R. Smith", "j r", "smith", True),
        ("J.R. Smith", "j r", "smith", True),
        ("Smith J", "j", "smith", True),
        ("SMITH J R", "j r", "smith", True),
        ("JOHN R SMITH", "john r", "smith", False),
        ("J. García López", "j", "garcia lopez", True),
        ("GARCIA LOPEZ J", "j", "garcia lopez", True),
        ("van der Berg J", "j", "berg", True),
        ("J. Robert Smith", "j robert", "smith", False),
        ("M. Dupont", "m", "dupont", True),
        ("Guest B", None, None, False),
    ],
)
def test_initials_in_one_piece(name: str, first_key: str | None, last_key: str | None, is_initial: bool) -> None:
    parsed = parse_name(None, None, None, name, None)

    assert (parsed.first_key, parsed.last_key, parsed.is_initial) == (first_key, last_key, is_initial)


@pytest.mark.parametrize(
    ("first", "last", "first_key", "last_key"),
    [
        ("J.", "Smith", "j", "smith"),
        (None, "J. Smith", "j", "smith"),
        (None, "García López", None, "garcia lopez"),
        (None, "Koch Anna", "anna", "koch"),
        (None, "Anna Maria Koch", "anna maria", "koch"),
        (None, "Anna Maria", None, "anna maria"),
        (None, "Зимин Лев Ильич", "lev ilich", "zimin"),
        (None, "Лев Ильич Зимин", "lev ilich", "zimin"),
        (None, "Shostakovich Maksim Dmitrievich", "maksim dmitrievich", "shostakovich"),
        (None, "Dmitri Dmitrievich Shostakovich", "dmitri dmitrievich", "shostakovich"),
        ("Anna", "H.", "anna", "h"),
        (None, "Di Pietro", None, "pietro"),
        (None, "De Jesus", None, "jesus"),
        (None, "El Hassan", None, "hassan"),
        (None, "Da Silva", None, "silva"),
        (None, "San Jose", None, "san jose"),
        (None, "De Luca Anna", "anna", "luca"),
        (None, "Anna De Luca", "anna", "luca"),
        (None, "San Martin Jose", "jose", "san martin"),
        (None, "Pinto De Jesus", None, "pinto jesus"),
    ],
)
def test_names_in_columns(first: str | None, last: str, first_key: str | None, last_key: str) -> None:
    parsed = parse_name(None, first, last, None, None)

    assert (parsed.first_key, parsed.last_key) == (first_key, last_key)


@pytest.mark.parametrize(
    ("first", "last", "full", "keys", "suffix_code", "gender"),
    [
        ("Sr. Amado", "Pérez", None, ("amado", "perez"), None, "male"),
        ("Sr", "Pérez", None, (None, "perez"), None, "male"),
        ("Amado", "Pérez Sr.", None, ("amado", "perez"), "sr", None),
        (None, None, "Sr Amado Pérez", ("amado", "perez"), None, "male"),
        (None, None, "Sra. Amado", (None, "amado"), None, "female"),
        (None, None, "John Smith Sr", ("john", "smith"), "sr", None),
        (None, None, "John Smith, Jr.", ("john", "smith"), "jr", None),
        (None, None, "John Smith 2nd", ("john", "smith"), "2", None),
        (None, None, "Amartya Sen", ("amartya", "sen"), None, None),
        ("Karl", "Huber sen.", None, ("karl", "huber"), "sr", None),
        (None, None, "M. Jean Dupont", ("jean", "dupont"), None, None),
        (None, None, "Dott.ssa Anna Rossi", ("anna", "rossi"), None, "female"),
        (None, None, "Dipl.-Ing. Hans Huber", ("hans", "huber"), None, None),
        (None, None, "Mevr. Anke Visser", ("anke", "visser"), None, "female"),
        (None, None, "Fröken Astrid Berg", ("astrid", "berg"), None, "female"),
        (None, None, "Kenji Tanaka-san", ("kenji", "tanaka"), None, None),
        (None, None, "王伟先生", ("wei", "wang"), None, "male"),
        (None, None, "王女士", (None, "wang"), None, "female"),
        ("Lady", "Rojas", None, ("lady", "rojas"), None, None),
    ],
)
def test_titles_and_suffixes(
    first: str | None,
    last: str | None,
    full: str | None,
    keys: tuple[str | None, str],
    suffix_code: str | None,
    gender: str | None,
) -> None:
    parsed = parse_name(None, first, last, full, None)

    assert ((parsed.first_key, parsed.last_key), parsed.suffix_code, parsed.title_gender) == (keys, suffix_code, gender)


@pytest.mark.parametrize(
    ("first", "last", "keys"),
    [
        ("8arbara", "Nowak", ("barbara", "nowak")),
        ("Ur5zula", "K0walska", ("urszula", "kowalska")),
        ("K1aus", "Sm1th", ("klaus", "smith")),
        ("Danie1", "Smith1", ("daniel", "smith")),
        ("Guest1", "Guest2", (None, None)),
    ],
)
def test_digits_that_a_scanner_read_for_letters(first: str, last: str, keys: tuple[str | None, str | None]) -> None:
    parsed = parse_name(None, first, last, None, None)

    assert (parsed.first_key, parsed.last_key) == keys
    assert not any(letter.isdigit() for letter in (parsed.first_name or "") if keys[0])


def test_an_initial_that_agrees_is_no_contradiction_and_one_that_does_not_is(hotel: Hotel) -> None:
    """The membership's holder, a caller who says an initial, and somebody else who uses the number."""
    caller = {"role": "caller", "record_kind": "interaction", "loyalty_number": "7"}
    people: list[Row] = [
        person("r1", "Antonio Ocaña", loyalty_number="7"),
        person("c1", full_name="A. Ocaña", **caller),
        person("c2", full_name="B. Ocaña", **caller),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1", "c1"}), frozenset({"c2"})}


def test_the_initial_of_the_name_behind_a_nickname_agrees(hotel: Hotel) -> None:
    people: list[Row] = [
        person("r1", "Bill Smith", email="w@example.com"),
        person("c1", role="caller", record_kind="interaction", full_name="W. Smith", email="w@example.com"),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1", "c1"})}


@pytest.mark.parametrize(
    ("first", "last", "full", "first_key", "last_key"),
    [
        (None, None, "Thomas Clifford, 1st Baron Clifford of Chudleigh", "thomas", "clifford"),
        ("Holly", "Barnes, 7th Earl of Westmead", None, "holly", "barnes"),
        ("2nd Viscount of", "Eastham", None, None, "eastham"),
        (None, "4th Earl of Sandwich", None, None, "sandwich"),
        ("Earl", "Duke", None, "earl", "duke"),
        (None, None, "John Smith, 3rd", "john", "smith"),
    ],
)
def test_a_peer_is_known_by_name(
    first: str | None, last: str | None, full: str | None, first_key: str | None, last_key: str
) -> None:
    parsed = parse_name(None, first, last, full, None)

    assert (parsed.first_key, parsed.last_key) == (first_key, last_key)

"""What desks write into name fields: each row is what is left of the name."""

import pytest

from identity.desk_notes import without_company, without_host, without_notes
from identity.names import parse_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lindquist do Not Move", "Lindquist"),
        ("Kline Late Arr", "Kline"),
        ("Shankar (vip)", "Shankar"),
        ("Bender (CXL FEE)", "Bender"),
        ("Bertrand **DNM**", "Bertrand"),
        ("Sensoy !! ALLERGY", "Sensoy"),
        ("Banks - Rep. Guest", "Banks"),
        ("VIP/Late Arrival Koch", "Koch"),
        ("*VIP* Jean Valjean", "Jean Valjean"),
        ("Smith (King)", "Smith"),
        # Names that are notes elsewhere, and a note that is all there is.
        ("King", "King"),
        ("Anna Early", "Anna Early"),
        ("Smith-King", "Smith-King"),
        ("Smith (Bob)", "Smith (Bob)"),
        ("Early Arrival", ""),
        ("", ""),
    ],
)
def test_notes(text: str, name: str) -> None:
    assert without_notes(text) == name


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Priya", "Shankar/SEIDEL AB", "Shankar"),
        ("Luis", "CALVO - ACME GmbH", "CALVO"),
        (None, "O'CONNOR/BUDIG GMBH", "O'CONNOR"),
        (None, "SMITH/JOHN SA", "SMITH/JOHN SA"),
        ("Ana", "García/López", "García/López"),
        ("Jan", "de Vries - Bakker", "de Vries - Bakker"),
        (None, "Acme GmbH", "Acme GmbH"),
    ],
)
def test_companies(first: str | None, last: str, name: str) -> None:
    assert without_company(first or "", last) == name


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (("", "", "Guest of Mr Smith"), ("", "", "")),
        (("X", "Guest of Kade Partners", ""), ("X", "", "")),
        (("Guest of", "Smith", ""), ("", "", "")),
        (("Anna", "Guest", ""), ("Anna", "Guest", "")),
    ],
)
def test_hosts(written: tuple[str, str, str], left: tuple[str, str, str]) -> None:
    assert without_host(*written) == left


@pytest.mark.parametrize(
    ("first", "last", "keys"),
    [
        ("Mr and Mrs Tony", "Howard", ("tony", "howard")),
        ("Mr and Mrs. Tony", "Howard", ("tony", "howard")),
        ("Herr und Frau", "Koch", (None, "koch")),
        ("M. et Mme Jean", "Petit", ("jean", "petit")),
        ("Name to", "Follow", (None, None)),
        ("TBA", "Guest of Budig GmbH", (None, None)),
        ("Nicola", "O'CONNOR/BUDIG GMBH", ("nicola", "oconnor")),
    ],
)
def test_names_of_desks(first: str, last: str, keys: tuple[str | None, str | None]) -> None:
    parsed = parse_name(None, first, last, None, None)

    assert (parsed.first_key, parsed.last_key, parsed.is_organisation) == (*keys, False)

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
        ("Smith - King", "Smith - King"),
        ("Lee – Early", "Lee – Early"),
        ("Vip", "Vip"),
        ("(VIP)", ""),
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
        # Legal forms that are surnames, too: a third word or capitals of its own make it a company.
        ("Wei", "Wang/Li Co", "Wang/Li Co"),
        ("Ali", "Kaya/Demir As", "Kaya/Demir As"),
        ("ALI", "KAYA/DEMIR AS", "KAYA/DEMIR AS"),
        ("Berit", "Berg - Lund Ab", "Berg - Lund Ab"),
        ("Wei", "Wang/Li Trading Co", "Wang"),
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
        (("Guest", "of Mr Smith", ""), ("", "", "")),
        (("", "", "Gast von Frau Berg"), ("", "", "")),
        (("", "", "Invité de M. Petit"), ("", "", "")),
        (("Anna", "Guest", ""), ("Anna", "Guest", "")),
        # A surname's particle is no "of".
        (("Guest", "De La Cruz", ""), ("Guest", "De La Cruz", "")),
        (("Gast", "von Berg", ""), ("Gast", "von Berg", "")),
        (("Anna", "Gast de Vries", ""), ("Anna", "Gast de Vries", "")),
        (("Anna", "Friend de Boer", ""), ("Anna", "Friend de Boer", "")),
        (("", "", "Guest de Souza"), ("", "", "Guest de Souza")),
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
        ("D. E. M.", "Jackson", ("d e m", "jackson")),
        ("M. Y. Mme", "Rao", ("m y mme", "rao")),
        ("M I D", "Rao", ("m i d", "rao")),
        ("Vip", "Jean", ("vip", "jean")),
        ("Anna", "Smith - King", ("anna", "smith king")),
        ("Name to", "Follow", (None, None)),
        ("TBA", "Guest of Budig GmbH", (None, None)),
        ("Nicola", "O'CONNOR/BUDIG GMBH", ("nicola", "oconnor")),
    ],
)
def test_names_of_desks(first: str, last: str, keys: tuple[str | None, str | None]) -> None:
    parsed = parse_name(None, first, last, None, None)

    assert (parsed.first_key, parsed.last_key, parsed.is_organisation) == (*keys, False)


@pytest.mark.parametrize(
    ("full", "keys"),
    [
        ("Anna Vip", ("anna", "vip")),
        ("Anna Smith VIP", ("anna", "smith")),
        # Not written like the other word: a note.
        ("Smith VIP", (None, "smith")),
        ("Smith (Vip)", (None, "smith")),
    ],
)
def test_notes_in_whole_names(full: str, keys: tuple[str | None, str]) -> None:
    parsed = parse_name(None, None, None, full, None)

    assert (parsed.first_key, parsed.last_key) == keys

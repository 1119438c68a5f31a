"""Names in Arabic and Hebrew letters beside Latin ones: which spellings they may be."""

from collections.abc import Iterator

import duckdb
import pytest

from identity import sql
from identity.abjad import consonants


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as found:
        sql.run(found, "name_macros")
        yield found


@pytest.mark.parametrize(
    ("written", "spellings", "others"),
    [
        ("محمد", ("muhammad", "mohamed", "mehmed"), ("ahmad", "hamid", "mahdi")),
        ("السيد", ("alsayed", "elsaid", "sayed"), ("saleh", "alsalem")),
        ("عبد الرحمن", ("abdulrahman", "abdelrahman", "abderrahmane"), ("abdulkarim",)),
        ("عبدالله", ("abdullah", "abdalla"), ("abdulaziz",)),
        ("يوسف", ("yusuf", "youssef", "joseph"), ("yasin",)),
        ("هشام", ("hisham", "hicham"), ("hasan",)),
        ("قاسم", ("qasim", "kassem", "ghasem"), ("hashim",)),
        ("جمال", ("jamal", "gamal", "djamal"), ("kamal",)),
        ("پرویز", ("parviz", "parwiz"), ("farid",)),
        ("רחל", ("rachel", "rahel"), ("leah",)),
        ("שפירא", ("shapira", "schapira"), ("safran",)),
        ("דוד", ("david", "dawid"), ("dan",)),
        ("יצחק", ("yitzhak", "itzchak", "isaac"), ("yaakov",)),
    ],
)
def test_spellings(
    con: duckdb.DuckDBPyConnection, written: str, spellings: tuple[str, ...], others: tuple[str, ...]
) -> None:
    pattern = consonants((written,) if " " not in written else tuple(written.split()))

    fits = {
        word: con.execute("select is_vocalised(?, null, [], [?])", [pattern, word]).fetchone() == (True,)
        for word in (*spellings, *others)
    }
    assert fits == dict.fromkeys(spellings, True) | dict.fromkeys(others, False)


@pytest.mark.parametrize("written", [(), ("Ahmed",), ("أحمد", "Ali"), ("김",), ("1",)])
def test_other_letters_have_no_pattern(written: tuple[str, ...]) -> None:
    assert consonants(written) is None


@pytest.mark.parametrize(
    ("written", "count"),
    [("محمد", 3), ("שפירא", 3), ("السيد", 2), ("جمال", 3), ("דוד", 2), ("חיים", 1), ("לאה", 1), ("آية", 0)],
)
def test_certain_consonants_are_those_of_every_spelling(
    con: duckdb.DuckDBPyConnection, written: str, count: int
) -> None:
    pattern = consonants((written,))

    assert con.execute("select certain_consonants(?, null)", [pattern]).fetchone() == (count,)
    assert con.execute("select certain_consonants(null, ?)", [pattern]).fetchone() == (count,)

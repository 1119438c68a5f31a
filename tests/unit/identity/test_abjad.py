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
        word: con.execute("select shared_consonants(?, null, [], [?]) is not null", [pattern, word]).fetchone()
        == (True,)
        for word in (*spellings, *others)
    }
    assert fits == dict.fromkeys(spellings, True) | dict.fromkeys(others, False)


@pytest.mark.parametrize("written", [(), ("Ahmed",), ("أحمد", "Ali"), ("김",), ("1",)])
def test_other_letters_have_no_pattern(written: tuple[str, ...]) -> None:
    assert consonants(written) is None


@pytest.mark.parametrize(
    ("written", "spelling", "count"),
    [
        ("محمد", "mohamed", 3), ("שפירא", "shapira", 3), ("السيد", "sayed", 2), ("جمال", "gamal", 3),
        ("דוד", "david", 2), ("חיים", "haim", 1), ("לאה", "leah", 1), ("آية", "aya", 0),
    ],
)  # fmt: skip
def test_shared_are_the_consonants_of_every_spelling(
    con: duckdb.DuckDBPyConnection, written: str, spelling: str, count: int
) -> None:
    """From either side; nothing is shared in the same letters."""
    pattern = consonants((written,))

    assert con.execute("select shared_consonants(?, null, [], [?])", [pattern, spelling]).fetchone() == (count,)
    assert con.execute("select shared_consonants(null, ?, [?], [])", [pattern, spelling]).fetchone() == (count,)
    assert con.execute("select shared_consonants(?, ?, [?], [?])", [pattern] * 2 + [spelling] * 2).fetchone() == (None,)

"""How well two names agree: each row is two ways to write a name, and what is to be made of them."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from identity import sql
from identity.names import compared_text, parse_name
from identity.normalise import NAME_SCHEMA

Written = tuple[str | None, str | None] | tuple[str | None, str | None, str]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as found:
        sql.run(found, "macro_content_number", "name_macros")
        yield found


def compare(con: duckdb.DuckDBPyConnection, one: Written, other: Written) -> tuple[str, bool]:
    """The class of agreement of two names, and whether the given names are those of two people."""
    names = [parse_name(None, first, last, None, *native or (None,)) for first, last, *native in (one, other)]
    rows = [
        {"value_number": at, "compared_text": compared_text(name), **name._asdict()} for at, name in enumerate(names)
    ]
    sql.keep_rows(con, "name_form", pa.Table.from_pylist(rows, schema=NAME_SCHEMA))
    sql.run(con, "numbered_name", "compared_name")
    con.execute("""
        create or replace temp table wanted_name_pair as
        select min(name_number) as first_name_number, max(name_number) as second_name_number from compared_name
    """)
    sql.run(con, "name_pair")
    [(name_class, is_other)] = con.execute("select name_class, is_other_first_name from name_pair").fetchall()
    return name_class, is_other


@pytest.mark.parametrize(
    ("one", "other", "name_class"),
    [
        # Pinyin given names are written as one word, two words, with a hyphen; a Western name stands before or behind.
        (("Yuhang", "Li"), ("Yu Hang", "Li"), "same"),
        (("Christopher Yu-Hang", "Li"), ("Yuhang", "Li"), "same"),
        (("Yuhang", "Li"), ("Christopher Yuhang", "Li"), "same"),
        (("Yuhang Christopher", "Li"), ("Christopher", "Li"), "same"),
        (("Su Yu", "Feng"), ("Su", "Yufeng"), "same"),
        (("Su Yu", "Feng"), ("Yufeng", "Su"), "same"),
        # The Han name beside a Western one says the other given name, too.
        (("Cameron", "Zhang", "张海涛"), ("Hai-Tao", "Zhang"), "same"),
        (("Alan", "Xie", "谢凯"), ("Kai", "Xie", "谢凯"), "same"),
        # Another spelling: transliterations, other languages' letters for one sound, nicknames of many languages.
        (("Sergej", "Iwanow"), ("Сергей", "Иванов"), "same"),
        (("Iuliia", "Tschernyschewa"), ("Yulia", "Chernysheva"), "same"),
        (("Γιώργος", "Παπαδόπουλος"), ("George", "Papadopoulos"), "same"),
        (("Mohamed", "Youssef"), ("Muhammad", "Yousef"), "same"),
        (("Abd al-Rahman", "Saleh"), ("Abdul Rahman", "Saleh"), "same"),
        # Letters without vowels beside Latin ones; of two in such letters every letter counts.
        (("محمد", "الغامدي"), ("Mohammed", "El Ghamdi"), "same"),
        (("عمر", "الغامدي"), ("Omar", "El Ghamdi"), "close"),  # `mr` in Latin letters, and no title
        (("דניאל", "בן דוד"), ("Daniel Haim", "Bendavid"), "same"),
        # One or two consonants fit other people's short names as well: as much as an initial says, no more.
        (("محمد", "السيد"), ("Mohammed", "El Sayed"), "close"),
        (("יוסף", "בן דוד"), ("Yossef Haim", "Bendavid"), "close"),
        (("לאה", "בן דוד"), ("Leah", "Bendavid"), "close"),
        (("לאה", "בן דוד"), ("Eli", "Bendavid"), "close"),
        (("חיים", "בן דוד"), ("Kim", "Bendavid"), "close"),
        (("محمد", "علي"), ("Mohammed", "Lee"), "close"),
        (("محمد", "حداد"), ("M.", "Haddad"), "close"),
        (("خديجة", "الغامدي"), ("Khadija", "Alghandi"), "close"),
        (("محمد", "حداد"), ("محمود", "حداد"), "close"),
        (("Sophie", "Schmidt"), ("Sofie", "Schmitt"), "close"),
        (("Çağlar", "IŞIK"), ("Caglar", "Isik"), "same"),
        (("Dolores", "Gil"), ("Lola", "Gil"), "same"),
        (("Małgorzata", "Nowak"), ("Gosia", "Nowak"), "same"),
        # Both in each other's field, a slip or a lost surname in one of them.
        (("Hughes", "Jose"), ("Jos", "Hughes"), "close"),
        (("Hailan", "Zhhu"), ("Zhu", "Hailan"), "close"),
        (("Aroca", "Candelario"), ("Candelario", "Aroca Rodríguez"), "close"),
        (("Gay", "David"), ("Daviid Jonathan", "Gay"), "close"),
        (("Walton", "Alexander David"), ("Alcxander", "Walton"), "close"),
        # A slip in the first of several given names.
        (("Grcg", "Begum"), ("Greg Albert", "Begum"), "close"),
        # Fields changed places before or after a marriage.
        (("Koch", "Sandra"), ("Sandra", "Ludwig"), "married"),
        # A Western and a pinyin given name of one Han family name: two names of one person, or two people.
        (("Grace", "Zheng"), ("Long", "Zheng"), "married"),
        (("Tina", "Li"), ("Juan Yun", "Li"), "married"),
        # Likewise of a Korean one.
        (("Jeongja", "Jung"), ("Nicole", "Jung"), "married"),
        (("영식", "문"), ("Jeremiah", "Moon"), "married"),
        # An initial in the family name's field.
        (("Luzi", "C."), ("Chiara", "Luzi"), "close"),
        (("Luzi", "C."), ("Carlo", "Luzi"), "close"),
        # Two family names in the two fields: the given name was lost.
        (("García", "Maldonado"), ("Carmen", "García Maldonado"), "partial"),
    ],
)
def test_one_person(con: duckdb.DuckDBPyConnection, one: Written, other: Written, name_class: str) -> None:
    assert compare(con, one, other) == (name_class, False)
    assert compare(con, other, one) == (name_class, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Haitao", "Li"), ("Yuhang", "Li")),
        (("Grace", "Li"), ("Christopher", "Li")),
        (("Petra", "Lang"), ("Kai", "Lang")),
        (("Jean Pierre", "Petit"), ("Jean Paul", "Petit")),
        (("José Luis", "Gil"), ("José Antonio", "Gil")),
        (("Lena", "Huber"), ("Lina", "Huber")),
        (("Jan", "Huber"), ("Ana", "Huber")),
        (("Huber", "Anna"), ("Jan", "Huber")),
        (("Luzi", "D."), ("Chiara", "Luzi")),
        (("Martín", "García"), ("Luis", "García Martín")),  # Martín is a given name: father and son, or cousins
        (("Jeongja", "Jung"), ("Minho", "Jung")),
        (("Bryan", "Kim"), ("Nicole", "Kim")),
        (("Susan", "Lee"), ("Bryan", "Lee")),
        (("ليلى", "حداد"), ("Ali", "Haddad")),  # what is written must be heard, though vowels are not
    ],
)
def test_two_people(con: duckdb.DuckDBPyConnection, one: Written, other: Written) -> None:
    assert compare(con, one, other)[1] is True
    assert compare(con, other, one)[1] is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ytsuke", "Sato"), ("Yosuie", "Sato")),  # two slips of Yosuke
        (("H.", "Wang"), ("Dean Haian", "Wang")),
        (("آية", "الغامدي"), ("Ioua", "Alghamdi")),  # no consonant that every spelling shows
        (
            ("Ribas", "Torres"),
            ("Ainara", "Ribas"),
        ),  # of Ainara Ribas Torres the given name was lost, or the second surname
    ],
)
def test_neither_support_nor_contradiction(con: duckdb.DuckDBPyConnection, one: Written, other: Written) -> None:
    assert compare(con, one, other) == ("different", False)
    assert compare(con, other, one) == ("different", False)

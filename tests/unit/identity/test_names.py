"""Names: each row is one way in which systems and people write a name."""

import pytest

from identity.names import parse_name
from identity.words import listed_given_names


@pytest.mark.parametrize(
    ("case", "name", "first_key", "last_key"),
    [
        ("title and case", ("Mr", "JOHN", "smith", None, None), "john", "smith"),
        ("a title that is a suffix elsewhere", (None, "Sr. Amado", "López", None, None), "amado", "lopez"),
        ("diacritics dropped", (None, "Jürgen", "Müller", None, None), "jurgen", "muller"),
        ("diacritics spelled out", (None, "Juergen", "Mueller", None, None), "jurgen", "muller"),
        ("apostrophe", (None, "Sean", "O’Brien", None, None), "sean", "obrien"),
        ("compound surname", (None, "María", "García-López", None, None), "maria", "garcia lopez"),
        ("particles", (None, "Ludwig", "van der Berg", None, None), "ludwig", "berg"),
        ("initials", (None, "J.P.", "Morgan", None, None), "j p", "morgan"),
        ("an initial is not a shouted surname", (None, None, None, "S. Delarand", None), "s", "delarand"),
        ("full-width letters", (None, "Ｊｏｈｎ", "Ｓｍｉｔｈ", None, None), "john", "smith"),
        ("reservation-system order", (None, None, None, "SMITH/JOHN MR", None), "john", "smith"),
        ("comma order", (None, None, None, "Smith, John", None), "john", "smith"),
        ("shouted surname first", (None, None, None, "SMITH John", None), "john", "smith"),
        ("one piece", (None, None, None, "Dr. Anna Maria Huber", None), "anna maria", "huber"),
        ("only a surname", (None, None, None, "Ms Huber", None), None, "huber"),
        ("Han in one piece", (None, None, None, "张伟", None), "wei", "zhang"),
        ("Han surname read its own way", (None, None, None, None, "单田芳"), "tianfang", "shan"),
        ("two-character surname", (None, "修", "欧阳", None, None), "xiu", "ouyang"),
        ("Han in two pieces", (None, None, None, "张 明斌", None), "mingbin", "zhang"),
        ("Han given name first", (None, None, None, "明斌 陈", None), "mingbin", "chen"),
        ("Cyrillic", (None, "Иван", "Щукин", None, None), "ivan", "shchukin"),
        ("placeholder", (None, "TBA", "TBA", None, None), None, None),
        ("weak placeholder words only", (None, "Walk", "In", None, None), None, None),
        ("a real name of placeholder words", (None, "Na", "Li", None, None), "na", "li"),
        ("placeholder first name", (None, "Unknown", "Smith", None, None), None, "smith"),
        ("organisation", (None, None, None, "Acme Travel GmbH", None), None, "acme travel gmbh"),
        ("nothing", (None, None, None, None, None), None, None),
    ],
)
def test_keys(case: str, name: tuple[str | None, ...], first_key: str | None, last_key: str | None) -> None:
    parsed = parse_name(*name)

    assert (parsed.first_key, parsed.last_key) == (first_key, last_key), case


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (("Mr", "JOHN", "O'BRIEN", None, None), ("John", "O'Brien")),
        ((None, "hans-peter", "von berg", None, None), ("Hans-Peter", "von Berg")),
        ((None, "Ana", "McDonald", None, None), ("Ana", "McDonald")),
        ((None, "TBA", "TBA", None, None), (None, None)),
    ],
)
def test_display_corrects_shouting_only(name: tuple[str | None, ...], shown: tuple[str | None, str | None]) -> None:
    parsed = parse_name(*name)

    assert (parsed.first_name, parsed.last_name) == shown


def test_nicknames_meet_in_a_common_root() -> None:
    bob, robert, liz = (set(parse_name(None, first, "X", None, None).first_roots) for first in ("Bob", "Robert", "Liz"))

    assert bob & robert
    assert not bob & liz


def test_generation_and_gender_are_read_from_the_name() -> None:
    parsed = parse_name("Herr", "Karl", "Huber jun.", None, None)

    assert (parsed.suffix_code, parsed.title_gender, parsed.last_key) == ("jr", "male", "huber")


def test_traditional_and_simplified_han_are_one_key() -> None:
    assert (
        parse_name(None, None, None, "張偉", None).native_key == parse_name(None, None, None, None, "张伟").native_key
    )
    assert (
        parse_name(None, None, None, "章威", None).native_key != parse_name(None, None, None, None, "张伟").native_key
    )


def test_the_lists_of_given_names_are_a_table_for_others() -> None:
    listed = set(zip(*listed_given_names().to_pydict().values(), strict=True))
    assert {("bill", "william"), ("william", "william"), ("lola", "dolores")} <= listed

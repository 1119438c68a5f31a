"""Several given names of one person, of which records show one or the other."""

from datetime import date

from tests.unit.identity.conftest import Hotel, Row, person

EMAIL = {"email": "li.yuhang@example.com"}
NUMBER = {"loyalty_number": "7"}


def test_a_record_that_holds_both_given_names_unites_those_that_hold_one(hotel: Hotel) -> None:
    people: list[Row] = [
        person("r1", "Christopher Li", **EMAIL, **NUMBER),
        person("r2", "Yuhang Li", **EMAIL),
        person("r3", first_name="Christopher Yu Hang", last_name="Li", **EMAIL, **NUMBER),
        person("r4", "Li Christopher", **EMAIL, **NUMBER),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1", "r2", "r3", "r4"})}


def test_a_han_family_name_with_a_western_and_a_pinyin_name_and_two_signs_of_one_person(hotel: Hotel) -> None:
    phone = {"phone": "+8613800000001"}
    people: list[Row] = [person("r1", "Grace Li", **EMAIL, **phone), person("r2", "Yuhang Li", **EMAIL, **phone)]

    assert hotel.night(people).clusters() == {frozenset({"r1", "r2"})}


def test_one_sign_alone_or_another_gender_is_two_people(hotel: Hotel) -> None:
    phone = {"phone": "+8613800000001"}
    people: list[Row] = [
        person("r1", "Grace Li", title="Mrs", **EMAIL, **phone),
        person("r2", "Yuhang Li", title="Mr", **EMAIL, **phone),
        person("r3", "Kevin Wu", **phone | {"phone": "+8613800000002"}),
        person("r4", "Haitao Wu", **phone | {"phone": "+8613800000002"}),
    ]

    assert hotel.night(people).clusters() == {frozenset({name}) for name in ("r1", "r2", "r3", "r4")}


def test_a_record_that_comes_later_unites_them_and_its_end_parts_them(hotel: Hotel) -> None:
    people: list[Row] = [person("r1", "Anna Huber", **EMAIL), person("r2", "Lena Huber", **EMAIL)]
    bridge = person("r3", first_name="Anna Lena", last_name="Huber", **EMAIL)
    hotel.night(people)

    assert hotel.night([*people, bridge]).clusters() == {frozenset({"r1", "r2", "r3"})}
    assert hotel.night(people).clusters() == {frozenset({"r1"}), frozenset({"r2"})}


def test_a_name_that_two_fuller_names_hold_unites_nobody(hotel: Hotel) -> None:
    """Two brothers of one generation's name, and a record that shows it alone."""
    people: list[Row] = [
        person("r1", first_name="Kevin Yuhang", last_name="Li", birth_date=date(1990, 1, 2), **EMAIL),
        person("r2", first_name="Christopher Yuhang", last_name="Li", birth_date=date(1990, 1, 2), **EMAIL),
        person("r3", "Yuhang Li", **EMAIL),
    ]

    together = hotel.night(people).clusters()

    assert not any({"r1", "r2"} <= found for found in together)


def test_other_birth_dates_stay_two_people(hotel: Hotel) -> None:
    people: list[Row] = [
        person("r1", "Christopher Li", birth_date=date(1960, 1, 2), **EMAIL),
        person("r2", "Yuhang Li", birth_date=date(1990, 5, 6), **EMAIL),
        person("r3", first_name="Christopher Yuhang", last_name="Li", **EMAIL),
    ]

    together = hotel.night(people).clusters()

    assert not any({"r1", "r2"} <= found for found in together)


def test_two_misread_dates_or_names_of_a_commoner_one_are_one_person(hotel: Hotel) -> None:
    """1932 and 1946, or Svdi and Suli, are two people, unless several records say 1942, or Sudi."""
    names, years = ("Svdi", "Suli", "Sudi"), (1932, 1946, 1942)
    people: list[Row] = []
    for count, family in ((1, "Ulker"), (3, "Akdeniz")):
        for at in (0, 1, *[2] * count):
            born, email = date(years[at], 10, 16 + count), f"{family}@example.com"
            people += [
                person(f"n{count}{at}{len(people)}", f"{names[at]} {family}", email=email),
                person(f"y{count}{at}{len(people)}", f"Laika {family}", birth_date=born, email=f"laika.{email}"),
            ]

    together = hotel.night(people).clusters()

    for kind in "ny":
        found = {frozenset(name[1:3] for name in held) for held in together if min(held).startswith(kind)}
        assert frozenset({"30", "31", "32"}) in found
        assert not any({"10", "11"} <= held for held in found)


def test_a_year_alone_and_a_date_misread_twice_are_of_the_commoner_date(hotel: Hotel) -> None:
    """1 January 1942 and 20 November 1946 are two people, unless several records say 21 November 1942."""
    people: list[Row] = []
    for count, name in ((1, "Laika Ulker"), (3, "Laika Akdeniz")):
        born = [date(1942, 1, 1), date(1946, 11, 20), *[date(1942, 11, 21)] * count]
        people += [
            person(f"{name[6]}{at}", name, birth_date=day, email=f"{name[6:]}@example.com".lower())
            for at, day in enumerate(born)
        ]

    together = hotel.night(people).clusters()

    assert frozenset({"A0", "A1", "A2", "A3", "A4"}) in together
    assert not any({"U0", "U1"} <= held for held in together)

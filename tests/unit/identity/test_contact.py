"""Contact data: each row is one way of writing it, and what it is."""

import pytest

from identity.contact import email_registry_reason, normalise_email, normalise_phone


@pytest.mark.parametrize(
    ("case", "typed", "canonical"),
    [
        ("case and blanks", " John.Smith@Example.COM ", "john.smith@example.com"),
        ("tag", "john+hotel@example.com", "john@example.com"),
        ("provider without dots, alias domain", "John.Smith@googlemail.com", "johnsmith@gmail.com"),
        ("dots matter elsewhere", "john.smith@web.de", "john.smith@web.de"),
        ("punctuation around", "<john@example.com>;", "john@example.com"),
        ("link", "mailto:john@example.com", "john@example.com"),
        ("name before it", "John Smith <john@example.com>", "john@example.com"),
        ("the first of two", "john@example.com; jane@example.com", "john@example.com"),
        ("the first of two that is one", "john@ / jane@example.com", "jane@example.com"),
        ("slip of a provider's domain", "john.smith@gmial.com", "johnsmith@gmail.com"),
        ("ending that does not exist", "anna@seidel.con", "anna@seidel.com"),
        ("ending that does not exist, of a provider", "john.smith@gmail.con", "johnsmith@gmail.com"),
        ("Cameroon's ending", "anna@seidel.cm", "anna@seidel.cm"),
        ("domain that ends in no domain there is", "john@hotmail.con", "john@hotmail.com"),
        ("placeholder", "noemail@hotel.example", None),
        ("not an address", "john at example", None),
        ("no domain", "john@example", None),
        ("nothing", None, None),
    ],
)
def test_email(case: str, typed: str | None, canonical: str | None) -> None:
    assert normalise_email(typed) == canonical, case


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("john.123@guest.booking.com", "relay_domain"),
        ("x@eu.guest.booking.com", "relay_domain"),
        ("info@hotel.example", "role_mailbox"),
        ("john@booking.example", None),
    ],
)
def test_registry(email: str, reason: str | None) -> None:
    assert email_registry_reason(email) == reason


@pytest.mark.parametrize(
    ("case", "typed", "country", "e164"),
    [
        ("international", "+49 89 1234567", None, "+49891234567"),
        ("trunk zero in brackets", "+49 (0)89 123 4567", None, "+49891234567"),
        ("trunk zero after the code", "+49 089 1234567", None, "+49891234567"),
        ("double zero", "0049 89 1234567", None, "+49891234567"),
        ("national, country as hint", "089/1234567", "DE", "+49891234567"),
        ("the code beats the hint", "+49 89 1234567", "FR", "+49891234567"),
        ("dialled from the United States", "011 44 7911 123456", "US", "+447911123456"),
        ("the same, written down in Germany", "011 44 7911 123456", "DE", "+447911123456"),
        ("Sao Paulo, not Iran", "011 98888-1212", "BR", "+5511988881212"),
        ("Sao Paulo, carrier of one's choice", "+55 (0xx11) 98888-1212", "BR", "+5511988881212"),
        ("Turin", "011 5551234", "IT", "+390115551234"),
        ("Delhi", "011 23456789", "IN", "+911123456789"),
        ("Buenos Aires", "011 4321-5678", "AR", "+541143215678"),
        ("Johannesburg", "011 782 1234", "ZA", "+27117821234"),
        ("dialled from Australia", "0011 44 7911 123456", "AU", "+447911123456"),
        ("Mexican mobile of before 2019", "+52 1 55 1234 5678", "MX", "+525512345678"),
        ("plus and zeros", "+00971 50 123 4009", None, "+971501234009"),
        ("two numbers", "911 22 334 / 900 11 223", "NO", "+4791122334"),
        ("two numbers without an area", "4386098/4386099", "DE", "+494386098"),
        ("two numbers behind one area", "089/1234567/1234568", "DE", "+49891234567"),
        ("two numbers, each with its area", "089/1234567, 089/1234568", "DE", "+49891234567"),
        ("two international numbers", "+49 89 1234567 / +49 89 1234568", None, "+49891234567"),
        ("a country and a long area", "+49 36426/1234567", None, "+49364261234567"),
        ("the same, dialled", "0049 36426/1234567", None, "+49364261234567"),
        ("Italian zero stays", "06 1234567", "IT", "+39061234567"),
        ("country code without plus", "4915189871226", "DE", "+4915189871226"),
        ("the same, another country as hint", "4915189871226", "FR", "+4915189871226"),
        ("the same, one whose numbers may be that long", "33612345678", "DE", "+33612345678"),
        ("the same, no hint", "971 50 233 3793", None, "+971502333793"),
        ("North American, from there", "1 312 588 7197", "US", "+13125887197"),
        ("a Chinese mobile is not one from Ontario", "13651767501", "CN", "+8613651767501"),
        ("extension", "+34 612 345 678 ext 5", None, "+34612345678"),
        ("placeholder zeros", "000000000", "DE", None),
        ("placeholder zeros behind a country", "+4700000000", "DE", None),
        ("placeholder run", "123456789", "DE", None),
        ("too short", "12345", "DE", None),
        ("nothing", None, "DE", None),
    ],
)
def test_phone(case: str, typed: str | None, country: str | None, e164: str | None) -> None:
    assert normalise_phone(typed, country) == (e164, None), case


def test_a_phone_without_any_country_keeps_its_national_digits() -> None:
    assert normalise_phone("0780 050-5636", None) == (None, "7800505636")
    assert normalise_phone("011 98888-1212", None) == (None, "11988881212")  # no country code that fits
    assert normalise_phone("98765431 / 98765432", None) == (None, "98765431")
    assert normalise_phone("5551234/5551235", None) == (None, None)  # the first alone is too short, both are no number
    assert normalise_phone("12345678 / 87654321", None) == (None, None)  # a placeholder
    assert normalise_phone("4321098/4321099", "DE") == (None, None)  # a placeholder
    assert normalise_phone("089 12345", None) == (None, None)  # too short to find its owner by
    assert normalise_phone("33 98888-1212", None) == (None, "33988881212")  # Minas Gerais or a French number: not known


@pytest.mark.parametrize(
    ("case", "typed", "country", "national"),
    [
        ("Austrian mobile of a Pole", "0664 1234567", "PL", "6641234567"),
        ("German mobile of a Turk", "0151 89871226", "TR", "15189871226"),
        ("nobody's, and too short", "0664 123", "PL", None),
        ("placeholder behind a country code", "4900000000000", "PL", None),
    ],
)
def test_a_number_that_the_hinted_country_does_not_have_keeps_its_national_digits(
    case: str, typed: str, country: str, national: str | None
) -> None:
    """The hint is a nationality, too: guests live elsewhere. The digits still find a number whose country is known."""
    assert normalise_phone(typed, country) == (None, national), case

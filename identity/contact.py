"""E-mails and phones: from what was typed to one canonical form. Pure; one call per distinct value."""

import re
from functools import cache

import phonenumbers

from identity.reference import word_list
from identity.text import clean

_EMAIL = re.compile(r"[a-z0-9.!#$%&*+/=?^_{|}~'\w-]+@(?:[\w](?:[\w-]*[\w])?\.)+[^\W\d_][\w-]+", re.UNICODE)
_EXTENSION = re.compile(r"(?:ext|x|durchwahl|dw|#|;).*$", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"^(?:\+(?:00)?|00)")
_NORTH_AMERICAN_PREFIX = "011"  # of a call abroad from there; elsewhere a town: Turin, Delhi, Johannesburg, Sao Paulo
_CARRIER = re.compile(r"\(?0xx", re.IGNORECASE)  # Brazil: zero and the carrier of one's choice
_OLD_MEXICAN_MOBILE = re.compile(r"521(?=\d{10}$)")
_SECOND_NUMBER = re.compile(r"[/,|&]")
_MIN_DIGITS, _MAX_DIGITS = 7, 15
TAIL_DIGITS = 8  # as many last digits of two numbers must agree when a country is unknown
_RUN = "01234567890123456789"
# Countries whose numbers need a parser even when written with their code: Italy keeps its 0, Mexico and Argentina
# have mobile digits.
_PARSED_CODES = frozenset({"39", "52", "54", "378", "379", "225", "241"})


def normalise_email(text: str | None) -> str | None:
    """Canonical e-mail address: lower case, without tag, provider's dots and alias domains; null when it is none.

    Addresses of a registry placeholder are null: they say that there is none.
    """
    address = clean(text).casefold().replace(" ", "").removeprefix("mailto:").strip("<>\"'.,;:()[]")
    if not _EMAIL.fullmatch(address):
        return None
    local, domain = address.rsplit("@", 1)
    registry = word_list("registry")
    domain = registry["domain_aliases"].get(domain, domain)
    local = local.split("+", 1)[0].strip(".") or local
    if domain in registry["dotless_domains"]:
        local = local.replace(".", "")
    canonical = f"{local}@{domain}"
    if local in _registry_set("placeholder_mailboxes") or canonical in _registry_set("placeholder_emails"):
        return None
    return canonical


def email_registry_reason(email: str) -> str | None:
    """Why a canonical e-mail links nobody: `relay_domain`, `role_mailbox` or null."""
    local, domain = email.rsplit("@", 1)
    labels = domain.split(".")
    if any(".".join(labels[start:]) in _registry_set("relay_domains") for start in range(len(labels) - 1)):
        return "relay_domain"
    return "role_mailbox" if local in _registry_set("role_mailboxes") else None


def normalise_phone(text: str | None, country_code: str | None) -> tuple[str | None, str | None]:
    """A phone number as (E.164, national digits): the first when the country is known, else the second.

    Read with the country (ISO 3166-1 alpha-2) as a hint; national digits stand without leading zeros. Both are null
    when it is no number or a placeholder. Of several numbers in one field the first counts.
    """
    raw = _EXTENSION.sub("", _CARRIER.sub("(", clean(text)).replace("(0)", ""))
    country = country_code and country_code.upper()
    pieces = _SECOND_NUMBER.split(raw)
    ends = [at for at, piece in enumerate(pieces, 1) if _has_digits_of_a_number(piece)]
    if len(ends) > 1:
        return _read_phone("/".join(pieces[: ends[0]]), country)
    whole = _read_phone(raw, country)
    return whole if any(whole) or len(pieces) == 1 else _read_phone(pieces[0], country)


def _has_digits_of_a_number(piece: str) -> bool:
    """Whether a piece is more than an area code: enough digits beside a country's code."""
    digits = "".join(letter for letter in piece if letter.isdigit())
    if international := _INTERNATIONAL.match(piece.replace(" ", "").lstrip("(")):
        digits = digits.removeprefix(international.group().removeprefix("+"))
        digits = digits.removeprefix(_calling_code(digits) or "")
    return len(digits) >= _MIN_DIGITS


def _read_phone(raw: str, country: str | None) -> tuple[str | None, str | None]:
    """One number, as `normalise_phone` says it."""
    digits = "".join(letter for letter in raw if letter.isdigit())
    if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS + 3 or _is_placeholder_number(digits):
        return None, None
    international = _INTERNATIONAL.match(raw.replace(" ", "").lstrip("("))
    if international:
        number = _OLD_MEXICAN_MOBILE.sub("52", digits.removeprefix(international.group().removeprefix("+")))
        abroad = _plain_international(number) or _parsed("+" + number, None)
        is_dialled = digits.startswith("00")  # 0011 from Australia; a plus is the plan's own word
        return abroad or (_parsed(digits, country) if is_dialled and country else None), None
    if digits.startswith(_NORTH_AMERICAN_PREFIX):
        abroad = _parsed("+" + digits.removeprefix(_NORTH_AMERICAN_PREFIX), None, is_sure=True)
        found = (country and _parsed(digits, country, is_sure=True)) or abroad
        if found:
            return found, None
    if country:
        return _parsed(digits, country), None
    national = digits.lstrip("0")
    return None, national if len(national) >= TAIL_DIGITS else None


def _plain_international(digits: str) -> str | None:
    """A number written with its country code that needs no parser; null when it does."""
    code = _calling_code(digits)
    if code is None or code in _PARSED_CODES or digits[len(code) : len(code) + 1] == "0":
        return None
    enough = len(digits) == 11 if code == "1" else 9 <= len(digits) <= _MAX_DIGITS
    return "+" + digits if enough and not _is_placeholder_number(digits[len(code) :]) else None


def _calling_code(digits: str) -> str | None:
    return next((digits[:length] for length in (1, 2, 3) if digits[:length] in _calling_codes()), None)


def _parsed(number: str, region: str | None, *, is_sure: bool = False) -> str | None:
    """E.164; null where no number of that length is given out, with `is_sure` where none of that range is."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    is_number = phonenumbers.is_valid_number if is_sure else phonenumbers.is_possible_number
    if not is_number(parsed) or _is_placeholder_number(str(parsed.national_number)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_placeholder_number(digits: str) -> bool:
    bare = digits.lstrip("0")
    return (
        len(set(bare)) <= 1 or digits in _RUN or digits in _RUN[::-1] or digits in _registry_set("placeholder_phones")
    )


@cache
def _registry_set(name: str) -> frozenset[str]:
    return frozenset(word_list("registry")[name])


@cache
def _calling_codes() -> frozenset[str]:
    return frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)

"""E-mails and phones: from what was typed to one canonical form. Pure; one call per distinct value."""

import re
from functools import cache

import phonenumbers

from identity.reference import word_list
from identity.text import clean

_EMAIL = re.compile(r"[a-z0-9.!#$%&*+/=?^_{|}~'\w-]+@(?:[\w](?:[\w-]*[\w])?\.)+[^\W\d_][\w-]+", re.UNICODE)
_BESIDE_EMAILS = re.compile(r"[\s,;|/<>()\[\]]+")
_EXTENSION = re.compile(r"(?:ext|x|durchwahl|dw|#|;).*$", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"^(?:\+(?:00)?|00)")
_NORTH_AMERICAN_PREFIX = "011"  # of a call abroad from there; elsewhere a town: Turin, Delhi, Johannesburg, Sao Paulo
_CARRIER = re.compile(r"\(?0xx", re.IGNORECASE)  # Brazil: zero and the carrier of one's choice
_OLD_MEXICAN_MOBILE = re.compile(r"521(?=\d{10}$)")
_SECOND_NUMBER = re.compile(r"[/,|&]")
_MIN_DIGITS, _MAX_DIGITS = 7, 15
_MIN_DIGITS_WITH_CODE, _MIN_DIGITS_WITHOUT_HINT = 11, 12  # of a number that has its country code but no plus
TAIL_DIGITS = 8  # as many last digits of two numbers must agree when a country is unknown
_RUN = "01234567890123456789"
# Countries whose numbers need a parser even when written with their code: Italy keeps its 0, Mexico and Argentina
# have mobile digits.
_PARSED_CODES = frozenset({"39", "52", "54", "378", "379", "225", "241"})


def normalise_email(text: str | None) -> str | None:
    """Canonical e-mail address: lower case, without tag, provider's dots and alias domains; null when it is none.

    Addresses of a registry placeholder are null: they say that there is none. Of several in one field the first counts.
    """
    written = clean(text).casefold()
    pieces = (written.replace(" ", ""), *_BESIDE_EMAILS.split(written))
    address = next((bare for piece in pieces if _EMAIL.fullmatch(bare := _bare_address(piece))), None)
    if address is None:
        return None
    local, domain = address.rsplit("@", 1)
    domain = _domain_meant(domain)
    local = local.split("+", 1)[0].strip(".") or local
    if domain in _registry_set("dotless_domains"):
        local = local.replace(".", "")
    canonical = f"{local}@{domain}"
    if local in _registry_set("placeholder_mailboxes") or canonical in _registry_set("placeholder_emails"):
        return None
    return canonical


def _domain_meant(domain: str) -> str:
    """The domain without a slip in its ending or in a provider's name, and by one name where it has several."""
    name, _, ending = domain.rpartition(".")
    meant = f"{name}.{_ending_slips().get(ending, ending)}"
    return _domains().get(meant, meant)


def _bare_address(piece: str) -> str:
    return piece.strip("<>\"'.,;:()[]").removeprefix("mailto:")


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
    when it is no number or a placeholder. A number that the hinted country can't have (a guest may live elsewhere than
    the nationality says) is of an unknown one. Of several numbers in one field the first counts.
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
    found = _without_plus(digits, country) or (country and _parsed(digits, country))
    if found:
        return found, None
    national = digits.lstrip("0")
    bare = national.removeprefix(_calling_code(national) or "")
    return None, national if len(national) >= TAIL_DIGITS and not _is_placeholder_number(bare) else None


def _without_plus(digits: str, country: str | None) -> str | None:
    """A number written with its country code but without plus, if it is given out there and no likelier number at home.

    Likelier at home is one that is given out there too, unless it has the code of home or is a mobile number abroad
    only. North American ones only in North America: a Chinese mobile number begins with 1, too. Without any country
    only from twelve digits on, which no country's own numbers have.
    """
    if digits.startswith("0") or len(digits) < (_MIN_DIGITS_WITH_CODE if country else _MIN_DIGITS_WITHOUT_HINT):
        return None
    own_code = str(phonenumbers.country_code_for_region(country)) if country else None
    is_own = own_code is not None and own_code == _calling_code(digits)
    if digits.startswith("1") and not is_own:
        return None
    abroad = _parsed("+" + digits, None, is_sure=True)
    home = country and not is_own and _parsed(digits, country, is_sure=True)
    return abroad if abroad and (not home or (_is_mobile(abroad) and not _is_mobile(home))) else None


def _is_mobile(e164: str) -> bool:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.number_type(phonenumbers.parse(e164, None)) in kinds


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
    # A zero that stays before a number is Italy's and few others'; elsewhere the number is of another country.
    is_sure = is_sure or bool(parsed.italian_leading_zero)
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
def _domains() -> dict[str, str]:
    """Domain by another name of it, or by a slip in it."""
    registry = word_list("registry")
    slips = {slip: domain for domain, found in registry["domain_slips"].items() for slip in found}
    return registry["domain_aliases"] | slips


@cache
def _ending_slips() -> dict[str, str]:
    endings: dict[str, str] = word_list("registry")["domain_ending_slips"]
    return endings


@cache
def _calling_codes() -> frozenset[str]:
    return frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)

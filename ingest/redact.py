"""Document and card numbers never stay readable: what finds them in free text, and their keyed hash as SQL."""

import re
from collections.abc import Callable, Iterable

from guestbook.privacy import keyed_hash
from ingest.sql.names import normalised

#: 13-19 digits that begin like a payment card, blanks or hyphens between them allowed.
CARD_PATTERN = r"[2-6](?:[ -]?[0-9]){12,18}"
_CARD = re.compile(rf"(?<![0-9]){CARD_PATTERN}(?![0-9])")
_SENSITIVE_NAME = re.compile(
    r"(?:^|_)(?:passport|document|doc|identity|national_id|id|identification|card|credit_card|pan)_?(?:number|no|num|nr)$"
    r"|^(?:guest_)?(?:passport|pan|cvv|cvc|cvv2|iban|ssn|passport_id|national_id|credit_card)$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_JSON_PAIR = re.compile(r'"((?:[^"\\]|\\.){1,80})"\s*:\s*("(?:[^"\\]|\\.)*"?|-?[0-9][0-9.eE+-]*)')
SENSITIVE_HINT = r"(?i)passport|document|docn|identity|national|idn|id_n|identification|card|pan|cvv|cvc|iban|ssn"


def is_sensitive_name(name: str) -> bool:
    """Whether a column's name says that it holds a document or card number (`passportNumber`, `ID No`)."""
    return _SENSITIVE_NAME.search(normalised(_CAMEL.sub("_", name.rsplit(".", 1)[-1]))) is not None


def document_text(text: str) -> str:
    """A document number without the differences that writing makes: case, blanks, hyphens."""
    return "".join(character for character in text.upper() if character.isalnum())


def hashed_number(key: bytes, text: str) -> str:
    """Keyed hash of a document or card number; equal however it is written."""
    return keyed_hash(key, document_text(text))


def redactor(key: bytes) -> Callable[[str], str]:
    """A function that hashes card numbers, and JSON values whose name says document or card, in a text."""

    def pair(match: re.Match[str]) -> str:
        name, found = match.groups()
        if not is_sensitive_name(name):
            return match.group(0)
        return f'"{name}":"{hashed_number(key, found.strip(chr(34)))}"'

    def card(match: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", match.group(0))
        return hashed_number(key, digits) if _passes_luhn(digits) else match.group(0)

    return lambda text: _CARD.sub(card, _JSON_PAIR.sub(pair, text))


def redact_fields(key: bytes, fields: list[str], places: Iterable[int], expected: int) -> list[str]:
    """The fields of a row that can't be split, with every field hashed that may be a sensitive column's.

    A row with `n` fields too many or too few may have moved a column by up to `n` places.
    """
    shift = abs(len(fields) - expected)
    suspects = {place + move for place in places for move in range(-shift, shift + 1)}
    return [
        hashed_number(key, field) if place in suspects and document_text(field) else field
        for place, field in enumerate(fields)
    ]


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return 13 <= len(digits) <= 19 and total % 10 == 0

"""What happens to a person's record on its way through desks, scanners and transcriptions. One function per damage."""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

LOOKALIKES = {
    "0": "O", "O": "0", "1": "l", "l": "1", "5": "S", "s": "5", "8": "B", "B": "8",
    "m": "rn", "n": "ri", "c": "e", "e": "c", "h": "b", "g": "q", "u": "v", "w": "vv",
}  # fmt: skip
DIGIT_LOOKALIKES = {"0": "8", "1": "7", "3": "8", "5": "6", "6": "5", "7": "1", "8": "3", "9": "4", "4": "9"}
NOT_ACCENTS = str.maketrans(
    {"ı": "i", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "æ": "ae", "Æ": "Ae", "đ": "d", "Đ": "D"}
)
TEXTS = ("first_name", "last_name", "address", "city")
Row = dict[str, Any]
Rng = np.random.Generator


def damaged(person: Row, rates: dict[str, float], words: dict[str, Any], rng: Rng) -> Row:
    """A copy of a record, each kind of damage done at its rate; `words` are the country's."""
    record = dict(person)
    for kind, rate in rates.items():
        if rng.random() < rate:
            DAMAGES[kind](record, words, rng)
    return record


def as_date(text: str | None) -> date | None:
    """A date, or None when the text is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _text_field(record: Row, rng: Rng) -> str:
    return str(rng.choice([name for name in TEXTS if record.get(name)]))


def _typo(record: Row, _: dict[str, Any], rng: Rng) -> None:
    for _slip in range(1 + int(rng.random() < 0.3)):
        name = _text_field(record, rng)
        text, at = str(record[name]), 0
        if len(text) > 2:
            at = int(rng.integers(1, len(text) - 1))
            letter = str(rng.choice(list("aeioumnrst")))
            record[name] = str(
                rng.choice([
                    text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :],
                    text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                ])
            )  # fmt: skip


def _lookalike(record: Row, _: dict[str, Any], rng: Rng) -> None:
    for name in ("first_name", "last_name", "address", "city", "postal_code"):
        text = str(record.get(name) or "")
        at = [index for index, letter in enumerate(text) if letter in LOOKALIKES]
        if at and rng.random() < 0.5:
            here = int(rng.choice(at))
            record[name] = text[:here] + LOOKALIKES[text[here]] + text[here + 1 :]


def _digit(record: Row, _: dict[str, Any], rng: Rng) -> None:
    text = record["birth_date"].isoformat() if record.get("birth_date") else ""
    for at in rng.permutation([2, 3, 5, 6, 8, 9])[: 1 + int(rng.random() < 0.3)] if text else []:
        text = text[:at] + DIGIT_LOOKALIKES.get(text[at], "0") + text[at + 1 :]
    record["birth_date"] = as_date(text)


def _swap_day(record: Row, _: dict[str, Any], __: Rng) -> None:
    born = record.get("birth_date")
    if born and born.day <= 12:
        record["birth_date"] = born.replace(month=born.day, day=born.month)


def _year_only(record: Row, _: dict[str, Any], __: Rng) -> None:
    """A register that asks for the year fills in the first of January."""
    born = record.get("birth_date")
    record["birth_date"] = born.replace(month=1, day=1) if born else None


def _blank(record: Row, names: list[str]) -> None:
    for name in names:
        record[name] = None
    if not record["first_name"] and not record["last_name"]:
        record["last_name"] = "Unknown"


def _kept(record: Row) -> list[str]:
    return [name for name in record if name != "country_code"]


def _missing(record: Row, _: dict[str, Any], rng: Rng) -> None:
    _blank(record, [str(name) for name in rng.permutation(_kept(record))[: int(rng.integers(1, 3))]])


def _holes(record: Row, _: dict[str, Any], rng: Rng) -> None:
    """Three of ten fields are empty; a family name is there."""
    _blank(record, [name for name in _kept(record) if name != "last_name" and rng.random() < 0.3])


def _swap_names(record: Row, _: dict[str, Any], __: Rng) -> None:
    record["first_name"], record["last_name"] = record["last_name"], record["first_name"]


def _drop_word(record: Row, _: dict[str, Any], rng: Rng) -> None:
    for name in ("first_name", "last_name"):
        words = str(record[name] or "").split()
        if len(words) > 1:
            at = int(rng.integers(len(words)))
            record[name] = " ".join(words[:at] + words[at + 1 :])


def _other_split(record: Row, _: dict[str, Any], rng: Rng) -> None:
    """The whole name's words divided anew between the two fields, in their order or turned round."""
    words = f"{record['last_name'] or ''} {record['first_name'] or ''}".split()
    if len(words) > 1:
        at = int(rng.integers(1, len(words)))
        parts = " ".join(words[:at]), " ".join(words[at:])
        record["last_name"], record["first_name"] = parts if rng.random() < 0.5 else (parts[1], parts[0])


def _spelling(record: Row, words: dict[str, Any], rng: Rng) -> None:
    """Another transcription of each word of the name that has one."""
    variants = {spelling: group.split() for group in words.get("spellings", []) for spelling in group.split()}
    for name in ("first_name", "last_name"):
        found = [str(rng.choice(variants.get(word, [word]))) for word in str(record[name] or "").split()]
        record[name] = " ".join(found).replace("_", " ") or None


def _initial(record: Row, _: dict[str, Any], __: Rng) -> None:
    record["first_name"] = f"{record['first_name'][0]}." if record["first_name"] else None


def _ascii(record: Row, _: dict[str, Any], __: Rng) -> None:
    for name in TEXTS:
        if record.get(name):
            letters = unicodedata.normalize("NFD", record[name].translate(NOT_ACCENTS))
            record[name] = "".join(letter for letter in letters if not unicodedata.combining(letter))


def _moved(record: Row, words: dict[str, Any], rng: Rng) -> None:
    record |= {name: value for name, value in home(words, rng).items() if name in record}


def _reorder_address(record: Row, _: dict[str, Any], __: Rng) -> None:
    if record["address"]:
        record["address"] = ", ".join(reversed(str(record["address"]).split(" ", 1)))


def _wrong_document(record: Row, _: dict[str, Any], rng: Rng) -> None:
    record["document_number"] = f"{rng.integers(10**8):08d}"


def home(words: dict[str, Any], rng: Rng) -> Row:
    """A street, city and postal code of the country; small cities are rare."""
    cities, streets = words["cities"].split(), words["streets"].split()
    at = int(len(cities) * rng.random() ** 2)
    taken = iter(f"{at:02d}" + "".join(str(digit) for digit in rng.integers(10, size=8)))
    postal = "".join(
        next(taken) if mark == "#" else str(rng.choice(list("ABCDEGHJKL"))) if mark in "AB" else mark
        for mark in words["postal"]
    )
    street = pick(streets, 0.3, rng).replace("_", " ")
    return {
        "address": words["street_form"].format(street=street, number=int(rng.integers(1, 200))),
        "city": cities[at].replace("_", " "),
        "postal_code": postal or None,
    }


def pick(words: list[str], skew: float, rng: Rng) -> str:
    """A word, the first ones oftener."""
    weight = 1 / np.arange(1, len(words) + 1) ** skew
    return str(rng.choice(words, p=weight / weight.sum()))


DAMAGES: dict[str, Callable[[Row, dict[str, Any], Rng], None]] = {
    "typo": _typo, "lookalike": _lookalike, "digit": _digit, "swap_day": _swap_day, "missing": _missing,
    "holes": _holes, "swap_names": _swap_names, "drop_word": _drop_word, "other_split": _other_split,
    "spelling": _spelling, "initial": _initial, "ascii": _ascii, "moved": _moved,
    "reorder_address": _reorder_address, "wrong_document": _wrong_document, "year_only": _year_only,
}  # fmt: skip

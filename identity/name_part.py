"""One name field: its words without titles and suffix, with letters where a scanner read digits. Pure."""

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from identity import hangul
from identity.text import fold, plain_vowels
from identity.words import gender_of_title, known_given_names, suffixes, words

# What a field holds: given names, a family name beside given names, or all that there is of a name.
Field = Literal["given", "family", "whole"]
_LOOKALIKES = str.maketrans("0158", "olsb")
_SHOUTED_LOOKALIKES = str.maketrans("0158", "OLSB")
_TITLE_ENDING = re.compile(r"\b(dott|prof|sig|avv|dr|sr)\.\s?(ra|na|ssa|a)\b", re.IGNORECASE)
_LONE_ONE = re.compile(r"(?<![aeiouAEIOU])1(?![aeiouAEIOU])")  # between consonants an i, else an l: Sm1th, K1aus
_HONORIFIC = re.compile(r"(?<=\w)-(?:san|sama)$", re.IGNORECASE)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_COUPLE = 3  # words: two titles and one between them
_ARABIC = re.compile(r"[\u0620-\u06ff]")
_LAST_DIGITS = re.compile(r"\d+$")


class NamePart(NamedTuple):
    """A piece of a name without titles and suffix: words as written and the folded words of each."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    suffix_code: str | None
    title_gender: str | None

    def pick(self, positions: "list[int] | range") -> "NamePart":
        """Some of its words."""
        return self._replace(
            words=tuple(self.words[at] for at in positions), folded=tuple(self.folded[at] for at in positions)
        )


NO_PART = NamePart((), (), None, None)


def without_peerage(text: str) -> str:
    """A field without a peer's title and what follows it; what follows, where nothing stands before it.

    `Thomas Clifford, 1st Baron Clifford of Chudleigh` -> `Thomas Clifford`; `4th Earl of Sandwich` -> `Sandwich`.
    """
    found = _ranked().search(text)
    if found is None:
        return text
    return text[: found.start()].rstrip(" ,") or text[found.end() :].strip()


@cache
def _ranked() -> re.Pattern[str]:
    """An ordinal and a rank, and `of`."""
    return re.compile(rf"\b\d+(?:st|nd|rd|th) (?:{'|'.join(sorted(words('peerage')))})\b(?: of\b)?", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def name_part(text: str, field: Field) -> NamePart:
    """One name field without titles and suffix; nothing is left of a lone title."""
    if "." in text or "-" in text:
        text = _HONORIFIC.sub("", _TITLE_ENDING.sub(r"\1\2", text))
    spaced = text.replace(",", " ").replace("/", " ")
    written = [with_letters(word) for word in spaced.replace(".", ". ").split()]
    pairs = [(word, folded) for word in written if (folded := _folded(word, field) or _ordinal(word))]
    gender = suffix = None
    if _is_of_couple(pairs):
        pairs = pairs[_COUPLE:]
    while len(pairs) > 1 and _is_title(pairs[0], pairs[1][1]):
        gender = gender or gender_of_title(pairs[0][1])
        pairs = pairs[1:]
    while len(pairs) > 1 and ((code := _suffix(pairs[-1], field)) or _is_trailing_title(pairs[-1])):
        suffix = suffix or code
        gender = gender or (None if code else gender_of_title(pairs[-1][1]))
        pairs = pairs[:-1]
    if len(pairs) == 1 and _is_lone_title(pairs[0], field):
        return NamePart((), (), suffix, gender or gender_of_title(pairs[0][1]))
    return NamePart(tuple(word for word, _ in pairs), tuple(folded for _, folded in pairs), suffix, gender)


def is_only_suffix(text: str) -> bool:
    """Whether a text holds suffixes and trailing titles and nothing else, as behind the comma of `John Smith, Jr.`."""
    pairs = [(word, fold(word) or _ordinal(word)) for word in text.replace(".", ". ").split()]
    return bool(pairs) and all(
        _suffix(pair, "whole") is not None or pair[1] in words("trailing_titles") for pair in pairs
    )


def is_initial(folded: str) -> bool:
    """Whether a folded word is one Latin letter."""
    return len(folded) == 1 and folded.isascii()


def with_letters(word: str) -> str:
    """A word of letters with the letters that a scanner took for digits: `8arbara` -> `Barbara`.

    Digits at its end are a number (`Guest1`), unless letters there make a given name that is known (`Danie1`).
    """
    if word.isalpha() or not any(letter.isdigit() for letter in word) or _ORDINAL.fullmatch(word):
        return word
    letters = sum(letter.isalpha() for letter in word)
    digits = sum(letter.isdigit() for letter in word)
    if letters <= digits:
        return word
    whole = _letters_for_digits(word)
    bare = _LAST_DIGITS.sub("", word)
    if bare == word or plain_vowels(fold(whole)) in known_given_names():
        return whole
    return _letters_for_digits(bare)


def _letters_for_digits(word: str) -> str:
    is_shouted = word.upper() == word
    word = word[:1] + _LONE_ONE.sub("I" if is_shouted else "i", word[1:])
    if is_shouted:
        return word.translate(_SHOUTED_LOOKALIKES)
    return word[:1].translate(_SHOUTED_LOOKALIKES) + word[1:].translate(_LOOKALIKES)


def _folded(word: str, field: Field) -> str:
    return (hangul.surname(word) if field == "family" else None) or fold(word)


def _ordinal(word: str) -> str:
    return word.lower().strip(".,") if _ORDINAL.fullmatch(word.strip(".,")) else ""


def _is_title(pair: tuple[str, str], next_folded: str) -> bool:
    """Whether a word before another one is a title; `M.` before a given name is Monsieur, else an initial.

    None in Arabic letters: without vowels عمر (Omar) is `mr`.
    """
    word, folded = pair
    if _ARABIC.search(word):
        return False
    if folded in words("titles") or (word.endswith(".") and folded in words("dotted_titles")):
        return True
    return word.endswith(".") and folded in words("letter_titles") and next_folded in known_given_names()


def _is_of_couple(pairs: list[tuple[str, str]]) -> bool:
    """Whether a name begins with two titles and a word between them: `Mr and Mrs Tony Howard`, `M. et Mme Petit`.

    Not by letters alone: `D. E. M. Jackson` has three initials.
    """
    if len(pairs) < _COUPLE or pairs[1][1] not in words("couple_words") or pairs[1][0].endswith("."):
        return False
    titles = pairs[0][1], pairs[2][1]
    known = words("titles") | words("dotted_titles") | words("letter_titles")
    return all(folded in known for folded in titles) and any(len(folded) > 1 for folded in titles)


def _suffix(pair: tuple[str, str], field: Field) -> str | None:
    """The code of a word behind another one that says a generation; Sen and Jun are names, too, if no stop follows."""
    word, folded = pair
    code = suffixes().get(_ordinal(word) or folded)
    is_name = folded in words("suffixes_or_names") and not word.endswith(".") and field != "family"
    return None if is_name else code


def _is_trailing_title(pair: tuple[str, str]) -> bool:
    word, folded = pair
    return folded in words("trailing_titles") and not _ARABIC.search(word)


def _is_lone_title(pair: tuple[str, str], field: Field) -> bool:
    word, folded = pair
    if _ARABIC.search(word):
        return False
    if field == "family":
        return folded in words("lone_titles") and folded in words("trailing_titles")
    return folded in words("lone_titles")

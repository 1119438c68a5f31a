"""Korean names: which part is the surname, and what the ways to write them in Latin letters share. Pure."""

import re
from functools import cache

from identity.han import is_pinyin_surname
from identity.reference import word_list
from identity.words import names_of_form

_NAME = re.compile(r"[\uac00-\ud7a3]{2,4}")
_SYLLABLES = re.compile(
    r"(?:(?:[bdghjklmnprst]|ch|sh)?[yw]?(?:ae|eo|eu|ee|oo|ou|oe|ui|uh|ah|[aeiou])(?:ng|[kglnmpb])?){1,3}"
)
_LONGEST_SURNAME = 2
_NAME_FIELDS = 2
_SHORTEST_SYLLABLE = 2  # shorter words are initials


def split_name(text: str) -> tuple[str, str] | None:
    """Surname and given name of a name in Hangul, written in one piece or in two; None of anything else.

    `김민준` -> 김, 민준; 남궁민수 -> 남궁, 민수. Two pieces are turned round where only the second is a surname.
    """
    pieces = text.split()
    if not _NAME.fullmatch("".join(pieces)):
        return None
    if len(pieces) == _NAME_FIELDS:
        for surname, given in (pieces, reversed(pieces)):
            if surname in _surnames():
                return surname, given
    name = "".join(pieces)
    length = _LONGEST_SURNAME if name[:_LONGEST_SURNAME] in _surnames() and len(name) > _LONGEST_SURNAME else 1
    return (name[:length], name[length:]) if name[:length] in _surnames() else None


def surname(word: str) -> str | None:
    """A surname in Hangul as it is usually written in Latin letters; None when it is none."""
    return _surnames().get(word)


def usual_surname(last_words: tuple[str, ...], given: str) -> tuple[str, ...]:
    """A surname in Latin letters as it is usually written, beside a given name of Korean syllables: Yi, Rhee -> lee.

    A frequent Chinese one stays, and one beside a given name that stands for a European one (Jan, Johannes).
    """
    if len(last_words) != 1 or is_pinyin_surname(last_words[0]):
        return last_words
    is_korean = all(_SYLLABLES.fullmatch(name) for name in names_of_form().get(given, {given}))
    return (_usual().get(last_words[0], last_words[0]),) if is_korean else last_words


def given_spelling(family: str, given: str) -> str | None:
    """What the spellings of a given name share beside a Korean surname in its usual form; else None."""
    if family not in _usual() or not _SYLLABLES.fullmatch(given):
        return None
    for written, shared in word_list("hangul")["spellings"]:
        given = given.replace(written, shared)
    return given


def given_script(family: str, first_words: tuple[str, ...]) -> str | None:
    """Whether the given name beside a Korean surname is surely `korean` or surely `western`; null for all others."""
    given = "".join(first_words)
    if family not in _usual() or min(map(len, first_words), default=0) < _SHORTEST_SYLLABLE:
        return None
    if _given_name().fullmatch(given):
        return "korean"
    return None if _SYLLABLES.fullmatch(given) else "western"


@cache
def _given_name() -> re.Pattern[str]:
    """Two syllables of given names."""
    return re.compile(rf"(?:{'|'.join(word_list('hangul')['given_syllables'].split())}){{2}}")


@cache
def _surnames() -> dict[str, str]:
    """Surname in Hangul -> its usual form in Latin letters."""
    return {written: spellings[0] for written, spellings in word_list("hangul")["surnames"].items()}


@cache
def _usual() -> dict[str, str]:
    """Spelling of a surname -> the usual one; of two surnames with one spelling the more frequent one."""
    found: dict[str, str] = {}
    for spellings in word_list("hangul")["surnames"].values():
        for spelling in spellings:
            found.setdefault(spelling, spellings[0])
    return found

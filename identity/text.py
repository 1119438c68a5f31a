"""Text folding: one spelling for what people, systems and keyboards write differently."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# Letters that Unicode doesn't decompose.
_SPECIAL = str.maketrans(
    {
        "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ŋ": "n",
        "ħ": "h", "ə": "a",
        "'": "", "’": "", "‘": "", "`": "", "´": "", "ʼ": "", "ʻ": "",
    }
)  # fmt: skip
# Letters of other alphabets and syllables, Han characters aside (identity.han).
_APOSTROPHE = re.compile("['’‘`´ʼʻ]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1dff\u1f00-\u1fff\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af]+")
_NOT_ASCII_LETTER = re.compile(r"[^a-z]+")
_GREEK_PAIR = re.compile(r"ου|αυ|ευ|γγ|γκ|γχ|\bμπ|\bντ")
_GREEK_PAIRS = {"ου": "ou", "αυ": "av", "ευ": "ev", "γγ": "ng", "γκ": "gk", "γχ": "nch", "μπ": "b", "ντ": "d"}
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOT_LETTER = re.compile(r"[^\w]+|_+|\d+", re.UNICODE)
_UMLAUT = re.compile(r"(?<=\w)([aou])e(?=\w)|([aou])e(?=\w\w)")
_DOUBLE_A = re.compile(r"aa")
_SPELLINGS = re.compile(r"tsch|tch|sch|ph|kh|ck|c(?=[aoukl]|$)|q|x|dj|j|w|ou|oo|ee|y|(?<=[aeiou])h(?![aeiouyh])")
_SPELT = {
    "tsch": "ch", "tch": "ch", "sch": "sh", "ph": "f", "kh": "h", "ck": "k", "c": "k", "q": "k", "x": "ks", "dj": "i",
    "j": "i", "w": "v", "ou": "u", "oo": "u", "ee": "i", "y": "i", "h": "",
}  # fmt: skip
_REPEATED = re.compile(r"(.)\1+")
_BLANKS = re.compile(r"\s+")


def clean(text: str | None) -> str:
    """NFKC, without invisible characters, single blanks; an empty text for null."""
    if not text:
        return ""
    if text.isascii() and text.isalpha():  # most fields are one plain word
        return text
    return _BLANKS.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def fold(text: str) -> str:
    """Lower-case words of letters, Latin ones without diacritics: `Müller-Lüdenscheidt` -> `muller ludenscheidt`.

    Other scripts are transliterated (`Иванов` -> `ivanov`, `कुमार` -> `kumar`); Han characters stay as they are.
    """
    lowered = text.casefold() if text.isascii() else _OTHER_SCRIPT.sub(_latin, text.lower()).translate(_SPECIAL)
    if lowered.isascii():
        return _NOT_LETTER.sub(" ", lowered.replace("'", "").replace("`", "")).strip()
    return _NOT_LETTER.sub(" ", unicodedata.normalize("NFC", _without_marks(lowered))).strip()


def latin_letters(text: str) -> str:
    """A place in lower-case Latin letters without diacritics: `Łódź` -> `lodz`, `ул. Мира 5` -> `ul. mira 5`."""
    lowered = _OTHER_SCRIPT.sub(_latin, _APOSTROPHE.sub(" ", text).lower()).translate(_SPECIAL)
    return anyascii(unicodedata.normalize("NFC", _without_marks(lowered))).lower()


def _latin(found: re.Match[str]) -> str:
    """A word of another script in Latin letters. Greek loses its accents first, since `ού` is read as a pair."""
    word = found.group()
    if "\u0370" <= word[0] <= "\u03ff" or word[0] >= "\u1f00":
        word = _GREEK_PAIR.sub(lambda match: _GREEK_PAIRS[match.group()], _without_marks(word))
    return _NOT_ASCII_LETTER.sub("", anyascii(unicodedata.normalize("NFC", word)).lower())


def _without_marks(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def plain_vowels(word: str) -> str:
    """A folded word with ae, oe, ue and aa as one vowel, so that Mueller, Müller and Muller meet.

    At the end of a word (Zoe, Sue) and in words under four letters (Joe) they stay.
    """
    if len(word) < 4:
        return word
    return _DOUBLE_A.sub("a", _UMLAUT.sub(lambda match: match.group(1) or match.group(2), word))


@lru_cache(maxsize=20_000)
def spelling(word: str) -> str:
    """What the spellings of one name in several languages share: Sergey, Sergei, Sergej; Iwanow, Ivanov.

    Of a folded word; two words of one spelling are written differently, not alike in sound only.
    """
    found = _SPELLINGS.sub(lambda match: _SPELT[match.group()], word)
    return _REPEATED.sub(r"\1", found.removeprefix("i") if found.startswith("ie") else found)

"""Text folding: one spelling for what people, systems and keyboards write differently."""

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode doesn't decompose.
_SPECIAL = str.maketrans(
    {
        "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ŋ": "n",
        "ħ": "h", "ə": "a",
        "'": "", "’": "", "‘": "", "`": "", "´": "", "ʼ": "", "ʻ": "",
    }
)  # fmt: skip
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
            "i",
            "yi",
            "ye",
            "g",
            "u",
            "j",
            "lj",
            "nj",
            "c",
            "d",
            "dz",
        ],
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_SCRIPTS = str.maketrans(_CYRILLIC | _GREEK)
# Letters whose marks are no diacritics: й is not и with a breve.
_PRECOMPOSED = str.maketrans(_CYRILLIC)
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
    return _BLANKS.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def fold(text: str) -> str:
    """Lower-case words of letters, Latin ones without diacritics: `Müller-Lüdenscheidt` -> `muller ludenscheidt`.

    Cyrillic and Greek are transliterated; other scripts stay as they are.
    """
    lowered = text.casefold() if text.isascii() else text.lower().translate(_PRECOMPOSED).translate(_SPECIAL)
    if lowered.isascii():
        return _NOT_LETTER.sub(" ", lowered.replace("'", "").replace("`", "")).strip()
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter))
    latin = _GREEK_PAIR.sub(lambda match: _GREEK_PAIRS[match.group()], bare).translate(_SCRIPTS)
    return _NOT_LETTER.sub(" ", unicodedata.normalize("NFC", latin)).strip()


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

"""Names in Arabic and Hebrew letters, which leave vowels out: the consonants that a Latin spelling must show. Pure.

محمد is Mohamed, Muhammad and Mahomed; no table of letters gives a name back its vowels. So such a name is compared by
its consonants with one in Latin letters (macro latin_consonants, sql/name_pair.sql), and as written with its like.
"""

import re

# Consonants by class as latin_consonants writes them: k (kh, ch, c, q), s (sh, z, ts), b (v), f (p). What is silent, or
# a vowel as often, is left out; j and w are not: يوسف is Yusuf and Joseph, דוד David.
_CONSONANTS = {
    "ب": "b", "پ": "f", "ت": "t", "ث": "[ts]", "ج": "d?[gj]", "چ": "[sk]", "خ": "k", "د": "d", "ذ": "[ds]", "ر": "r",
    "ز": "s", "ژ": "[sj]", "س": "s", "ش": "[sk]", "ص": "s", "ض": "[ds]", "ط": "t", "ظ": "[ds]", "غ": "g", "ف": "f",
    "ق": "[kg]", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "b?", "ي": "j?", "ی": "j?",
    "ב": "b", "ג": "g", "ד": "d", "ו": "b?", "ז": "s", "ח": "k?", "ט": "t", "י": "j?", "כ": "k", "ך": "k", "ל": "l",
    "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "פ": "f", "ף": "f", "צ": "s", "ץ": "s", "ק": "k", "ר": "r",
    "ש": "s", "ת": "t",
}  # fmt: skip
_ABJAD = re.compile(r"[\u05d0-\u05ea\u0620-\u06ff]")
_NOT_LETTER = re.compile(r"[\W\d_]+")
_MARK = re.compile(r"[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_SERVANT, _ARTICLE = "عبد", "ال"


def consonants(written: tuple[str, ...]) -> str | None:
    """A pattern for the consonants of a name's Latin spellings; None unless all its letters are of an abjad.

    The article may be missing, and what may be a vowel: السيد -> `l?sj?d`, which fits Sayed, El Said and Alsayyid.
    """
    if all(word.isascii() for word in written):
        return None
    words = [_NOT_LETTER.sub("", _MARK.sub("", word)) for word in written]
    letters = "".join(words)
    if not letters or len(_ABJAD.findall(letters)) != len(letters):
        return None
    return "".join(_pattern(word) for word in words) or None


def _pattern(word: str) -> str:
    """Of one word; `Abd al-` may be written as one."""
    servant = _SERVANT if word.startswith(_SERVANT + _ARTICLE) else ""
    name = word.removeprefix(servant)
    return f"{_letters(servant)}{'l?' if name.startswith(_ARTICLE) else ''}{_letters(name.removeprefix(_ARTICLE))}"


def _letters(text: str) -> str:
    return "".join(_CONSONANTS.get(letter, "") for letter in text)

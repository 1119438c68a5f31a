"""Han names: surname and given name in pinyin.

A reading may support a match, it never decides one (章威 and 张伟 are both Zhang Wei).
"""

import re
from functools import cache, lru_cache

from identity.reference import word_list
from identity.words import known_given_names

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_ONLY_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff·・\s]+")
_LONGEST_HAN_NAME = 4
_LONGEST_SYLLABLE = 6


def has_han(text: str) -> bool:
    """Whether a text holds a Han character."""
    return HAN.search(text) is not None


def is_han_name(text: str) -> bool:
    """Whether a text is a Han name of two to four characters and nothing else."""
    return _ONLY_HAN.fullmatch(text) is not None and 2 <= len(HAN.findall(text)) <= _LONGEST_HAN_NAME


def simplified(text: str) -> str:
    """A Han text in simplified characters as far as names need it, without blanks: 張偉 -> 张伟."""
    return "".join(_simplified_characters().get(letter, letter) for letter in text if letter not in " ·・")


def split_han_name(text: str) -> tuple[str, str]:
    """Surname and given name of a Han name in simplified characters; a surname may have two characters."""
    name = simplified(text)
    length = 2 if name[:2] in _compound_surnames() and len(name) > 2 else 1
    return name[:length], name[length:]


def surname_first(text: str) -> str:
    """The Han characters of a text; of a given name of two and a surname behind a blank the surname first: 明斌 陈."""
    blocks = ["".join(HAN.findall(block)) for block in text.split()]
    lengths = [len(block) for block in blocks]
    is_turned = lengths == [2, 1] or (lengths == [2, 2] and simplified(blocks[1]) in _compound_surnames())
    return "".join(reversed(blocks) if is_turned else blocks)


def without_honorific(text: str | None) -> tuple[str | None, str | None]:
    """A Han name without the honorific behind it, and the honorific: 王先生 -> (王, 先生)."""
    for honorific in word_list("name_words")["han_honorifics"]:
        if text and text.endswith(honorific) and len(text) > len(honorific):
            return text.removesuffix(honorific).strip(), honorific
    return text, None


def is_surname(text: str) -> bool:
    """Whether a Han text can be no more than a surname: one character, or a surname of two."""
    return len(simplified(text)) == 1 or simplified(text) in _compound_surnames()


def pinyin_name(text: str) -> tuple[str, str]:
    """Surname and given name of a Han name in pinyin, letters only: 单田芳 -> (`shan`, `tianfang`)."""
    surname, given = split_han_name(text)
    return _surname_readings().get(surname) or _reading(surname), _reading(given)


def is_pinyin_surname(folded: str) -> bool:
    """Whether a folded family name is a frequent Han surname in pinyin."""
    return folded in _pinyin_words("pinyin_surnames")


def given_script(first_words: tuple[str, ...]) -> str | None:
    """Whether the given name beside a Han surname is `pinyin` or `western`; null for initials and for both."""
    syllables = [
        0 if (count := syllable_count(word)) > 1 and word in known_given_names() else count
        for word in first_words
        if len(word) > 1
    ]
    if not syllables or (any(syllables) and not all(syllables)):
        return None
    return "pinyin" if all(syllables) else "western"


@lru_cache(maxsize=20_000)
def syllable_count(folded: str) -> int:
    """The fewest syllables of pinyin that make a folded word, 0 for no pinyin: `xiucheng` -> 2, `grace` -> 0."""
    if not folded:
        return 0
    fewest = [0]  # of the first letters, as many as the position says
    for end in range(1, len(folded) + 1):
        starts = range(max(0, end - _LONGEST_SYLLABLE), end)
        counts = [
            fewest[start] + 1
            for start in starts
            if (start == 0 or fewest[start]) and folded[start:end] in _pinyin_words("pinyin_syllables")
        ]
        fewest.append(min(counts, default=0))
    return fewest[-1]


def _reading(text: str) -> str:
    """Pinyin without tones. The library takes a second to load, so it waits for the first Han name."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.NORMAL)).replace("ü", "u")


@cache
def _surname_readings() -> dict[str, str]:
    return dict(word_list("han")["surname_readings"])


@cache
def _compound_surnames() -> frozenset[str]:
    return frozenset(word_list("han")["compound_surnames"])


@cache
def _simplified_characters() -> dict[str, str]:
    pairs = word_list("han")["traditional_to_simplified"].split()
    return {pair[0]: pair[1] for pair in pairs}


@cache
def _pinyin_words(name: str) -> frozenset[str]:
    return frozenset(word_list("han")[name].split())

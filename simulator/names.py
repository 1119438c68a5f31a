"""Names, cities and streets of six language areas; compound parts keep the pool wide enough for large worlds."""

from pathlib import Path

import numpy as np
import yaml

from simulator.streams import pick

LOCALES = ("en", "de", "fr", "es", "it", "zh")
# countries of a language area and their shares
COUNTRIES = {
    "en": (("US", "GB"), (0.55, 0.45)),
    "de": (("DE", "AT", "CH"), (0.7, 0.12, 0.18)),
    "fr": (("FR", "CH"), (0.92, 0.08)),
    "es": (("ES",), (1.0,)),
    "it": (("IT",), (1.0,)),
    "zh": (("CN",), (1.0,)),
}
_DATA = yaml.safe_load(Path(__file__).with_name("names.yml").read_text(encoding="utf-8"))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`a:b c:d` as pairs."""
    return tuple((left, right) for left, _, right in (word.partition(":") for word in text.split()))


FIRST = {(key[:2], key[3:]): tuple(text.split()) for key, text in _DATA["first"].items()}
LAST = {locale: tuple(text.split()) for locale, text in _DATA["last"].items()}
PARTS = {
    locale: (tuple(_DATA["parts"][f"{locale}_head"].split()), tuple(_DATA["parts"][f"{locale}_tail"].split()))
    for locale in LAST
}
SURNAMES_ZH = _pairs(_DATA["surnames_zh"])
GIVEN_ZH = _pairs(_DATA["given_zh"])
# syllables between the parts of a composed surname
_MIDDLES = {
    "en": ("er", "ing", "en", "el"),
    "de": ("en", "er", "el", "inger"),
    "fr": ("e", "i", "an", "our"),
    "es": ("a", "an", "ori", "e"),
    "it": ("a", "an", "ar", "ol"),
}
NICKNAMES = dict(_pairs(_DATA["nicknames"]))
CITIES = {country: tuple(cities) for country, cities in _DATA["cities"].items()}
STREETS = {locale: tuple(streets) for locale, streets in _DATA["streets"].items()}


def latin_names(rng: np.random.Generator, locale: str, gender: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last names: a third common, the rest composed or with a second given name; every row one person."""
    common = LAST[locale]
    heads, tails = PARTS[locale]
    weights = 1.0 / (np.arange(len(common)) + 4.0)
    last = pick(rng, common, list(weights), size)
    middle = pick(rng, ("", *_MIDDLES[locale]), (5, 1, 1, 1, 1), size)
    composed = pick(rng, heads, None, size) + middle + pick(rng, tails, None, size)
    last = np.where(rng.random(size) < 0.78, composed, last)
    if locale == "es":
        last = np.where(rng.random(size) < 0.5, last + " " + pick(rng, common, None, size), last)
    elif locale in {"en", "fr"}:
        last = np.where(rng.random(size) < 0.05, last + "-" + pick(rng, common, None, size), last)
    pool = FIRST[locale, gender]
    first = pick(rng, pool, None, size)
    second = pick(rng, pool, None, size)
    return np.where((rng.random(size) < 0.18) & (first != second), first + "-" + second, first), last


def chinese_names(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Given name (syllables joined by a space), surname and Han name; every row one person."""
    weights = 1.0 / (np.arange(len(SURNAMES_ZH)) + 6.0)
    surname = rng.choice(len(SURNAMES_ZH), size=size, p=weights / weights.sum())
    one, two = rng.integers(0, len(GIVEN_ZH), size), rng.integers(0, len(GIVEN_ZH), size)
    is_double = rng.random(size) < 0.8
    first, last, native = [], [], []
    for family, a, b, double in zip(surname.tolist(), one.tolist(), two.tolist(), is_double.tolist(), strict=True):
        han, latin = SURNAMES_ZH[family]
        given_han, given_latin = GIVEN_ZH[a]
        if double:
            given_han, given_latin = given_han + GIVEN_ZH[b][0], given_latin + " " + GIVEN_ZH[b][1]
        first.append(given_latin.capitalize())
        last.append(latin)
        native.append(han + given_han)
    return np.array(first, dtype=object), np.array(last, dtype=object), np.array(native, dtype=object)

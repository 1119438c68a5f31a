"""The word lists of names as sets of folded words."""

from functools import cache

import pyarrow as pa

from identity.reference import word_list
from identity.text import fold, plain_vowels


@cache
def words(name: str) -> frozenset[str]:
    """One list of name_words.yml, each word also with plain vowels."""
    found = frozenset(word_list("name_words")[name])
    return found | {plain_vowels(word) for word in found}


@cache
def suffixes() -> dict[str, str]:
    """Word that says a generation -> its code."""
    return dict(word_list("name_words")["suffixes"])


@cache
def names_of_form() -> dict[str, frozenset[str]]:
    """Given name or nickname -> the given names that it may stand for."""
    found: dict[str, set[str]] = {}
    for name, forms in word_list("nicknames").items():
        root = "".join(plain_vowels(word) for word in fold(name).split())
        for form in (name, *forms):
            key = "".join(plain_vowels(word) for word in fold(form).split())
            found.setdefault(key, {key}).add(root)
    return {form: frozenset(roots) for form, roots in found.items()}


def listed_given_names() -> pa.Table:
    """One row per name_form and given_name that it may stand for; the table `identity.given_name`."""
    rows = [(form, root) for form, roots in sorted(names_of_form().items()) for root in sorted(roots)]
    return pa.table(dict(zip(("name_form", "given_name"), zip(*rows, strict=True), strict=True)))


@cache
def known_given_names() -> frozenset[str]:
    """Given names of the lists, their nicknames included."""
    listed = {plain_vowels(word) for line in word_list("given_names") for word in fold(line).split()}
    return frozenset(listed | set(names_of_form()))


def gender_of_title(word: str) -> str | None:
    """The gender that a folded title says, null when it says none."""
    if word in words("female_titles"):
        return "female"
    return "male" if word in words("male_titles") else None

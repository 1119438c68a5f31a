"""Which words of a delivered name are the given name and which the family name. Pure."""

import re

from identity import han, hangul
from identity.name_part import NO_PART, NamePart, is_initial, is_only_suffix, name_part
from identity.text import clean, plain_vowels
from identity.words import known_given_names, words

# Son or daughter of, behind a given name (ru, uk, be), in Latin letters of any transliteration.
_PATRONYMIC = re.compile(r"\w\w+(?:[eoy]v[iy]ch|[eoiy]vna|[iy]nichna)|[iy]l[iy]ch")


def name_pieces(first: str, last: str, full: str, native: str) -> tuple[NamePart, NamePart, bool, str | None]:
    """First part, last part, whether their order is known, and the name in its own script; null if it has none."""
    if korean := hangul.split_name(f"{last} {first}" if last else full):
        surname, given = korean
        return name_part(given, "given"), name_part(surname, "family"), True, native or None
    if not first and ("/" in last or "," in last):
        first, last, full = "", "", last
    elif last and not first and _has_initial_at_an_end(name_part(last, "whole")):
        last, full = "", last
    if first or last:
        native_name, (first, last) = _take_native(native, first, last)
        if not first and (parts := _split_by_given_name(name_part(last, "whole"))):
            return *parts, False, native_name
        return name_part(first, "given"), name_part(last, "family" if first else "whole"), True, native_name
    native_name, (full,) = _take_native(native, full)
    first_part, last_part, is_ordered = _split_full(full)
    return first_part, last_part, is_ordered, native_name


def _take_native(native: str, *latin: str) -> tuple[str | None, list[str]]:
    """The native name, also when it stands in a Latin field, and the Latin fields without it."""
    if not any(han.has_han(text) for text in latin):
        return native or None, list(latin)
    found = "".join(han.surname_first(text) for text in reversed(latin))
    return native or found, [clean(han.HAN.sub(" ", text)) for text in latin]


def _split_full(text: str) -> tuple[NamePart, NamePart, bool]:
    """First part and last part of a name in one piece, and whether the order is certain."""
    for mark in (",", "/"):
        last, found, first = (clean(piece) for piece in text.partition(mark))
        if found and not is_only_suffix(first):
            return name_part(first, "given"), name_part(last, "family"), True
    whole = name_part(text, "whole")
    count = len(whole.words)
    if count <= 1:
        return NO_PART, whole, False
    long = [at for at in range(count) if not is_initial(whole.folded[at])]
    shouted = [at for at in long if whole.words[at].isupper()]
    if 0 < len(shouted) < len(long):
        return whole.pick([at for at in range(count) if at not in shouted]), whole.pick(shouted), True
    if parts := _split_by_given_name(whole):
        return *parts, False
    first_at, last_at = _by_initials(whole, long) or ([], [])
    if not last_at:
        start = next((at for at in range(1, count) if whole.folded[at] in words("particles")), count - 1)
        first_at, last_at = list(range(start)), list(range(start, count))
    return whole.pick(first_at), whole.pick(last_at), False


def _by_initials(whole: NamePart, long: list[int]) -> tuple[list[int], list[int]] | None:
    """Positions of the given name and of the family name where initials stand at an end: `J. R. Smith`, `Smith J`.

    Longer words are the family name then, unless one of them is a given name that is known (`J. Robert Smith`).
    """
    if not _has_initial_at_an_end(whole):
        return None
    core = list(range(long[0], long[-1] + 1))
    ends = [whole.folded[at] for at in ([core[0]] if is_initial(whole.folded[0]) else [core[0], core[-1]])]
    is_given = len(core) > 1 and any(plain_vowels(end) in known_given_names() for end in ends)
    last_at = core[-1:] if is_given else core
    return [at for at in range(len(whole.words)) if at not in last_at], last_at


def _split_by_given_name(whole: NamePart) -> tuple[NamePart, NamePart] | None:
    """First part and last part where a patronymic or given names at one end alone say which is which: `Koch Anna`.

    A patronymic in the second or third of three words follows the given name: `Lev Ilich Petrov`, `Petrov Lev Ilich`.
    A word behind a particle or a saint's title is of the family name: `De Luca Anna`, `San Martin Jose`, `Di Pietro`.
    """
    count = len(whole.words)
    if count < 2 or any(is_initial(folded) for folded in whole.folded):
        return None
    leads = [folded in words("particles") | words("saint_titles") for folded in whole.folded[:-1]]
    is_of_family = [a or b for a, b in zip([*leads, False], [False, *leads], strict=True)]
    known = [
        plain_vowels(folded) in known_given_names() and not of_family
        for folded, of_family in zip(whole.folded, is_of_family, strict=True)
    ]
    if count == 3 and _PATRONYMIC.fullmatch(whole.folded[1]):
        return whole.pick([0, 1]), whole.pick([2])
    if count == 3 and _PATRONYMIC.fullmatch(whole.folded[2]) and not known[0]:
        return whole.pick([1, 2]), whole.pick([0])
    if known[0] == known[-1]:
        return None
    given = known.index(False) if known[0] else known[::-1].index(False)
    first_at = range(given) if known[0] else range(count - given, count)
    return whole.pick(first_at), whole.pick([at for at in range(count) if at not in first_at])


def _has_initial_at_an_end(whole: NamePart) -> bool:
    """Whether one letter stands before or behind longer words."""
    letters = [is_initial(folded) for folded in whole.folded]
    return bool(letters) and not all(letters) and (letters[0] or letters[-1])

"""Names of people: from what systems hold to what can be compared. Pure; one call per distinct name."""

from functools import cache, lru_cache
from typing import NamedTuple

from identity import han
from identity.reference import word_list
from identity.text import clean, fold, plain_vowels


class PersonName(NamedTuple):
    """A name for display and its compared form. Keys are null when the name is unknown or a placeholder."""

    first_name: str | None
    last_name: str | None
    native_name: str | None
    first_key: str | None
    first_roots: tuple[str, ...]
    is_initial: bool
    last_key: str | None
    last_words: tuple[str, ...]
    last_compact: str | None
    last_roots: tuple[str, ...]
    native_key: str | None
    suffix_code: str | None
    title_gender: str | None
    is_ordered: bool
    is_pinyin: bool
    is_organisation: bool
    is_known_first: bool


class _Part(NamedTuple):
    """A piece of a name without titles and suffix: words as written and the folded words of each."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    suffix_code: str | None
    title_gender: str | None


_NOTHING = _Part((), (), None, None)


def parse_name(
    title: str | None, first: str | None, last: str | None, full: str | None, native: str | None
) -> PersonName:
    """The compared form of a name given in parts, or in one piece (`full`) when the parts are empty."""
    first_part, last_part, is_ordered, native_name = _pieces(clean(first), clean(last), clean(full), clean(native))
    suffix = last_part.suffix_code or first_part.suffix_code
    gender = _title_gender(clean(title)) or first_part.title_gender or last_part.title_gender
    first_words = _key_words(first_part)
    last_words = _key_words(last_part)
    if _is_placeholder(first_words + last_words):
        first_words, last_words = (), ()
    if _is_organisation(first_part, last_part):
        return _organisation(first_part, last_part, native_name)
    is_pinyin = native_name is not None and not first_words and not last_words and han.is_han_name(native_name)
    if is_pinyin and native_name:
        surname, given = han.pinyin_name(native_name)
        first_words, last_words = (given,) if given else (), (surname,)
    bare_last = tuple(word for word in last_words if word not in _words("particles")) or last_words
    return PersonName(
        first_name=_display(first_part.words) if first_words and not is_pinyin else None,
        last_name=_display(last_part.words) if last_words and not is_pinyin else None,
        native_name=native_name,
        first_key=" ".join(first_words) or None,
        first_roots=_roots(first_words),
        is_initial=bool(first_words) and all(len(word) == 1 for word in first_words),
        last_key=" ".join(bare_last) or None,
        last_words=bare_last,
        last_compact="".join(last_words) or None,
        last_roots=_roots(bare_last),
        native_key=han.simplified(native_name) if native_name else None,
        suffix_code=suffix,
        title_gender=gender,
        is_ordered=is_ordered and not is_pinyin,
        is_pinyin=is_pinyin,
        is_organisation=False,
        is_known_first=bool(first_words) and first_words[0] in _known_given_names(),
    )


def compared_text(name: PersonName) -> str:
    """All that is compared of a name as one text: equal for equal names, the same on every machine and night."""
    parts = (name.first_key, name.last_key, name.last_compact, name.native_key, name.suffix_code)
    flags = f"{name.is_pinyin:d}{name.is_organisation:d}"
    return "\x1f".join([*(part or "" for part in parts), flags, " ".join(name.first_roots)])


def _pieces(first: str, last: str, full: str, native: str) -> tuple[_Part, _Part, bool, str | None]:
    """First part, last part, whether their order is known, and the name in its own script."""
    if not first and ("/" in last or "," in last):
        first, last, full = "", "", last
    if first or last:
        native_name, (first, last) = _take_native(native, first, last)
        return _part(first), _part(last), True, native_name
    native_name, (full,) = _take_native(native, full)
    first_part, last_part, is_ordered = _split_full(full)
    return first_part, last_part, is_ordered, native_name


def _take_native(native: str, *latin: str) -> tuple[str | None, list[str]]:
    """The native name, also when it stands in a Latin field, and the Latin fields without it."""
    if not any(han.has_han(text) for text in latin):
        return native or None, list(latin)
    found = "".join(han.surname_first(text) for text in reversed(latin))
    return native or found, [clean(han.HAN.sub(" ", text)) for text in latin]


@lru_cache(maxsize=200_000)
def _part(text: str) -> _Part:
    """One name field without titles and suffix."""
    words = text.replace(",", " ").replace("/", " ").replace(".", ". ").split()
    pairs = [(word, folded) for word in words if (folded := fold(word))]
    gender = None
    while len(pairs) > 1 and pairs[0][1] in _words("titles"):
        gender = gender or _gender_of_title(pairs[0][1])
        pairs = pairs[1:]
    suffix = None
    while len(pairs) > 1 and (pairs[-1][1] in _words("trailing_titles") or pairs[-1][1] in _suffixes()):
        suffix = suffix or _suffixes().get(pairs[-1][1])
        gender = gender or _gender_of_title(pairs[-1][1])
        pairs = pairs[:-1]
    if len(pairs) == 1 and pairs[0][1] in _words("titles") and pairs[0][1] in _words("trailing_titles"):
        return _Part((), (), suffix, gender or _gender_of_title(pairs[0][1]))
    return _Part(tuple(word for word, _ in pairs), tuple(folded for _, folded in pairs), suffix, gender)


def _split_full(text: str) -> tuple[_Part, _Part, bool]:
    """First part and last part of a name in one piece, and whether the order is certain."""
    for mark in (",", "/"):
        if mark in text:
            last, first = text.split(mark, 1)
            return _part(clean(first)), _part(clean(last)), True
    whole = _part(text)
    count = len(whole.words)
    if count <= 1:
        return _NOTHING, whole, False
    shouted = [len(folded) > 1 and word.isupper() for word, folded in zip(whole.words, whole.folded, strict=True)]
    if any(shouted) and not all(shouted):
        first_at = [index for index in range(count) if not shouted[index]]
        last_at = [index for index in range(count) if shouted[index]]
        return _pick(whole, first_at), _pick(whole, last_at), True
    start = next((index for index in range(1, count) if whole.folded[index] in _words("particles")), count - 1)
    return _pick(whole, range(start)), _pick(whole, range(start, count)), False


def _pick(part: _Part, positions: "list[int] | range") -> _Part:
    return part._replace(
        words=tuple(part.words[at] for at in positions), folded=tuple(part.folded[at] for at in positions)
    )


def _key_words(part: _Part) -> tuple[str, ...]:
    words = tuple(plain_vowels(word) for folded in part.folded for word in folded.split())
    return tuple(word for word in words if word not in _words("strong_placeholders"))


def _is_placeholder(words: tuple[str, ...]) -> bool:
    return all(word in _words("weak_placeholders") for word in words)


def _is_organisation(first: _Part, last: _Part) -> bool:
    return any(
        word in _words("organisation_words")
        for part in (first, last)
        for folded in part.folded
        for word in folded.split()
    )


def _organisation(first: _Part, last: _Part, native_name: str | None) -> PersonName:
    words = _key_words(first) + _key_words(last)
    return PersonName(
        first_name=None,
        last_name=_display(first.words + last.words),
        native_name=native_name,
        first_key=None,
        first_roots=(),
        is_initial=False,
        last_key=" ".join(words) or None,
        last_words=words,
        last_compact="".join(words) or None,
        last_roots=(),
        native_key=None,
        suffix_code=None,
        title_gender=None,
        is_ordered=True,
        is_pinyin=False,
        is_organisation=True,
        is_known_first=False,
    )


def _display(words: tuple[str, ...]) -> str | None:
    """Words as a person would write them: shouted or whispered ones get capitals, others stay."""
    text = " ".join(words).strip(" ,/.;-")
    if text.isupper() or text.islower():
        return (
            " ".join(word if word.lower() in _words("particles") else _capital(word) for word in text.lower().split())
            or None
        )
    return text or None


def _capital(word: str) -> str:
    return "-".join("'".join(piece[:1].upper() + piece[1:] for piece in part.split("'")) for part in word.split("-"))


@lru_cache(maxsize=1_000)
def _title_gender(title: str) -> str | None:
    return next((gender for word in fold(title).split() if (gender := _gender_of_title(word))), None)


def _gender_of_title(word: str) -> str | None:
    if word in _words("female_titles"):
        return "female"
    return "male" if word in _words("male_titles") else None


@lru_cache(maxsize=200_000)
def _roots(first_words: tuple[str, ...]) -> tuple[str, ...]:
    """Given names that the first word, or all words together, may stand for."""
    forms = {first_words[0], "".join(first_words)} if first_words else set()
    return tuple(
        sorted({root for form in forms if len(form) > 1 for root in _names_of_form().get(form, frozenset({form}))})
    )


@cache
def _words(name: str) -> frozenset[str]:
    words = frozenset(word_list("name_words")[name])
    return words | {plain_vowels(word) for word in words}


@cache
def _suffixes() -> dict[str, str]:
    return dict(word_list("name_words")["suffixes"])


@cache
def _names_of_form() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, forms in word_list("nicknames").items():
        root = "".join(plain_vowels(word) for word in fold(name).split())
        for form in (name, *forms):
            key = "".join(plain_vowels(word) for word in fold(form).split())
            found.setdefault(key, {key}).add(root)
    return {form: frozenset(roots) for form, roots in found.items()}


@cache
def _known_given_names() -> frozenset[str]:
    listed = {plain_vowels(word) for line in word_list("given_names") for word in fold(line).split()}
    return frozenset(listed | set(_names_of_form()))

"""Names of people: from what systems hold to what can be compared. Pure; one call per distinct name."""

from functools import lru_cache
from typing import NamedTuple

from identity import abjad, han, hangul
from identity.desk_notes import without_company, without_host, without_notes
from identity.name_part import NamePart, is_initial, without_peerage
from identity.name_pieces import name_pieces
from identity.text import clean, fold, plain_vowels, spelling
from identity.words import gender_of_title, known_given_names, names_of_form, words


class PersonName(NamedTuple):
    """A name for display and its compared form. Keys are null when the name is unknown or a placeholder."""

    first_name: str | None
    last_name: str | None
    native_name: str | None
    first_key: str | None
    first_roots: tuple[str, ...]
    first_parts: tuple[str, ...]
    is_initial: bool
    last_key: str | None
    last_words: tuple[str, ...]
    last_compact: str | None
    last_roots: tuple[str, ...]
    last_spelling: str | None
    native_key: str | None
    suffix_code: str | None
    title_gender: str | None
    is_ordered: bool
    is_pinyin: bool
    is_organisation: bool
    is_known_first: bool
    is_known_last: bool
    given_script: str | None
    first_consonants: str | None
    last_consonants: str | None


def parse_name(
    title: str | None, first: str | None, last: str | None, full: str | None, native: str | None
) -> PersonName:
    """The compared form of a name given in parts, or in one piece (`full`) when the parts are empty."""
    first, last, full = (without_peerage(clean(text)) for text in (first, last, full))
    first, last, full = without_notes(first), without_notes(last), without_notes(full, is_whole_name=True)
    first, last, full = without_host(first, without_company(first, last), full)
    first_part, last_part, is_ordered, native_name = name_pieces(first, last, full, clean(native))
    suffix = last_part.suffix_code or first_part.suffix_code
    gender = _title_gender(clean(title)) or first_part.title_gender or last_part.title_gender
    native_name, honorific = han.without_honorific(native_name)
    first_words = _key_words(first_part)
    last_words = _key_words(last_part)
    if _is_initial_of_given_name(first_words, last_words):
        first_words, last_words = last_words, first_words
    if _is_placeholder(first_words + last_words):
        first_words, last_words = (), ()
    elif _is_organisation(first_part, last_part):
        return _organisation(first_part, last_part, native_name)
    is_surname = native_name is not None and honorific is not None and han.is_surname(native_name)
    is_pinyin = (
        native_name is not None and not first_words + last_words and (is_surname or han.is_han_name(native_name))
    )
    if is_pinyin and native_name:
        surname, given = han.pinyin_name(native_name)
        first_words, last_words = (given,) if given else (), (surname,)
    last_words = hangul.usual_surname(last_words, "".join(first_words))
    bare_last = tuple(word for word in last_words if word not in words("particles")) or last_words
    return PersonName(
        first_name=_display(first_part.words) if first_words and not is_pinyin else None,
        last_name=_display(last_part.words) if last_words and not is_pinyin else None,
        native_name=native_name,
        first_key=" ".join(first_words) or None,
        first_roots=_roots(first_words, "".join(last_words)),
        first_parts=_parts(first_words, native_name if native_name and han.is_han_name(native_name) else None),
        is_initial=bool(first_words) and all(is_initial(word) for word in first_words),
        last_key=" ".join(bare_last) or None,
        last_words=bare_last,
        last_compact="".join(last_words) or None,
        last_roots=_roots(bare_last),
        last_spelling=spelling("".join(bare_last)) or None,
        native_key=han.simplified(native_name) if native_name and not is_surname else None,
        suffix_code=suffix,
        title_gender=gender or (gender_of_title(honorific) if honorific else None),
        is_ordered=is_ordered and not is_pinyin,
        is_pinyin=is_pinyin,
        is_organisation=False,
        is_known_first=bool(first_words) and first_words[0] in known_given_names(),
        is_known_last=bool(bare_last) and bare_last[0] in known_given_names(),
        given_script=_given_script("".join(last_words), first_words),
        first_consonants=abjad.consonants(first_part.words),
        last_consonants=abjad.consonants(last_part.words),
    )


def compared_text(name: PersonName) -> str:
    """All that is compared of a name as one text: equal for equal names, the same on every machine and night."""
    parts = (name.first_key, name.last_key, name.last_compact, name.native_key, name.suffix_code)
    flags = f"{name.is_pinyin:d}{name.is_organisation:d}"
    consonants = [name.first_consonants or "", name.last_consonants or ""]
    written = consonants if any(consonants) else []
    return "\x1f".join([*(part or "" for part in parts), flags, " ".join(name.first_roots), *written])


def _key_words(part: NamePart) -> tuple[str, ...]:
    found = (plain_vowels(word) for folded in part.folded for word in folded.split())
    return tuple(word for word in found if word not in words("strong_placeholders"))


def _is_placeholder(found: tuple[str, ...]) -> bool:
    """Whether a name is made of placeholder words only, or of one and letters that count people (`Guest B`)."""
    if all(word in words("weak_placeholders") for word in found):
        return True
    long = [word for word in found if len(word) > 2]
    return bool(long) and all(len(word) == 1 or word in words("weak_placeholders") for word in found)


def _is_initial_of_given_name(first_words: tuple[str, ...], last_words: tuple[str, ...]) -> bool:
    """Whether the fields changed places and the given name is an initial: `Luzi | C.`, not `Anna | H.`."""
    if not first_words or not all(is_initial(word) for word in last_words):
        return False
    return bool(last_words) and not is_initial(first_words[0]) and first_words[0] not in known_given_names()


def _is_organisation(first: NamePart, last: NamePart) -> bool:
    return any(
        word in words("organisation_words")
        for part in (first, last)
        for folded in part.folded
        for word in folded.split()
    )


def _given_script(family: str, first_words: tuple[str, ...]) -> str | None:
    """Beside a Chinese or Korean surname, whether the given name is of its language or `western`; null if unsure."""
    return han.given_script(first_words) if han.is_pinyin_surname(family) else hangul.given_script(family, first_words)


def _organisation(first: NamePart, last: NamePart, native_name: str | None) -> PersonName:
    found = _key_words(first) + _key_words(last)
    return PersonName(
        first_name=None,
        last_name=_display(first.words + last.words),
        native_name=native_name,
        first_key=None,
        first_roots=(),
        first_parts=(),
        is_initial=False,
        last_key=" ".join(found) or None,
        last_words=found,
        last_compact="".join(found) or None,
        last_roots=(),
        last_spelling=None,
        native_key=None,
        suffix_code=None,
        title_gender=None,
        is_ordered=True,
        is_pinyin=False,
        is_organisation=True,
        is_known_first=False,
        is_known_last=False,
        given_script=None,
        first_consonants=None,
        last_consonants=None,
    )


def _display(written: tuple[str, ...]) -> str | None:
    """Words as a person would write them: shouted or whispered ones get capitals, others stay."""
    text = " ".join(written).strip(" ,/.;-")
    if text.isupper() or text.islower():
        return (
            " ".join(word if word.lower() in words("particles") else _capital(word) for word in text.lower().split())
            or None
        )
    return text or None


def _capital(word: str) -> str:
    return "-".join("'".join(piece[:1].upper() + piece[1:] for piece in part.split("'")) for part in word.split("-"))


@lru_cache(maxsize=1_000)
def _title_gender(title: str) -> str | None:
    return next((gender for word in fold(title).split() if (gender := gender_of_title(word))), None)


@lru_cache(maxsize=20_000)
def _roots(first_words: tuple[str, ...], family: str = "") -> tuple[str, ...]:
    """Given names that the first word, or all words together, may stand for, and how they are spelt in any language.

    Beside a Korean family name, what the spellings of all words together share, too.
    """
    korean = hangul.given_spelling(family, "".join(first_words))
    forms = {form for form in (*first_words[:1], "".join(first_words)) if len(form) > 1}
    names = {root for form in forms for root in names_of_form().get(form, frozenset({form}))}
    spelt = {f"~{spelling(form)}" for form in forms} | ({f"~ko {korean}"} if korean else set())
    return tuple(sorted(names | spelt))


@lru_cache(maxsize=20_000)
def _parts(first_words: tuple[str, ...], han_name: str | None) -> tuple[str, ...]:
    """Given names that may be used alone: each run of neighbouring words as one, and the given name in pinyin."""
    long = [word for word in first_words if len(word) > 1]
    ends = range(1, len(long) + 1)
    found = {"".join(long[start:end]) for end in ends for start in range(end)}
    if han_name and (given := han.pinyin_name(han_name)[1]):
        found.add(given)
    return tuple(sorted(found))

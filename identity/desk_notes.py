"""What desks write into a name field that is none of the name: notes, the host of a guest, a company. Pure."""

import re
from functools import cache

from identity.words import words

# Each language's own words: `Gast de Vries` and `Guest de Souza` are surnames behind a name, or for one.
_HOST = re.compile(
    r"^(?:(?:guests?|friends?) of|(?:gast|gaste|gäste) (?:von|des)|invit[eé]s? (?:de|du|des)|invitad[oa]s? del?)\b",
    re.I,
)
_HOST_ACROSS_FIELDS = re.compile(r"^(?:guests?|friends?) of\b", re.I)  # `von` and `de` begin a surname there
_COMPANY = re.compile(r"^(.*?\S)\s*(?:/|\s[-–|]\s)\s*(\S.*)$")
_DIVIDERS = ("/", " - ", " – ", " | ")
_TWO_NAMES = re.compile(r"[A-Z][^\W\d_A-Z]+ [A-Z][^\W\d_A-Z]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LISTS = ("desk_notes", "signed_desk_notes")
_SHORTEST_COMPANY = 2  # words, the legal form among them
_SURELY_COMPANY = 3  # words: two surnames are two


def without_notes(text: str, *, is_whole_name: bool = False) -> str:
    """A field without notes at its ends: `Lindquist do not move`, `Shankar (VIP)`, `Bertrand **DNM**` -> the name.

    Nothing is left of notes alone. Words that are names, too (`Early`, `King`), are notes only behind a bracket, star,
    exclamation mark or hash: a dash joins two surnames as well. Any note of one word may be a name (Vip is one in
    Thailand and India) if it is all that the field holds, or one of two words of a whole name, written like the other.
    """
    if not _may_hold_notes(text):
        return text
    if _alone().fullmatch(text):
        return text if text.isalpha() else ""
    if is_whole_name and _TWO_NAMES.fullmatch(text):
        return text
    return _trailing().sub("", _leading().sub("", text)).strip() or text


def without_host(first: str, last: str, full: str) -> tuple[str, str, str]:
    """First, last and full name, none of them where they only say whose guest it is: `Guest of Mr Smith`."""
    if _HOST.match(first) or _HOST.match(full) or _HOST_ACROSS_FIELDS.match(f"{first} {last}"):
        return "", "", ""
    return first, "" if _HOST.match(last) else last, full


def without_company(first: str, last: str) -> str:
    """A family name without the company behind a stroke or dash: `Shankar/Seidel AB`, `Calvo - Acme GmbH`.

    With no given name beside it, a stroke divides family and given name (`Smith/John`), unless the second is a company
    by a word that no person bears. A legal form that is a surname, too (`Wang/Li Co`, `Kaya/Demir As`), needs more: a
    third word, or capitals that the name before it has not.
    """
    found = _COMPANY.match(last) if any(sign in last for sign in _DIVIDERS) else None
    if found is None:
        return last
    name, company = found.groups()
    listed = re.sub(r"[^\w ]", "", company.casefold()).split()
    is_sure = any(word in words("organisation_words") for word in listed)
    has_form = len(listed) >= _SHORTEST_COMPANY and listed[-1] in words("legal_forms")
    may_be_surname = (
        has_form
        and listed[-1] in words("legal_forms_or_surnames")
        and len(listed) < _SURELY_COMPANY
        and (name.isupper() or not company.isupper())
    )
    return name if is_sure or (first and has_form and not may_be_surname) else last


def _may_hold_notes(text: str) -> bool:
    """Whether the first or last word is one of a note: most fields are done with here."""
    found = _LETTERS.findall(text.lower())
    return bool(found) and (found[0] in _words_of_notes() or found[-1] in _words_of_notes())


@cache
def _words_of_notes() -> frozenset[str]:
    return frozenset(word for name in _LISTS for phrase in words(name) for word in phrase.split())


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"[\s(\[{{*!#-]*{_phrases('desk_notes')}[\s)\]}}*!#.-]*", re.IGNORECASE)


@cache
def _trailing() -> re.Pattern[str]:
    signed = rf"\s*[(\[{{*!#][\s*!#-]*{_phrases(*_LISTS)}"
    return re.compile(rf"(?:{signed}|[\s,;:/–-]+{_phrases('desk_notes')})[\s)\]}}*!#.-]*$", re.IGNORECASE)


@cache
def _leading() -> re.Pattern[str]:
    signed = rf"[(\[{{*!#][\s*!#-]*{_phrases(*_LISTS)}[\s)\]}}*!#.-]+"
    return re.compile(rf"^(?:{signed}|{_phrases('desk_notes')}[\s)\]}}*!#.,:-]+)(?=\S)", re.IGNORECASE)


def _phrases(*lists: str) -> str:
    """Any number of notes, one behind the other."""
    found = sorted((phrase for name in lists for phrase in words(name)), key=len, reverse=True)
    one = "|".join(re.escape(phrase).replace(r"\ ", r"[\s.-]+") for phrase in found)
    return rf"(?:\b(?:{one})\b[\s,;/+&.-]*)+"

"""What desks write into a name field that is none of the name: notes, the host of a guest, a company. Pure."""

import re
from functools import cache

from identity.words import words

_HOST = re.compile(
    r"^(?:guests?|gast|gaste|gäste|invites?|invités?|invitad[oa]s?|friends?) (?:of|von|de|del|des|du)\b", re.I
)
_COMPANY = re.compile(r"^(.*?\S)\s*(?:/|\s[-–|]\s)\s*(\S.*)$")
_DIVIDERS = ("/", " - ", " – ", " | ")
_LETTERS = re.compile(r"[^\W\d_]+")
_LISTS = ("desk_notes", "signed_desk_notes")
_SHORTEST_COMPANY = 2  # words, the legal form among them


def without_notes(text: str) -> str:
    """A field without notes at its ends: `Lindquist do not move`, `Shankar (VIP)`, `Bertrand **DNM**` -> the name.

    Nothing is left of notes alone. Words that are names, too (`Early`, `King`), are notes only behind a sign.
    """
    if not _may_hold_notes(text):
        return text
    if _alone().fullmatch(text):
        return ""
    return _trailing().sub("", _leading().sub("", text)).strip() or text


def without_host(first: str, last: str, full: str) -> tuple[str, str, str]:
    """First, last and full name, none of them where they only say whose guest it is: `Guest of Mr Smith`."""
    if _HOST.match(first) or _HOST.match(full) or (_HOST.match(f"{first} {last}") and not _HOST.match(last)):
        return "", "", ""
    return first, "" if _HOST.match(last) else last, full


def without_company(first: str, last: str) -> str:
    """A family name without the company behind a stroke or dash: `Shankar/Seidel AB`, `Calvo - Acme GmbH`.

    With no given name beside it, a stroke divides family and given name (`Smith/John`), unless the second is a company
    by a word that no person bears.
    """
    found = _COMPANY.match(last) if any(sign in last for sign in _DIVIDERS) else None
    if found is None:
        return last
    name, company = found.groups()
    listed = re.sub(r"[^\w ]", "", company.casefold()).split()
    is_sure = any(word in words("organisation_words") for word in listed)
    has_form = len(listed) >= _SHORTEST_COMPANY and listed[-1] in words("legal_forms")
    return name if is_sure or (first and has_form) else last


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
    signed = rf"\s*(?:[(\[{{*!#]|\s[-–]\s|--)[\s*!#-]*{_phrases(*_LISTS)}"
    return re.compile(rf"(?:{signed}|[\s,;:/-]+{_phrases('desk_notes')})[\s)\]}}*!#.-]*$", re.IGNORECASE)


@cache
def _leading() -> re.Pattern[str]:
    signed = rf"[(\[{{*!#][\s*!#-]*{_phrases(*_LISTS)}[\s)\]}}*!#.-]+"
    return re.compile(rf"^(?:{signed}|{_phrases('desk_notes')}[\s)\]}}*!#.,:-]+)(?=\S)", re.IGNORECASE)


def _phrases(*lists: str) -> str:
    """Any number of notes, one behind the other."""
    found = sorted((phrase for name in lists for phrase in words(name)), key=len, reverse=True)
    one = "|".join(re.escape(phrase).replace(r"\ ", r"[\s.-]+") for phrase in found)
    return rf"(?:\b(?:{one})\b[\s,;/+&.-]*)+"

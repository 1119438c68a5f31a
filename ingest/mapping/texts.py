"""The small types of the mapping language: YAML's texts, patterns, formats, zones and conditions, each checked."""

import re
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

#: What strptime formats may hold; anything else is a typing error that no file would survive.
DIRECTIVES = "aAbBdfgGHIjmMnpSuUVwWxXyYzZ%-"
#: In a condition: any value that is not blank; inside a text: any characters.
ANY = "*"


class Spec(BaseModel):
    """A part of a mapping: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _text(value: Any) -> Any:
    """YAML's unquoted true, 1 and 1.5 as the text that the export would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _texts(value: Any) -> Any:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _text_pairs(value: Any) -> Any:
    return {_text(key): _text(item) for key, item in value.items()} if isinstance(value, dict) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


def _formats(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        wrong = sorted({found for found in re.findall(r"%(.?)", text) if found not in DIRECTIVES or not found})
        if wrong or "%" not in text:
            named = f"unknown directive %{wrong[0]}" if wrong else "no % directive"
            raise ValueError(f"date format {text!r}: {named}; formats are like %d.%m.%Y, %m/%d/%Y %I:%M %p, %Y%m%d")
    return texts


def _zone(name: str) -> str:
    if name != "property" and name not in available_timezones():
        raise ValueError(f"time zone {name!r} is unknown; allowed: property, UTC, or an IANA name like Europe/Vienna")
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"regular expression {text!r} is not valid: {error}") from None
    return text


def _patterns(pairs: dict[str, str]) -> dict[str, str]:
    for text in pairs:
        _pattern(text)
    return pairs


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError(f"time of day {text!r}: expected hours and minutes like 05:00")
    return text


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
TextPairs = Annotated[dict[str, str], BeforeValidator(_text_pairs)]
Formats = Annotated[tuple[str, ...], BeforeValidator(_texts), AfterValidator(_formats)]
Zone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[dict[str, str], BeforeValidator(_text_pairs), AfterValidator(_patterns)]
Clock = Annotated[str, AfterValidator(_clock)]
#: Name or path -> texts of which its value is one, in any case; `*` stands for any characters, an empty text for blank.
Condition = dict[str, Texts]
#: Conditions of which one must hold; a single one needs no list.
Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_listed)]

"""Paths into JSON: how they are written, and as SQL over JSON values, which is right for any shape but slow."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.sql.names import literal

_SEGMENT = re.compile(r'"([^"]+)"|([^.\[\]"]+)|\[([^\]]*)\]')
_TEST = re.compile(r'("[^"]+"|[^=!]+)(!?)=(.*)')
ANY = "*"


@dataclass(frozen=True)
class Test:
    """What a list element must have: at `path` one of `values`: any case, `*` any characters, `@x` the row's x."""

    path: str
    values: tuple[str, ...]
    is_not: bool = False


#: A key, a place in a list, or the tests of a list's elements; no test is every element.
Token = str | int | tuple[Test, ...]
#: SQL of the text that the row has at a name or path.
Reference = Callable[[str], str]


def parse_path(path: str) -> list[Token]:
    """`a."b.c"[0].d[type=X|Y,kind!=Z].e[*].f` as tokens."""
    tokens: list[Token] = []
    for whole, key, bracket in _SEGMENT.findall(path):
        if whole or key:
            tokens.append(whole or key)
        elif bracket == ANY:
            tokens.append(())
        elif re.fullmatch(r"-?\d+", bracket):
            tokens.append(int(bracket))
        else:
            found = (_TEST.fullmatch(part) for part in bracket.split(","))
            tokens.append(tuple(Test(t[1], tuple(t[3].split("|")), t[2] == "!") for t in found if t))
    return tokens


def holds(found: str, test: Test, reference: Reference) -> str:
    """SQL of whether the text `found` passes a test."""
    parts = []
    for value in test.values:
        if value == ANY:
            parts.append(f"{found} is not null")
        elif value.startswith("@"):
            parts.append(f"lower({found}) = lower({reference(value[1:])})")
        elif ANY in value:
            parts.append(f"lower({found}) like {literal(glob(value))} escape '\\'")
        else:
            parts.append(f"lower({found}) = {literal(value.lower())}")
    either = f"({' or '.join(parts)})" if len(parts) > 1 else parts[0]
    return f"({either}) is not true" if test.is_not else either


def glob(text: str) -> str:
    """A text with `*` for any characters, as an SQL `like` pattern in lower case (escape is a backslash)."""
    return re.sub(r"([%_\\])", r"\\\1", text.lower()).replace(ANY, "%")


def json_text(document: str, tokens: list[Token], reference: Reference) -> str:
    """SQL of the text at a path: of a test the first element that passes, of `[*]` all, joined by `;`."""
    if () in tokens:
        return f"array_to_string(list_transform({json_list(document, tokens, reference)}, lambda e: e->>'$'), ';')"
    current, rest = _first_fit(document, tokens, reference)
    return f"json_extract_string({current}, {literal(_json_path(rest))})"


def json_list(document: str, tokens: list[Token], reference: Reference) -> str:
    """SQL of the list of all JSON values at a path; a list at its end counts by its elements, an object as one."""
    found = f"[{document}]"
    keys: list[Token] = []
    for token in [*tokens, None]:
        if isinstance(token, str | int):
            keys.append(token)
            continue
        elements = f"flatten(list_transform({found}, lambda e: {_elements('e', keys)}))"
        found = f"list_filter({elements}, lambda e: e is not null)"
        found = f"list_filter({found}, lambda e: {_fits(token, reference)})" if token else found
        keys = []
    return found


def _first_fit(document: str, tokens: list[Token], reference: Reference) -> tuple[str, list[Token]]:
    """Apply every test: the JSON of the first element that passes, and the rest of the path."""
    rest: list[Token] = []
    for token in tokens:
        if isinstance(token, tuple) and token:
            fitting = f"list_filter({_elements(document, rest)}, lambda e: {_fits(token, reference)})[1]"
            document, rest = fitting, []
        else:
            rest.append(token)
    return document, rest


def _elements(document: str, keys: list[Token]) -> str:
    """SQL of the elements of the list at keys; anything else there is a list of one."""
    inside = f"json_extract({document}, {literal(_json_path(keys))})"
    return (
        f"case json_type({inside}) when 'ARRAY' then json_extract({document}, {literal(_json_path([*keys, ()]))})"
        f" when 'NULL' then [] else [{inside}] end"
    )


def _fits(tests: tuple[Test, ...], reference: Reference) -> str:
    return " and ".join(
        holds(f"json_extract_string(e, {literal(_json_path(parse_path(test.path)))})", test, reference)
        for test in tests
    )


def _json_path(tokens: Iterable[Token]) -> str:
    out = "$"
    for token in tokens:
        if isinstance(token, str):
            out += "." + json.dumps(token, ensure_ascii=False)
        elif isinstance(token, int):
            out += f"[{token}]" if token >= 0 else f"[#{token}]"
        else:
            out += "[*]"
    return out

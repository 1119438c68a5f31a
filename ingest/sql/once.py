"""Expressions that are made once per row and then only named.

DuckDB makes an expression again in each branch of a `case`, and a mapping's values are cases within cases.
"""

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"\b([cstf])(\d+)\b")
_SIMPLE = re.compile(r"[ctf]\d+|'[^']*'|null::varchar")


@dataclass
class Once:
    """SQL over a row's columns -> name of the column that holds its value, `f0`, `f1` ..."""

    names: dict[str, str] = field(default_factory=dict)

    def column(self, sql: str) -> str:
        """The column of an expression; a column or literal is itself."""
        return sql if _SIMPLE.fullmatch(sql) else self.names.setdefault(sql, f"f{len(self.names)}")

    def chain(self, start: str) -> tuple[str, str]:
        """Common table expressions, each with a comma behind it, that add all columns to `start`; and the last one."""
        levels: dict[int, list[str]] = {}
        level_of: dict[str, int] = {}
        for sql, name in self.names.items():
            inner = [level_of[f"f{number}"] for kind, number in _NAME.findall(sql) if kind == "f"]
            level_of[name] = 1 + max(inner, default=0)
            levels.setdefault(level_of[name], []).append(f"{sql} as {name}")
        parts, last = [], start
        for level, columns in sorted(levels.items()):
            parts.append(f"once{level} as (select *, {', '.join(columns)} from {last}), ")
            last = f"once{level}"
        return "".join(parts), last

    def behind(self, sql: str) -> set[int]:
        """Positions of the raw columns that an expression is made of."""
        by_name = {name: found for found, name in self.names.items()}
        places: set[int] = set()
        for kind, number in _NAME.findall(sql):
            places |= self.behind(by_name[f"f{number}"]) if kind == "f" else {int(number)}
        return places

"""How one mart differs between two published nights, row by row of its grain."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from bi.diff import mart_sql
from bi.snapshot import versions
from guestbook.errors import UsageError
from guestbook.settings import PROJECT_ROOT, Settings

MARTS = PROJECT_ROOT / "dbt_project" / "models" / "marts"


def mart_difference(settings: Settings, mart: str, first: date, last: date) -> dict[str, Any]:
    """Rows added, removed and changed, and the movement of every amount and count.

    Needs the published files of both nights: the newest few are kept. Raises UsageError for a night or mart without.
    """
    grain = mart_grain(mart)
    before, after = (_published(settings, night) for night in (first, last))
    con = duckdb.connect()
    try:
        for name, path in (("before", before), ("after", after)):
            con.execute(mart_sql.attach(str(path), name))
        numbers = [name for name, data_type in con.execute(mart_sql.columns(mart)).fetchall() if _is_number(data_type)]
        rows = con.execute(mart_sql.compare_rows(mart, grain)).fetchone() or (0, 0, 0, 0, 0)
        sums = con.execute(mart_sql.compare_sums(mart, numbers)).fetchall() if numbers else []
    finally:
        con.close()
    return {
        "mart": mart,
        "grain": grain,
        "rows": dict(zip(("before", "after", "added", "removed", "changed"), rows, strict=True)),
        "columns": [{"column": name, "before": old, "after": new} for name, old, new in sums if old != new],
    }


def mart_grain(mart: str) -> list[str]:
    """The columns that identify a row, from the mart's declared grain test."""
    path = MARTS / f"{mart}.yml"
    if not re.fullmatch(r"\w+", mart) or not path.exists():
        known = ", ".join(sorted(file.stem for file in MARTS.glob("*.sql")))
        raise UsageError(f"no mart {mart!r}; there are: {known}")
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    return next(test["grain"]["arguments"]["columns"] for test in model["data_tests"] if "grain" in test)


def _published(settings: Settings, night: date) -> Path:
    folder = settings.published_dir
    found = [path for path in versions(folder) if path.name.startswith(f"guestbook_{night.isoformat()}_")]
    if not found:
        kept = ", ".join(sorted({path.name.split("_")[1] for path in versions(folder)})) or "none"
        raise UsageError(
            f"the published file of {night} is not kept any more (kept: {kept}): compare one of those nights, "
            "or leave out --mart, which needs no published file"
        )
    return found[-1]


def _is_number(data_type: str) -> bool:
    return data_type.startswith(("DECIMAL", "BIGINT", "INTEGER", "HUGEINT", "DOUBLE"))

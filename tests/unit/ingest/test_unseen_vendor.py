"""Exports that nobody here has seen load by a short YAML alone, without any Python.

Each folder of `unseen/` is one vendor, invented after the manner of a real product: mapping.yml as a user would write
it, the file as delivered, files that the mapping looks things up in, and expected.yml with what must come of it.
"""

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.ingest.conftest import Stage

FOLDERS = sorted(path for path in (Path(__file__).parent / "unseen").iterdir() if path.is_dir())
PROPERTY = """property_code,time_zone,currency_code
VIE,Europe/Vienna,EUR
NYC,America/New_York,USD
TYO,Asia/Tokyo,JPY
ZRH,Europe/Zurich,CHF
"""


def as_written(value: Any) -> Any:
    """A value of the lake as expected.yml spells it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_an_export_nobody_has_seen_loads_by_yaml_alone(stage: Stage, folder: Path):
    expected = yaml.safe_load((folder / "expected.yml").read_text(encoding="utf-8"))
    assert len((folder / "mapping.yml").read_text(encoding="utf-8").splitlines()) <= 40
    vendor = yaml.safe_load((folder / "mapping.yml").read_text(encoding="utf-8"))["vendor"]
    stage.reference("property.csv", PROPERTY)
    shutil.copytree(folder, stage.settings.sources_dir / vendor)
    stage.deliver(expected["file"], (folder / expected["file"]).read_bytes(), expected["feed"], vendor)
    report = stage.run(expected["feed"])[-1]
    assert report["status_reason"] is None
    rows = stage.rows(expected["feed"])
    found = [
        {column: as_written(row[column]) for column in wanted}
        for row, wanted in zip(rows, expected["rows"], strict=True)
    ]
    assert found == expected["rows"]
    assert any("_rejected" in (row["extra"] or "") for row in rows) == expected.get("rejected", False)
    counts = {name: report[f"rows_{name}"] for name in ("read", "quarantined", "skipped")}
    assert counts == {name: expected[name] for name in counts}
    assert [row["reasons"] for row in stage.quarantined(expected["feed"])] == expected.get("reasons", [])

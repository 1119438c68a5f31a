"""Deliver a file of a vendor whose mapping is YAML text under <home>/sources, and see its rows."""

import json
import textwrap
from typing import Any

import pyarrow.parquet as pq

from ingest.catalogue import vendor_mapping
from ingest.loading import Job, load_file
from ingest.sql.properties import Properties
from tests.unit.ingest.conftest import Stage, reservation

#: A reservation as an export under `reservations_of` delivers it.
ROW = {name: value for name, value in reservation().items() if name != "source_system"}
#: Columns that a reservation must have, taken from columns of the same name.
RESERVATION_COLUMNS = """
      property_code: property_code
      reservation_id: reservation_id
      updated_at: updated_at
      status: status
      arrival_date: arrival_date
      departure_date: departure_date
      currency_code: currency_code
"""


def write_mapping(stage: Stage, vendor: str, text: str) -> None:
    """Put a mapping where users put theirs."""
    path = stage.settings.sources_dir / vendor / "mapping.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")


def load(
    stage: Stage, vendor: str, text: str, content: bytes | str, feed: str = "reservations", name: str = "a.csv"
) -> list[dict[str, Any]]:
    """The accepted rows of one delivered file under a mapping; the counts balance."""
    write_mapping(stage, vendor, text)
    stage.deliver(name, content, feed=feed, vendor=vendor)
    stage.run(feed)
    return stage.rows(feed)


def load_one(stage: Stage, text: str, delivered: dict[str, Any], vendor: str = "acme") -> dict[str, Any]:
    """The canonical row of one delivered JSON row, without a landing area or a ledger around it."""
    write_mapping(stage, vendor, text)
    mapping = vendor_mapping(stage.settings, vendor)
    folder = stage.settings.home
    path = folder / "one.jsonl"
    path.write_text(json.dumps(delivered), encoding="utf-8")
    job = Job("reservations", vendor, path, path.name, mapping, Properties({}, {}), b"key")
    loaded = load_file(job, folder, folder / "accepted.parquet", folder / "quarantine.parquet")
    assert (loaded.rows_read, loaded.rows_loaded) == (1, 1)
    return pq.read_table(folder / "accepted.parquet").to_pylist()[0]


def reservations_of(extra_columns: str, feed_keys: str = "") -> str:
    """A mapping of reservations: the required columns by their own names, and more."""
    columns = {line.split(":")[0].strip(): line for line in RESERVATION_COLUMNS.strip("\n").splitlines()}
    for line in textwrap.indent(textwrap.dedent(extra_columns).strip(), " " * 6).splitlines():
        columns[line.split(":")[0].strip()] = line
    keys = textwrap.indent(textwrap.dedent(feed_keys).strip(), " " * 4)
    head = "vendor: acme\nfeeds:\n  reservations:\n" + (keys + "\n" if keys else "")
    return head + "    columns:\n" + "\n".join(columns.values()) + "\n"

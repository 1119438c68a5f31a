# ruff: noqa: E501
"""A wrong mapping is refused with the wrong key or value beside what is allowed."""

import textwrap
from pathlib import Path

import pytest

from ingest.errors import MappingError
from ingest.mapping import read_mapping

HEAD = """
vendor: acme
feeds:
  interactions:
    columns:
      interaction_id: id
      updated_at: at
      started_at: at
"""


def problem(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mapping.yml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        read_mapping(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (HEAD + "      queue: q\n", ["unknown columns queue; allowed: source_system, interaction_id"]),
        ("vendor: acme\nfeed: {}\nfeeds: {}\n", ["feed: unknown key; allowed: vendor, description, source_system, final, feeds"]),
        ("vendor: Acme!\nfeeds: {}\n", ["vendor: String should match pattern"]),
        ("vendor: acme\nfeeds: {calls: {columns: {}}}\n", ["unknown feed 'calls'; allowed: reservations, pos_checks, interactions"]),
        ("vendor: acme\nfeeds: {interactions: {columns: {}}}\n", ["required columns not mapped: interaction_id, updated_at, started_at"]),
        (HEAD + "      queue_name: {form: q}\n", ["queue_name.form: unknown key; allowed: from, column, constant"]),
        (HEAD + "      queue_name: {from: q, constant: x}\n", ["needs exactly one of from, column", "found from, constant"]),
        (HEAD + "      queue_name: {case: upper}\n", ["needs exactly one of from", "found none"]),
        (HEAD + "      queue_name: {from: q, case: title}\n", ["queue_name.case: Input should be 'upper' or 'lower'"]),
        (HEAD + "      queue_name: {from: q, otherwise: ignore}\n", ["Input should be 'reject', 'quarantine', 'keep' or 'null'"]),
        (HEAD + "      ended_at: {from: q, date_format: '%d.%m.%Q'}\n", ["unknown directive %Q"]),
        (HEAD + "      ended_at: {from: q, date_format: DD.MM.YYYY}\n", ["no % directive; formats are like %d.%m.%Y"]),
        (HEAD + "      ended_at: {from: q, time_zone: Vienna}\n", ["time zone 'Vienna' is unknown; allowed: property, UTC"]),
        (HEAD + "      ended_at: {from: q, epoch: nanoseconds}\n", ["Input should be 'seconds' or 'milliseconds'"]),
        (HEAD + "      queue_name: {from: q, extract: '('}\n", ["regular expression '(' is not valid"]),
        (HEAD + "      queue_name: {from: q, number: {dezimal: ','}}\n", ["dezimal: unknown key; allowed: decimal, thousands"]),
        (HEAD + "      queue_name: {list_of: {each: a, field: {}}}\n", ["field: unknown key; allowed: each, where, fields"]),
        (HEAD + "      queue_name: a\n      queue_name: b\n", ["not YAML in line 10: key 'queue_name' is there twice"]),
        (HEAD.replace("    columns", "    csv: {sep: ';'}\n    columns"), ["csv.sep: unknown key; allowed: delimiter, quote, header"]),
        (HEAD.replace("    columns", "    row: a\n    columns"), ["row: unknown key; allowed: csv, encoding, rows"]),
        ("- a\n- b\n", ["is not a YAML mapping; it starts with: vendor, feeds"]),
        ("vendor: [unclosed\n", ["is not YAML in line"]),
        (HEAD + "      queue_name: {from: q, codes_file: none.csv}\n", ["none.csv can't be read (FileNotFoundError)"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_what_is_allowed(tmp_path: Path, text: str, messages: list[str]):
    shown = problem(tmp_path, text)
    for message in messages:
        assert message in shown


def test_all_problems_are_told_at_once(tmp_path: Path):
    shown = problem(tmp_path, HEAD + "      queue_name: {form: q}\n      agent_code: {from: a, case: x}\n")
    assert "queue_name" in shown
    assert "agent_code" in shown


def test_codes_from_a_file_count_for_the_mappings_hash(tmp_path: Path):
    path = tmp_path / "mapping.yml"
    path.write_text(HEAD + "      queue_name: {from: q, codes_file: queues.csv, codes: {9: Spa}}\n", encoding="utf-8")
    (tmp_path / "queues.csv").write_text("number;name\n1;Reservations\n2;Front desk\n", encoding="utf-8")
    first = read_mapping(path)
    assert first.feeds["interactions"].columns["queue_name"].codes == {
        "1": "Reservations",
        "2": "Front desk",
        "9": "Spa",
    }
    (tmp_path / "queues.csv").write_text("number;name\n1;Sales\n", encoding="utf-8")
    assert read_mapping(path).sha256 != first.sha256

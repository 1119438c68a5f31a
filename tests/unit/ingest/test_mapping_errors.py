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
        (HEAD + "      queue: q\n", ["line 9: feeds.interactions.columns.queue: unknown columns queue; did you mean queue_name", "; allowed: source_system, interaction_id"]),
        ("vendor: acme\nfeed: {}\nfeeds: {}\n", ["line 2: feed: unknown key; did you mean feeds?; allowed: vendor, description, source_system, final, feeds"]),
        ("vendor: Acme!\nfeeds: {}\n", ["vendor: String should match pattern"]),
        ("vendor: acme\nfeeds: {calls: {columns: {}}}\n", ["unknown feed 'calls'; allowed: reservations, pos_checks, interactions"]),
        ("vendor: acme\nfeeds: {interactions: {columns: {}}}\n", ["line 2: feeds.interactions.columns: required columns not mapped: interaction_id, updated_at, started_at"]),
        (HEAD + "      queue_name: {form: q}\n", ["line 9: feeds.interactions.columns.queue_name.form: unknown key; did you mean from?; allowed: from, column, constant"]),
        (HEAD + "      queue_name: {from: q, constant: x}\n", ["needs exactly one of from, column", "found from, constant"]),
        (HEAD + "      queue_name: {case: upper}\n", ["needs exactly one of from", "found none"]),
        (HEAD + "      queue_name: {from: q, case: title}\n", ["queue_name.case: Input should be 'upper' or 'lower'; found 'title'"]),
        (HEAD + "      queue_name: {from: q, otherwise: ignore}\n", ["Input should be 'reject', 'quarantine', 'keep' or 'null'"]),
        (HEAD + "      ended_at: {from: q, date_format: '%d.%m.%Q'}\n", ["unknown directive %Q"]),
        (HEAD + "      ended_at: {from: q, date_format: DD.MM.YYYY}\n", ["no % directive; formats are like %d.%m.%Y"]),
        (HEAD + "      ended_at: {from: q, time_zone: Vienna}\n", ["time zone 'Vienna' is unknown; allowed: property, UTC"]),
        (HEAD + "      ended_at: {from: q, epoch: nanoseconds}\n", ["Input should be 'seconds', 'milliseconds', 'microseconds' or 'excel'; found 'nanoseconds'"]),
        (HEAD + "      queue_name: {from: q, extract: '('}\n", ["regular expression '(' is not valid"]),
        (HEAD + "      queue_name: {from: q, number: {dezimal: ','}}\n", ["dezimal: unknown key; did you mean decimal?; allowed: decimal, thousands"]),
        (HEAD + "      queue_name: {list_of: {each: a, field: {}}}\n", ["field: unknown key; did you mean fields?; allowed: each, where, fields"]),
        (HEAD + "      queue_name: a\n      queue_name: b\n", ["not YAML in line 10: key 'queue_name' is there twice"]),
        (HEAD.replace("    columns", "    csv: {sep: ';'}\n    columns"), ["csv.sep: unknown key; allowed: delimiter, quote, header"]),
        (HEAD.replace("    columns", "    row: a\n    columns"), ["line 5: feeds.interactions.row: unknown key; did you mean rows?; allowed: csv, encoding, rows"]),
        (HEAD + "      channel_code: {from: q, codes: {Phone: voise}}\n", ["line 9: feeds.interactions.columns.channel_code: 'voise' is no value of channel_code; did you mean voice?; allowed: voice, chat"]),
        (HEAD + "      is_abandoned: {first_of: [{constant: maybe}]}\n", ["'maybe' is no value of is_abandoned; allowed: true, false"]),
        (HEAD + "      queue_name: {path_part: queue}\n", ["path_part 'queue' is no group of path_pattern; groups: none: path_pattern has no (?P<name>...)"]),
        (HEAD + "      queue_name: {column: agent}\n", ["column 'agent' is used but not mapped"]),
        (HEAD + "      queue_name: {from: q, day_starts: '05:00'}\n", ["day_starts belongs to date_and_time and local_date, not to from"]),
        (HEAD + "      queue_name: {date_and_time: [a, b], day_starts: '25:00'}\n", ["time of day '25:00': expected hours and minutes like 05:00"]),
        (HEAD + "      queue_name: {from: q, divide_by: 0}\n", ["queue_name.divide_by: Input should be greater than 0"]),
        (HEAD + "      queue_name: {from: q, replace: {'(': x}}\n", ["regular expression '(' is not valid"]),
        (HEAD.replace("    columns", "    skip_rows: Total\n    columns"), ["line 5: feeds.interactions.skip_rows: Input should be a valid tuple; found 'Total'"]),
        (HEAD.replace("    columns", "    newest_check_replaces_lines: true\n    columns"), ["only checks have lines: belongs to pos_checks"]),
        ("vendor: acme\nfeeds: {}\n", ["feeds: at least one of reservations, pos_checks, interactions"]),
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


def test_one_file_gives_several_columns_their_codes(tmp_path: Path):
    codes = "{from: q, codes_file: {file: queues.csv, key: number, value: %s}}"
    path = tmp_path / "mapping.yml"
    path.write_text(
        HEAD + f"      queue_name: {codes % 'name'}\n      agent_code: {codes % 'lead'}\n", encoding="utf-8"
    )
    (tmp_path / "queues.csv").write_text("name,number,lead\nReservations,1,anna\n", encoding="utf-8")
    columns = read_mapping(path).feeds["interactions"].columns
    assert (columns["queue_name"].codes, columns["agent_code"].codes) == ({"1": "Reservations"}, {"1": "anna"})
    path.write_text(HEAD + f"      queue_name: {codes % 'title'}\n", encoding="utf-8")
    with pytest.raises(MappingError, match="has no column title; it has name, number, lead"):
        read_mapping(path)


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

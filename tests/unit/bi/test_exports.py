"""Files for people: right rows, safe in a spreadsheet, readable by their owner only."""

import csv
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bi
from bi.sheets import EXCEL_ROWS, safe_text, write_sheet
from guestbook.errors import UsageError
from guestbook.lake import read_records
from guestbook.settings import Settings
from guestbook.tables import declared
from guestbook.warehouse import warehouse
from tests.unit.bi.hotel_rows import EMAIL, NIGHT, ROWS
from tests.unit.bi.published import publish_rows

TABLE = pa.table(
    {
        "name": ["=1+1", "Mei, \"Li\"", None],
        "amount": pa.array([Decimal("-1.5000"), Decimal("2.0000"), None], pa.decimal128(18, 4)),
        "phone": ["+351912345678", "@cmd", "-2+3"],
        "day": [date(2026, 11, 20), None, None],
        "flag": [True, False, None],
        "many": [["a", "b"], [], None],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.load({}, home=tmp_path_factory.mktemp("exports"))
    publish_rows(settings, NIGHT, ROWS)
    return settings


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+1", "'+1+1"),
        (" =1", "' =1"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("+351912345678", "+351912345678"),
        ("-12.5", "-12.5"),
        ("Li=Mei", "Li=Mei"),
        (Decimal("-1"), Decimal("-1")),
        (None, None),
    ],
)
def test_no_text_is_a_formula(text: object, safe: object) -> None:
    assert safe_text(text) == safe


def test_csv(tmp_path: Path) -> None:
    write_sheet(TABLE, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [
        TABLE.column_names,
        ["'=1+1", "-1.5000", "+351912345678", "2026-11-20", "True", "['a', 'b']"],
        ['Mei, "Li"', "2.0000", "'@cmd", "", "False", "[]"],
        ["", "", "'-2+3", "", "", ""],
    ]


def test_excel_keeps_types_and_takes_no_text_for_a_formula(tmp_path: Path) -> None:
    write_sheet(TABLE, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["data"]
    head, first, second, _ = list(sheet.iter_rows())
    assert [cell.value for cell in head] == TABLE.column_names
    assert [(cell.value, cell.data_type) for cell in first[:3]] == [("=1+1", "s"), (-1.5, "n"), ("+351912345678", "s")]
    assert first[3].value.date() == date(2026, 11, 20)
    assert [cell.data_type for cell in second[:3]] == ["s", "n", "s"]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx"])
def test_files_are_their_owners_only(tmp_path: Path, name: str) -> None:
    write_sheet(TABLE, tmp_path / name)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_table_longer_than_a_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"write .csv or .parquet"):
        write_sheet(pa.table({"n": pa.nulls(EXCEL_ROWS + 1, pa.int8())}), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_mart_is_exported_as_published(settings: Settings, tmp_path: Path) -> None:
    assert bi.export_table(settings, "property_daily", tmp_path / "days.parquet") == 6
    rows = pq.read_table(tmp_path / "days.parquet")
    assert rows.schema.field("total_revenue_amount").type == pa.decimal128(18, 4)
    assert sum(rows["rooms_sold_count"].to_pylist()) == 30
    assert bi.export_table(settings, "ops.run", tmp_path / "run.csv") == 1


@pytest.mark.parametrize(
    ("table", "name", "message"),
    [
        ("nothing", "a.csv", r"no published table marts.nothing; marts: .*property_daily"),
        ("ops.quarantine", "a.csv", "no published table ops.quarantine"),
        ("property_daily; drop table x", "a.csv", "no published table"),
        ("property_daily", "a.pdf", r"must end in .csv, .parquet, .xlsx"),
    ],
)
def test_what_is_not_published_or_no_known_format_is_refused(
    settings: Settings, tmp_path: Path, table: str, name: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        bi.export_table(settings, table, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def audience(settings: Settings, asked: str, channel: str = "email", **changes: object) -> tuple[list[dict], dict]:
    path, record = bi.export_audience(settings, asked, "parquet", channel, "Ana", **changes)
    return pq.read_table(path).to_pylist(), record


def test_an_audience_holds_only_who_said_yes_and_is_not_suppressed(settings: Settings) -> None:
    rows, record = audience(settings, "s1")
    assert [(row["customer_id"], row["email"]) for row in rows] == [("c1", EMAIL)]
    assert "phone_e164" not in rows[0]
    names = ("asked_count", "unknown_count", "suppressed_count", "without_consent_count", "row_count")
    assert [record[name] for name in names] == [3, 0, 1, 1, 1]


def test_another_channel_asks_for_another_consent(settings: Settings) -> None:
    assert [row["phone_e164"] for row in audience(settings, "s1", "phone")[0]] == ["+8613912345678"]
    assert audience(settings, "s1", "sms")[0] == []


def test_sql_names_an_audience_and_customers_twice_count_once(settings: Settings) -> None:
    query = """select customer_id from core.customer_360 where email in ('mei@example.org', 'two@example.org')
        union all select 'c1' union all select 'nobody'"""
    rows, record = audience(settings, query)
    assert [row["customer_id"] for row in rows] == ["c1"]
    assert (record["asked_count"], record["unknown_count"], record["suppressed_count"]) == (3, 1, 1)


def test_every_export_is_recorded_without_the_texts_of_its_query(settings: Settings) -> None:
    before = len(records(settings))
    audience(settings, f"select customer_id from core.customer_360 where email = '{EMAIL}' and segment_code = 's1'")
    audience(settings, "vip")
    made = sorted(records(settings), key=lambda row: row["made_at"])[before:]
    assert [(row["made_by"], row["night_date"], row["audience_code"]) for row in made] == [
        ("Ana", NIGHT, "query"), ("Ana", NIGHT, "vip"),
    ]  # fmt: skip
    assert made[0]["audience_query"].endswith("where email = '***' and segment_code = 's1'")
    assert all(len(row["file_sha256"]) == len(row["query_sha256"]) == 64 for row in made)


def test_the_record_is_published_with_the_next_night(settings: Settings) -> None:
    audience(settings, "vip")
    with warehouse(settings) as con:
        from guestbook.warehouse import load_records

        assert load_records(con, settings, "ops.audience_export") == len(records(settings))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("s9", r"no segment, tier, stage or risk band 's9'; there are: active, .*s1"),
        ("select 1 as a", "must yield customer_id; it yields a"),
        ("select customer_id from core.customer_360; drop table core.customer_360", "one SELECT"),
        ("with x as (select 1) insert into core.customer_360 (customer_id) select 'c'", "one SELECT"),
        ("select customer_id from read_csv('/etc/hostname')", "disabled by configuration"),
        ("select customer_id from core.customer_360 where email = 'mei@example.org' and", "can't be read"),
        ("select customer_id from nowhere where email = 'mei@example.org'", "failed on the published tables"),
    ],
)
def test_what_is_no_audience_is_refused_and_leaves_nothing(settings: Settings, asked: str, message: str) -> None:
    before = sorted(settings.exports_dir.glob("*")), len(records(settings))
    with pytest.raises(UsageError, match=message) as error:
        audience(settings, asked)
    assert EMAIL not in str(error.value)
    assert (sorted(settings.exports_dir.glob("*")), len(records(settings))) == before


def test_wrong_channel_name_or_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="channel 'fax'"):
        audience(settings, "s1", "fax")
    with pytest.raises(UsageError, match=r"must end in \.parquet"):
        audience(settings, "s1", path=tmp_path / "a.csv")
    with pytest.raises(UsageError, match="--by NAME"):
        bi.export_audience(settings, "s1", "csv", "email", " ")


def records(settings: Settings) -> list[dict]:
    return read_records(settings, "audience_export", declared("ops", "audience_export").arrow_schema).to_pylist()

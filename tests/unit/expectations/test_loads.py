"""A load that shrank is held, and nothing else is: tonight against earlier loads of the same vendor and name."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

import expectations
from expectations.ledger import Delivery
from expectations.loads import check_shrunk
from expectations.outcome import BatchFile
from guestbook.errors import GateBlocked
from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import declared

MONDAY = date(2026, 11, 16)
NEXT = MONDAY + timedelta(days=1)
Make = Callable[..., Any]


def entry(folder: date, rows: int, night: date | None = None, name: str = "", status: str = "accepted") -> Delivery:
    """A line of the ledger: one file named after its folder date, taken in that night."""
    name = name or f"export_{folder:%Y%m%d}.csv"
    path = f"reservations/opera/{folder}/{name}"
    night = night or folder
    return Delivery("reservations", "opera", path, f"{path} {rows}", night, int(f"{night:%Y%m%d}"), status, rows, rows)


def tonight(rows: int, folder: date = MONDAY, name: str = "") -> BatchFile:
    """A staged file of so many rows."""
    old = entry(folder, rows, name=name)
    return BatchFile(old.sha256, None, old.file_name, "opera", "accepted", None, rows, rows, 0, 0)


def nightly(*counts: int, history: int = 50_000) -> list[Delivery]:
    """A history on the first night, then a load every night up to the Sunday before; the last count is Sunday's."""
    first = MONDAY - timedelta(days=len(counts))
    loads = [entry(first + timedelta(days=place), rows) for place, rows in enumerate(counts)]
    years = [entry(date(year, 12, 31), history, first - timedelta(days=1)) for year in (2024, 2025)] if history else []
    return years + loads


def held(files: Sequence[BatchFile], ledger: Sequence[Delivery]) -> list[str]:
    """Observed values of the files that the rule would hold."""
    checks = check_shrunk("reservations", files, ledger)
    assert len(checks) == len(files)
    return [
        check.measure.observed
        for check in checks
        if check.is_judged and (check.measure.value or 0) < (check.rule.at_least or 0)
    ]


WEEKS = [200, 210, 190, 220, 260, 240, 120] * 4


def test_a_cut_file_on_a_monday_after_four_weeks_is_held() -> None:
    assert held([tonight(30)], nightly(*WEEKS)) == ["30 rows, 14% of a usual load (210; the last 28 had 120 to 260)"]


@pytest.mark.parametrize(
    ("rows", "ledger"),
    [
        (40, nightly(history=50_000)),  # the first delta after a history in yearly exports
        (40, nightly(45, 38)),  # some deltas after it
        (60, nightly(*WEEKS)),  # a quiet holiday: over a quarter of a usual load
        (22, nightly(*[200, 210, 190, 220, 260, 240, 40] * 4)),  # some nights are that quiet
        (1, nightly(*[20, 25, 15, 30] * 5)),  # a small feed
        (1, nightly(5000, 4800, history=0)),  # two loads are too few
        (50, [entry(MONDAY - timedelta(days=90 + n), 900) for n in range(9)]),  # nothing for three months
        (3, [*nightly(*WEEKS)[:2], entry(MONDAY, 900, MONDAY, "a.csv")]),  # a correction beside the day's file
    ],
)
def test_an_ordinary_small_load_is_not_held(rows: int, ledger: list[Delivery]) -> None:
    assert held([tonight(rows)], ledger) == []


def test_a_file_of_a_name_never_seen_is_not_held() -> None:
    assert held([tonight(3, name="correction.csv")], nightly(*WEEKS)) == []


def test_a_full_export_every_night_that_comes_half_empty_is_held_at_a_quarter_only() -> None:
    full = nightly(*[10_000, 10_010, 10_030, 10_050], history=0)
    assert held([tonight(2_600)], full) == []
    assert held([tonight(2_400)], full) != []


def test_a_vendor_that_changes_its_format_is_still_the_same_export() -> None:
    assert held([tonight(30, name="export_20261116.jsonl.gz")], nightly(*WEEKS)) != []


def test_parts_of_one_load_count_together_whenever_they_come() -> None:
    ledger = nightly(*WEEKS)
    two = [tonight(30), tonight(180, name="late.csv")]
    assert held(two, ledger) == []
    earlier = [entry(MONDAY, 180, name="early.csv")]
    assert held([tonight(30)], ledger + earlier) == []


def test_one_property_cut_among_whole_ones_is_held() -> None:
    days = [MONDAY - timedelta(days=back) for back in range(10, 0, -1)]
    ledger = [entry(day, 200, name=f"{code}_{day:%m%d}.csv") for day in days for code in ("LIS", "OPO")]
    files = [tonight(200, name="LIS_1116.csv"), tonight(9, name="OPO_1116.csv")]
    assert len(held(files, ledger)) == 1


Reports = dict[str, dict[str, Any]]


@pytest.fixture
def commit(settings: Settings) -> Callable[..., None]:
    """commit(night, reports, decisions) -> what ingest would write to the ledger."""
    table = declared("ops", "load_report")

    def write(night_date: date, reports: Reports, decisions: dict[str, str]) -> None:
        for place, (sha256, status) in enumerate(decisions.items()):
            sequence = int(f"{night_date:%Y%m%d}{place:03d}") * 100 + len(reports)
            row = {key: value for key, value in reports[sha256].items() if key in table.arrow_schema.names}
            row |= {"feed": "reservations", "night_date": night_date, "delivery_sequence": sequence}
            rows = pa.Table.from_pylist([row | {"load_status": status}], schema=table.arrow_schema)
            write_record(settings, "load_report", f"{sequence}", rows)

    return write


@pytest.fixture
def night(settings: Settings, stage_file: Make, typical_rows: Make, commit: Make) -> Callable[..., Any]:
    """night(date, rows, name, folder) -> the outcome of a night with one file of so many rows, committed."""
    reports: Reports = {}

    def run(night_date: date, rows: int, name: str = "export.csv", folder: date = MONDAY, is_gated: bool = True) -> Any:
        file = stage_file("reservations", typical_rows("reservations", rows), f"{folder} {name}")
        file["file_name"] = f"reservations/canonical/{folder}/{name}"
        reports[file["sha256"]] = file
        if not is_gated:
            return commit(night_date, reports, {file["sha256"]: "accepted"})
        outcome = expectations.gate_feed(settings, "reservations", night_date, [file])
        commit(night_date, reports, dict(outcome.decisions))
        return outcome

    return run


class TestACutLoad:
    @pytest.fixture(autouse=True)
    def _nights(self, night: Make) -> None:
        for back in range(4, 0, -1):
            day = MONDAY - timedelta(days=back)
            night(day, 120 + back, folder=day, is_gated=False)
        outcome = night(MONDAY, 20)
        assert set(outcome.decisions.values()) == {"held"}
        with pytest.raises(GateBlocked, match="--rule load_shrunk") as error:
            outcome.raise_if_blocked()
        assert error.value.exit_code == 3

    def test_stays_held_the_night_after(self, night: Make) -> None:
        outcome = night(NEXT, 118, folder=NEXT)
        assert "released" not in outcome.decisions.values()
        assert "no_file_held" in {result.check.rule.rule for result in outcome.warnings}

    def test_is_released_by_an_override(self, settings: Settings, night: Make) -> None:
        expectations.override(settings, MONDAY, "load_shrunk", "the hotel was closed", who="ana")
        outcome = night(NEXT, 118, folder=NEXT)
        assert list(outcome.decisions.values()).count("released") == 1

    def test_is_released_by_a_better_copy_under_another_name(self, night: Make) -> None:
        outcome = night(NEXT, 125, "export_again.csv")
        assert not outcome.is_blocked
        assert list(outcome.decisions.values()).count("released") == 1

    def test_is_not_released_by_another_cut_copy(self, night: Make) -> None:
        assert "released" not in night(MONDAY, 5, "export_again.csv").decisions.values()

"""Versions of POS lines (closed, voided) and of interactions (ended, case resolved)."""

import numpy as np
import pandas as pd

from simulator.columns import feed_table, to_utc
from simulator.pos import PosWorld, pos_columns
from simulator.streams import blank, codes
from simulator.versions import Versions, export_years, local_days, select_delivered
from simulator.world import TIME_ZONES, Calendar


def pos_versions(rng: np.random.Generator, pos: PosWorld, calendar: Calendar) -> Versions:
    """One row per delivered version of a POS line: closed, and again when it was voided afterwards."""
    columns = pos_columns(rng, pos)
    at = pos.lines["check"].to_numpy()
    void = pos.lines["is_void"].to_numpy()
    closed, day = pos.checks["closed_at"].to_numpy()[at], pos.checks["day"].to_numpy()[at]
    hours = rng.choice([1, 2, 20, 26], size=len(pos.checks))[at]
    later = np.flatnonzero(void)
    line = np.concatenate([np.arange(len(at)), later])
    is_void = np.concatenate([np.zeros(len(at), dtype=bool), np.ones(len(later), dtype=bool)])
    order = np.lexsort((is_void, line))
    line, is_void = line[order], is_void[order]
    version_day = day[line] + np.where(is_void & (hours[line] > 12), 1, 0)
    keep = select_delivered(line, version_day, np.zeros(len(line), dtype=bool), calendar)
    line, is_void, version_day = line[keep], is_void[keep], version_day[keep]
    rows = {name: values[line] for name, values in columns.items()}
    rows["updated_at"] = closed[line] + np.where(is_void, hours[line], 0).astype("timedelta64[h]").astype(
        "timedelta64[s]"
    )
    rows["is_void"] = is_void
    voided = pos.checks["is_voided"].to_numpy()[at[line]] & is_void
    rows["check_status"] = np.where(voided, "voided", "closed")
    return Versions(
        feed_table("pos_checks", rows, len(line)),
        version_day,
        export_years(day[line], calendar),
        version_day <= calendar.history_end,
        line,
    )


def call_versions(calls: pd.DataFrame, columns: dict[str, np.ndarray], calendar: Calendar) -> Versions:
    """One row per delivered version of an interaction: when it ended, and again when its case was resolved."""
    size = len(calls)
    place = calls["property"].to_numpy()
    has_case = calls["case"].notna().to_numpy()
    opened = calls["opened_local"].to_numpy()
    solved = opened + np.nan_to_num(calls["solve_hours"].to_numpy() * 3600).astype("timedelta64[s]")
    answered = opened + np.nan_to_num(calls["answer_hours"].to_numpy() * 3600).astype("timedelta64[s]")
    started = calls["started_local"].to_numpy()
    second = np.flatnonzero(has_case & (solved > started + np.timedelta64(7200, "s")))
    row = np.concatenate([np.arange(size), second])
    is_second = np.concatenate([np.zeros(size, dtype=bool), np.ones(len(second), dtype=bool)])
    order = np.lexsort((is_second, row))
    row, is_second = row[order], is_second[order]
    local = np.where(is_second, solved[row], started[row])
    day = local_days(local)
    keep = select_delivered(row, day, np.zeros(len(row), dtype=bool), calendar)
    row, is_second, local, day = row[keep], is_second[keep], local[keep], day[keep]
    rows = {name: values[row] for name, values in columns.items()}
    case = has_case[row]
    done = case & (solved[row] <= local)
    severity = np.array(["low", "low", "medium", "high", "critical"], dtype=object)[
        calls["severity"].fillna(0).astype(int).to_numpy()
    ]
    never = np.datetime64("NaT")
    rows["case_id"] = blank(codes("CASE", calls["case"].fillna(0).to_numpy()[row], 6), case)
    rows["case_status"] = blank(np.where(done, "closed", "open"), case)
    rows["case_severity"], rows["case_category"] = (
        blank(severity[row], case),
        blank(calls["category"].to_numpy(dtype=object)[row], case),
    )
    times = (
        ("case_opened_at", opened, case),
        ("case_first_answered_at", answered, case & (answered[row] <= local)),
        ("case_resolved_at", solved, done),
    )
    for name, when, is_known in times:
        rows[name] = to_utc(np.where(is_known, when[row], never), place[row], TIME_ZONES)
    rows["compensation_amount"] = np.where(done, calls["compensation"].to_numpy()[row], np.nan)
    rows["updated_at"] = np.where(is_second, to_utc(local, place[row], TIME_ZONES), rows["ended_at"])
    year = export_years(local_days(started)[row], calendar)
    return Versions(feed_table("interactions", rows, len(row)), day, year, day <= calendar.history_end, row)

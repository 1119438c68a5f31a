"""From a seed to a landing full of files: the steps of the simulation in their order."""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from simulator import truth as beside
from simulator.calls import call_columns, make_calls
from simulator.delivery import Courier
from simulator.line_versions import call_versions, pos_versions
from simulator.people import make_people, scenario_quota
from simulator.pos import make_pos
from simulator.reference import write_reference
from simulator.registration import register
from simulator.reservation_versions import draw_changes, reservation_versions
from simulator.rhythm import draw_latent, draw_visits
from simulator.rooms import allocate
from simulator.stays import make_stays, statuses
from simulator.streams import stream
from simulator.world import Calendar, day_number

MINIMUM_CUSTOMERS = 60
MINIMUM_DAYS = 60


def _check(customers: int, start: date, end: date, seed: int, nights: int, dirt: float) -> Calendar:
    """The calendar, or a ValueError that names the argument and its limit."""
    if customers < MINIMUM_CUSTOMERS:
        raise ValueError(
            f"customers is {customers}; at least {MINIMUM_CUSTOMERS} are needed for every scenario to occur"
        )
    days = (end - start).days
    if days < MINIMUM_DAYS:
        raise ValueError(f"from {start} to {end} are {days} days; at least {MINIMUM_DAYS} are needed")
    if not 0 <= nights < days:
        raise ValueError(f"nights is {nights}; allowed: 0 to {days - 1}")
    if seed < 0:
        raise ValueError(f"seed is {seed}; it must be 0 or more")
    if not 0 <= dirt <= 20:
        raise ValueError(f"dirt is {dirt}; allowed: 0 (clean) to 20, 1 is the usual")
    return Calendar(day_number(start), day_number(end), nights)


def simulate(
    landing: Path,
    truth: Path,
    *,
    customers: int,
    start: date,
    end: date,
    seed: int,
    nights: int = 7,
    dirt: float = 1.0,
    scenarios: dict[str, float] | Iterable[str] | None = None,
) -> dict[str, object]:
    """A hotel group's feeds under `landing` and the truth under `truth`; the same arguments give the same bytes.

    The last `nights` days arrive as one file per feed and night, all before as one export per feed and year. `dirt`
    scales what is wrong with files and typing (0 clean, 1 usual). `scenarios` selects the identity scenarios of
    simulator.people.QUOTA by name or with shares of one's own; everybody else is plain. Folders of an earlier
    simulation
    (reservations, pos_checks, interactions, reference and the truth) are replaced.
    Returns counts: people, reservations, rows and files per feed, dirt.
    """
    calendar = _check(customers, start, end, seed, nights, dirt)
    quota = scenario_quota(scenarios)
    for folder in (
        *(landing / name / "canonical" for name in ("reservations", "pos_checks", "interactions")),
        landing / "reference",
        truth,
    ):
        shutil.rmtree(folder, ignore_errors=True)
    people = make_people(stream(seed, "people"), customers, calendar, quota)
    latent = draw_latent(stream(seed, "latent"), people, calendar)
    visits = draw_visits(stream(seed, "visits"), people, latent, calendar)
    stays = make_stays(stream(seed, "stays"), people, visits.copy(), calendar)
    rooms = allocate(stream(seed, "rooms"), stays)
    registration = register(stream(seed, "registration"), stays, people, 0.02 * min(dirt, 2))
    pos = make_pos(stream(seed, "pos"), stays, people, rooms, calendar)
    change = draw_changes(stream(seed, "changes"), stays, people)
    calls = make_calls(stream(seed, "calls"), stays, people, registration, rooms, calendar)
    courier = Courier(stream(seed, "delivery"), landing, calendar, dirt)
    courier.deliver(
        "reservations",
        reservation_versions(stream(seed, "versions"), stays, people, rooms, registration, pos, change, calendar),
    )
    courier.deliver("pos_checks", pos_versions(stream(seed, "pos_versions"), pos, calendar))
    columns = call_columns(stream(seed, "call_columns"), calls, stays, people, registration, calendar)
    courier.deliver("interactions", call_versions(calls, columns, calendar))
    write_reference(stream(seed, "reference"), landing, people, rooms.room_counts, calendar)
    beside.write_people(truth, people, registration)
    beside.write_roles(truth, stays, people, registration, change)
    beside.write_checks(truth, pos, stays, people, registration)
    beside.write_calls(truth, calls, people, registration)
    beside.write_dropout(truth, people, latent, visits, calendar)
    deliveries = pd.DataFrame(courier.deliveries)
    deliveries.to_parquet(truth / "delivery.parquet", index=False)
    return _summary(people, stays, deliveries, calendar)


def _summary(
    people: pd.DataFrame, stays: pd.DataFrame, deliveries: pd.DataFrame, calendar: Calendar
) -> dict[str, object]:
    """Counts for people to read and tests to compare."""
    moment = np.datetime64(calendar.end + 1, "D").astype("datetime64[s]") - np.timedelta64(1, "s")
    per_feed = deliveries.groupby("feed")[["row_count", "duplicate_rows", "corrupt_rows", "rejected_values"]].sum()
    per_feed["file_count"] = deliveries.groupby("feed").size()
    status = pd.Series(statuses(stays, moment)).value_counts()
    return {
        "people": len(people),
        "guests": int(stays["person"].nunique()),
        "reservations": len(stays),
        "status": {str(name): int(count) for name, count in status.items()},
        "scenarios": {str(name): int(count) for name, count in people["scenario"].value_counts().items()},
        "feeds": {
            str(feed): {str(k): int(v) for k, v in row.items()} for feed, row in per_feed.to_dict("index").items()
        },
    }

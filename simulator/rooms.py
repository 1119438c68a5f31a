"""Room allocation: no room is ever given to two parties on one night."""

import heapq
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.world import PROPERTIES, ROOM_TYPES


@dataclass
class Rooms:
    """Room numbers per reservation (None when none was used) and the size of each hotel."""

    first_room: np.ndarray
    last_room: np.ndarray
    move_day: np.ndarray
    room_counts: list[int]


def allocate(rng: np.random.Generator, stays: pd.DataFrame) -> Rooms:
    """Gives rooms to all stays that take place or are on the books, in order of arrival; 3% of the longer ones move."""
    size = len(stays)
    takes_place = (stays["cancelled_local"].isna() & ~stays["is_no_show"]).to_numpy()
    leads = takes_place & ~(stays["share_group"].duplicated().to_numpy() & (stays["share_group"] >= 0).to_numpy())
    arrival, nights = stays["arrival"].to_numpy(), np.maximum(stays["nights"].to_numpy(), 1)
    moves = (
        (nights >= 2)
        & (rng.random(size) < 0.03)
        & (stays["room_count"] == 1).to_numpy()
        & (stays["share_group"] < 0).to_numpy()
    )
    move_day = np.where(moves & takes_place, arrival + 1 + (rng.random(size) * (nights - 1)).astype(int), -1)
    pool = stays["property"].to_numpy() * len(ROOM_TYPES) + stays["room_type"].to_numpy()
    parts = [
        (np.flatnonzero(leads), 0, arrival, np.where(move_day >= 0, move_day, arrival + nights)),
        (np.flatnonzero(leads & (move_day >= 0)), 1, move_day, arrival + nights),
    ]
    segments: list[tuple[int, int, int, int, int, int]] = []
    for at, order, begins, ends in parts:
        segments += zip(
            begins[at].tolist(),
            [order] * len(at),
            at.tolist(),
            ends[at].tolist(),
            pool[at].tolist(),
            stays["room_count"].to_numpy()[at].tolist(),
            strict=True,
        )
    segments.sort()
    numbers, used = _sweep(segments, len(PROPERTIES) * len(ROOM_TYPES))
    first, last = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    width = 2 if max(used, default=0) < 100 else 3
    for (_, order, row, _, room_pool, _), number in zip(segments, numbers, strict=True):
        label = f"{room_pool % len(ROOM_TYPES) + 1}{number:0{width}d}"
        last[row] = label
        if order == 0:
            first[row] = label
    _copy_to_sharers(stays, takes_place, first, last)
    kinds = len(ROOM_TYPES)
    counts = [int(np.ceil(sum(used[i * kinds : (i + 1) * kinds]) * 1.04)) for i in range(len(PROPERTIES))]
    return Rooms(first, last, move_day, counts)


def _sweep(segments: list[tuple], pools: int) -> tuple[list[int], list[int]]:
    """Lowest free room of the pool for every segment, and how many rooms each pool needs in the end."""
    free: list[list[int]] = [[] for _ in range(pools)]
    busy: list[list[tuple[int, int]]] = [[] for _ in range(pools)]
    used = [0] * pools
    numbers = []
    for begins, _, _, ends, pool, count in segments:
        while busy[pool] and busy[pool][0][0] <= begins:
            heapq.heappush(free[pool], heapq.heappop(busy[pool])[1])
        taken = []
        for _ in range(count):
            if free[pool]:
                taken.append(heapq.heappop(free[pool]))
            else:
                taken.append(used[pool])
                used[pool] += 1
            heapq.heappush(busy[pool], (ends, taken[-1]))
        numbers.append(taken[0])
    return numbers, used


def _copy_to_sharers(stays: pd.DataFrame, takes_place: np.ndarray, first: np.ndarray, last: np.ndarray) -> None:
    groups = stays["share_group"].to_numpy()
    shared = np.flatnonzero((groups >= 0) & takes_place)
    known = {groups[row]: row for row in reversed(shared.tolist()) if first[row] is not None}
    for row in shared.tolist():
        lead = known.get(groups[row])
        if lead is not None:
            first[row], last[row] = first[lead], last[lead]

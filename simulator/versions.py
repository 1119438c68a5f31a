"""Versions of rows: what a hotel's systems send, when, and which of it a delivery holds."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator.world import Calendar


@dataclass
class Versions:
    """Rows of one feed by key and change; `day` is the hotel day that reported them, `year` the export of history."""

    table: pa.Table
    day: np.ndarray
    year: np.ndarray
    is_history: np.ndarray
    # key number, so that a delivery can turn the order of two versions around
    key: np.ndarray


def local_days(local: np.ndarray) -> np.ndarray:
    """Local calendar day of local times as day numbers."""
    return local.astype("datetime64[D]").astype(int)


def export_years(day: np.ndarray, calendar: Calendar) -> np.ndarray:
    """Year of the export that holds a day: no earlier than the first year, no later than the last."""
    clipped = np.clip(day, calendar.start, calendar.history_end)
    return clipped.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970


def select_delivered(key: np.ndarray, day: np.ndarray, always: np.ndarray, calendar: Calendar) -> np.ndarray:
    """Delivered versions: the last one known when history was exported, those marked, all of the nights after it.

    Expects rows ordered by key and change.
    """
    is_history = day <= calendar.history_end
    last = np.ones(len(key), dtype=bool)
    last[:-1] = ~((key[1:] == key[:-1]) & is_history[1:])
    return (day <= calendar.end) & (~is_history | last | always)

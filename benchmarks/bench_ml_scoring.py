"""Seconds and memory of one night's features, scores and segments: python -m benchmarks.bench_ml_scoring [customers].

Bar (issue 5): 1,000,000 customers in 300 s and 4 GiB on 2 cores. The real dbt models and ml.score run in one process
over a made-up warehouse; the first night's training, with the features of its cut-offs, is told apart.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import ml
from benchmarks.scored_world import fill_warehouse
from guestbook import dbt_runner
from guestbook.settings import Settings
from guestbook.warehouse import warehouse

NIGHT = date(2025, 12, 31)
CUSTOMERS = 1_000_000
BAR_SECONDS, BAR_GIB = 300, 4


def main() -> None:
    """One line per step: wall seconds, CPU seconds, share of the night's wall time, peak memory so far."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.load({}, home=home)
        with warehouse(settings) as con:
            reservations = fill_warehouse(con, customers, NIGHT)
        print(f"{customers:,} customers, {reservations:,} reservations; made at {_peak_gib():.2f} GiB")
        with _timed("first night: features of all training dates"):
            with warehouse(settings) as con:
                dates = ml.training_dates(con, settings, NIGHT)
            _build_features(settings, dates)
        with _timed(f"first night: training ({len(dates)} cut-offs)"), warehouse(settings) as con:
            ml.train(con, settings, NIGHT)
        night = {
            "features": lambda: _build_features(settings, []),
            "scores and segments": lambda: _score(settings),
        }
        _night(night)


def _night(steps: dict[str, Callable[[], Any]]) -> None:
    wall = {}
    for name, step in steps.items():
        with _timed(name):
            start = time.perf_counter()
            step()
            wall[name] = time.perf_counter() - start
    total = sum(wall.values())
    shares = ", ".join(f"{name} {seconds / total:.0%}" for name, seconds in wall.items())
    print(f"ordinary night: {total:.0f} s (bar {BAR_SECONDS}), peak {_peak_gib():.2f} GiB (bar {BAR_GIB}); {shares}")


def _build_features(settings: Settings, dates: list[date]) -> None:
    dbt_runner.build(settings, "path:models/features", dbt_runner.night_variables(settings, NIGHT, dates))


def _score(settings: Settings) -> None:
    with warehouse(settings) as con:
        print(ml.score(con, settings, NIGHT))


@contextmanager
def _timed(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name}: {wall:.1f} s, CPU {cpu:.1f} s, peak {_peak_gib():.2f} GiB", flush=True)


def _peak_gib() -> float:
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 2**20


if __name__ == "__main__":
    main()

"""Seconds and memory of one night's features, scores and segments: python -m benchmarks ml_scoring [customers].

Bar (issue 5): 1,000,000 customers in 300 s and 4 GiB on 2 cores. The real dbt models and ml.score run in one process
over a made-up warehouse; the first night's training, with the features of its cut-offs, is told apart.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

import ml
from benchmarks.scored_world import fill_warehouse
from guestbook import dbt_runner
from guestbook.settings import Settings
from guestbook.warehouse import warehouse
from ml import scoring, sql

NIGHT = date(2025, 12, 31)
CUSTOMERS = 1_000_000
BAR_SECONDS, BAR_GIB = 300, 4
# Steps of ml.score, by the function that does each.
STEPS = {
    "reading features": (sql, ("read_features", "read_money")),
    "segments": (scoring, ("segment_rows",)),
    "churn": (scoring, ("churn_rows",)),
    "value": (scoring, ("value_rows",)),
    "drift and health": (scoring, ("drift_rows", "matured_rows")),
    "customer map": (scoring, ("record_customer_map",)),
    "what goes together": (scoring, ("basket_rules",)),
    "writing": (scoring, ("_write",)),
}


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
        _night(settings)


def _night(settings: Settings) -> None:
    start = time.perf_counter()
    shares = {"features": _seconds(lambda: _build_features(settings, []))}
    shares |= _score(settings)
    total = time.perf_counter() - start
    for name, (wall, cpu) in shares.items():
        print(f"  {name}: {wall:.1f} s, CPU {cpu:.1f} s, {wall / total:.0%} of the night")
    spent = sum(cpu for _, cpu in shares.values())
    print(
        f"ordinary night: {total:.0f} s (bar {BAR_SECONDS}), CPU {spent:.0f} s,"
        f" peak {_peak_gib():.2f} GiB (bar {BAR_GIB})"
    )


def _seconds(step: Callable[[], Any]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - wall, time.process_time() - cpu


def _score(settings: Settings) -> dict[str, tuple[float, float]]:
    """Wall and CPU seconds by step of ml.score; what is in none of them (page, opening) is `the rest`."""
    spent: dict[str, tuple[float, float]] = {}

    def clock(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            kept: list[Any] = []
            wall, cpu = _seconds(lambda: kept.append(step(*arguments)))
            before = spent.get(name, (0.0, 0.0))
            spent[name] = (before[0] + wall, before[1] + cpu)
            return kept[0]

        return timed

    with ExitStack() as stack:
        for name, (place, functions) in STEPS.items():
            for function in functions:
                stack.enter_context(patch.object(place, function, clock(name, getattr(place, function))))
        whole = _seconds(lambda: _run_score(settings))
    rest = tuple(total - sum(part[i] for part in spent.values()) for i, total in enumerate(whole))
    return {**spent, "the rest": (rest[0], rest[1])}


def _run_score(settings: Settings) -> None:
    with warehouse(settings) as con:
        print(ml.score(con, settings, NIGHT))


def _build_features(settings: Settings, dates: list[date]) -> None:
    dbt_runner.build(settings, "path:models/features", dbt_runner.night_variables(settings, NIGHT, dates))


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

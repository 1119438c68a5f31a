"""Cells of the RFM table: cut at round numbers, read out as rules."""

import numpy as np
import pytest

from ml.segment_axes import RECENCY, SPEND, VISITS
from ml.segment_cells import CellPlan, Cells, Split
from ml.visit_rhythm import Floats


def plain(*rows: tuple[float, float, float]) -> Floats:
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize(
    ("split", "values", "cuts"),
    [
        pytest.param(Split(RECENCY, 2), [10, 20, 170, 300, 400], [180], id="half a year is nearest to the median"),
        pytest.param(Split(RECENCY, 3), [5, 5, 100, 100, 900, 900], [60, 365], id="thirds"),
        pytest.param(Split(VISITS, 2), [1, 1, 1, 1, 5], [1], id="most came once"),
        pytest.param(Split(VISITS, 2, is_once_apart=True), [1, 4, 6, 8, 9], [1], id="one-timers apart"),
        pytest.param(Split(VISITS, 3, is_once_apart=True), [1, 4, 6, 8, 12, 40], [1, 10], id="and the others halved"),
        pytest.param(Split(VISITS, 2), [7, 7, 7, 7], [], id="all alike: nobody on one side"),
        pytest.param(Split(SPEND, 2), [80, 90, 110, 900], [100], id="money in 1, 2, 5"),
        pytest.param(Split(RECENCY, 2), [1, 2, 3], [], id="too few to cut"),
    ],
)
def test_cuts_lie_at_round_numbers(split: Split, values: list[float], cuts: list[float]) -> None:
    assert split.cuts(np.array(values, dtype=np.float64), "fine").tolist() == cuts


def test_each_part_is_cut_by_its_own_rhythm() -> None:
    """Regulars are gone sooner than one-time guests; a customer on a cut lies below it."""
    once = [(days, 1, 50) for days in (100, 350, 370, 900)]
    often = [(days, 10, 900) for days in (5, 28, 33, 200)]
    cells = CellPlan(Split(VISITS, 2), Split(RECENCY, 2), "fine").fit(plain(*once, *often), 0)
    assert cells is not None
    assert [cuts.tolist() for cuts in (cells.first, *cells.second)] == [[5.0], [365.0], [30.0]]
    assert cells.assign(plain(*once, *often)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert cells.assign(plain((365, 1, 0), (365.5, 1, 0))).tolist() == [0, 1]


CELLS = Cells(
    (VISITS, RECENCY), np.array([1.0, 5.0]), (np.array([365.0]), np.array([]), np.array([30.0, 90.0])), np.ones(3)
)


def test_a_cell_is_read_out_as_a_rule() -> None:
    assert [CELLS.rule(number) for number in range(CELLS.count)] == [
        "1 visit, last here up to 365 days ago",
        "1 visit, last here more than 365 days ago",
        "2 to 5 visits",
        "6 or more visits, last here up to 30 days ago",
        "6 or more visits, last here more than 30 and up to 90 days ago",
        "6 or more visits, last here more than 90 days ago",
    ]


def test_confidence_is_a_half_on_a_cut_and_grows_away_from_it() -> None:
    on, near, far = CELLS.confidence(plain((30, 50, 0), (25, 50, 0), (5, 50, 0))).tolist()
    assert on == 0.5
    assert on < near < far < 1.0


def test_cells_in_use_stay_as_they_are() -> None:
    plan = CellPlan(Split(VISITS, 2), Split(RECENCY, 2), "fine")
    again = plan.fit(plain(*[(days, days, 1) for days in range(1, 99)]), 0, CELLS)
    assert again is not None
    assert again.first is CELLS.first
    assert again.second is CELLS.second

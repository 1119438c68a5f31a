"""Codes: carried on by whom they were given out for, never used for others."""

import numpy as np
import pytest

from ml.segment_axes import RECENCY, VISITS
from ml.segment_cells import Cells
from ml.segment_codes import Meaning, best_matches, give_codes, kept_share

HOUSE = np.column_stack([np.arange(1.0, 401.0), np.tile([1.0, 5.0], 200), np.full(400, 100.0)])


def bands(*cuts: float) -> Cells:
    """Bands of recency."""
    return Cells((RECENCY, VISITS), np.array(cuts), tuple(np.empty(0) for _ in range(len(cuts) + 1)), np.ones(3))


def given(grouping: Cells, meanings: dict[str, Meaning], issued: int) -> tuple[list[str], dict[str, Meaning], int]:
    return give_codes(HOUSE, grouping, range(grouping.count), meanings, issued)


def test_a_cut_that_moves_a_little_keeps_codes_and_one_that_moves_far_does_not() -> None:
    codes, meanings, issued = given(bands(100, 200, 300), {}, 0)
    assert (codes, issued) == (["s1", "s2", "s3", "s4"], 4)
    assert given(bands(110, 200, 300), meanings, issued)[0] == ["s1", "s2", "s3", "s4"]
    codes, _, issued = given(bands(10, 200, 300), meanings, issued)
    assert codes == ["s5", "s2", "s3", "s4"]
    assert issued == 5


def test_small_steps_add_up_to_a_code_of_its_own() -> None:
    """Each training moves the cut by a tenth; what the code was given out for counts, not the step before."""
    codes, meanings, issued = given(bands(100, 200, 300), {}, 0)
    for cut in (120.0, 140.0, 160.0, 180.0, 199.0):
        codes, meanings, issued = given(bands(cut, 200, 300), meanings, issued)
    assert codes[1] not in {"s1", "s2", "s3", "s4"}


def test_codes_out_of_use_are_not_given_again() -> None:
    _, meanings, issued = given(bands(100, 200, 300), {}, 0)
    codes, meanings, issued = given(bands(40, 80, 300), meanings, issued)
    assert codes[3] == "s4"
    codes, _, _ = given(bands(20, 200, 300), meanings, issued)
    assert not {"s1", "s2", "s3"} & set(codes)


@pytest.mark.parametrize(
    ("one", "two", "share"),
    [
        pytest.param([0, 0, 1, 1], [1, 1, 0, 0], 1.0, id="numbers alone tell nothing"),
        pytest.param([0, 0, 0, 1], [0, 0, 1, 1], 0.75, id="one moved"),
        pytest.param([0, 0, 0, 0], [0, 1, 2, 3], 0.0, id="split in four: none is the same"),
    ],
)
def test_the_share_kept_is_of_customers_who_stay_together(one: list[int], two: list[int], share: float) -> None:
    assert kept_share(np.array(one), np.array(two)) == share


def test_empty_segments_match_nothing() -> None:
    nobody, all_ = np.zeros((4, 1), dtype=bool), np.ones((4, 1), dtype=bool)
    assert best_matches(nobody, nobody) == []
    assert best_matches(all_, all_) == [(0, 0)]

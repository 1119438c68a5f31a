"""What the identity benchmarks measure, by hand."""

import pandas as pd
import pytest

from benchmarks.linkage import quality, quality_by

# Parent p and child c were made one customer; q is apart, one record of q was given to a customer of its own.
TRUTH = pd.Series(["p", "p", "c", "q", "q"])
PLACED = pd.Series(["1", "1", "1", "2", "3"])
SCENARIO = pd.Series(["family", "family", "family", "plain", "plain"])


def test_pairs_and_b_cubed_of_all_records():
    found = quality(TRUTH, PLACED)
    assert (found.true_pairs, found.precision, found.recall) == (2, pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert found.b_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert found.b_recall == pytest.approx((1 + 1 + 1 + 1 / 2 + 1 / 2) / 5)


def test_a_wrong_pair_inside_one_scenario_counts_once():
    found = quality_by(TRUTH, PLACED, SCENARIO)
    assert found["family"].precision == pytest.approx(1 / 3)
    assert (found["plain"].precision, found["plain"].recall) == (1.0, 0.0)


def test_a_wrong_pair_across_scenarios_counts_in_both():
    found = quality_by(TRUTH, pd.Series(["1", "1", "2", "2", "2"]), SCENARIO)
    assert found["family"].precision == pytest.approx(1 / 3)
    assert found["plain"].precision == pytest.approx(1 / 3)


def test_a_record_without_a_pair_claims_nothing():
    found = quality(pd.Series(["a", "b"]), pd.Series(["1", "2"]))
    assert (found.precision, found.recall, found.f1) == (1.0, 1.0, 1.0)

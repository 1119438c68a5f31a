"""Drift: nothing for the same people, a lot for others."""

import numpy as np
import pandas as pd
import pytest

from ml.drift import fit_reference, stability_index


def test_psi_of_two_bins_by_hand() -> None:
    # (0.4 - 0.5) ln(0.4/0.5) + (0.6 - 0.5) ln(0.6/0.5)
    assert stability_index(np.array([0.5, 0.5]), np.array([0.4, 0.6])) == pytest.approx(0.040547, abs=1e-6)


def test_the_same_people_have_not_moved() -> None:
    frame = pd.DataFrame({"recency": np.arange(100.0), "gap": [np.nan] * 50 + list(range(50))})
    psi = fit_reference(frame).psi(frame)
    assert psi["psi"].tolist() == [0.0, 0.0]
    assert psi["drift_code"].tolist() == ["stable", "stable"]


def test_other_people_have_drifted() -> None:
    then = pd.DataFrame({"recency": np.arange(100.0), "gap": np.arange(100.0)})
    now = pd.DataFrame({"recency": np.arange(100.0) + 80, "gap": np.arange(100.0)})
    psi = fit_reference(then).psi(now).set_index("column_name")["drift_code"]
    assert psi.to_dict() == {"recency": "drifted", "gap": "stable"}


def test_values_that_became_unknown_count() -> None:
    then = pd.DataFrame({"gap": np.arange(100.0)})
    now = pd.DataFrame({"gap": [np.nan] * 40 + list(np.linspace(0, 99, 60))})
    assert fit_reference(then).psi(now)["drift_code"].tolist() == ["drifted"]


def test_a_season_that_comes_back_is_no_drift() -> None:
    """Summer guests came long ago in winter; the model has seen both, and a population that it never saw is drift."""
    summer, winter = pd.DataFrame({"recency": np.arange(100.0)}), pd.DataFrame({"recency": np.arange(100.0) + 180})
    assert fit_reference(summer).psi(winter)["drift_code"].tolist() == ["drifted"]
    known = fit_reference(summer, [winter])
    assert known.psi(winter)["psi"].tolist() == [0.0]
    assert known.psi(summer)["psi"].tolist() == [0.0]
    halves = pd.concat([summer[:50], winter[:50]])
    assert known.psi(halves)["drift_code"].tolist() == ["drifted"]


def test_constant_column_and_nobody() -> None:
    reference = fit_reference(pd.DataFrame({"flag": np.zeros(50)}))
    assert reference.psi(pd.DataFrame({"flag": np.zeros(9)}))["psi"].tolist() == [0.0]
    assert reference.psi(pd.DataFrame({"flag": np.ones(9)}))["drift_code"].tolist() == ["drifted"]
    assert len(reference.psi(pd.DataFrame({"flag": []}))) == 0

"""CDNOW delivered as one-night stays: the model must beat simple rules on a real history, and not by a leak."""

from datetime import date

import numpy as np
import pytest
from histories import cdnow, cut_off

from ml.churn_judging import Judgement, fit_trial
from ml.history import training_cut_offs
from ml.season import expected_pace
from ml.training import cut_off_dates
from ml.value_training import train_value

CUT_OFF, HORIZON, WINDOW = date(1997, 12, 31), 90, 180


@pytest.fixture(scope="module")
def past() -> list:
    purchases = cdnow()
    dates = cut_off_dates(purchases["day"].min().date(), CUT_OFF, HORIZON)[:3]
    return [cut_off(purchases, CUT_OFF, HORIZON), *(cut_off(purchases, day, HORIZON) for day in dates)]


def test_churn_on_cdnow(past: list) -> None:
    now, earlier = past[0], past[1:]
    train = training_cut_offs(earlier, CUT_OFF, HORIZON)
    trial = fit_trial(now, train, HORIZON, WINDOW, 1, expected_pace(CUT_OFF, earlier, HORIZON))
    judged = Judgement(trial, []).figures(1.0)
    models = judged["models"]
    ours, visits, best = models["ensemble"], models["bgnbd"], min(models[name]["brier"] for name in judged["gain_over"])
    assert models["hiatus"]["auc"] + 0.06 <= ours["auc"] <= 0.9  # above that it would be a leak until shown otherwise
    assert ours["auc"] >= visits["auc"]
    assert ours["brier"] <= best
    assert ours["calibration_error"] <= 0.035
    assert 0.85 <= ours["calibration_slope"] <= 1.25


def test_value_on_cdnow(past: list) -> None:
    """No worse than BG/NBD and Gamma-Gamma fitted on the same customers."""
    training = train_value(past[0], past[1:], HORIZON, random_state=1)
    for judged in training.metrics["judged"]:
        for figure in ("stays", "revenue"):
            ours, plain = judged["visit_model"][figure], judged["plain"][figure]
            assert ours["mean_absolute_error"] <= plain["mean_absolute_error"]
            assert ours["rank_correlation"] >= plain["rank_correlation"]
            error = [abs(f["total_expected"] / f["total_actual"] - 1) for f in (ours, plain)]
            assert error[0] <= 0.1 + error[1]
    assert np.isfinite(training.model.predict(past[0].features)["expected_revenue_amount"]).all()

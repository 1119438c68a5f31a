"""Churn: which candidate is promoted, by what it gains on past periods over what would score without it."""

from types import SimpleNamespace

import pytest

from ml.churn_judging import CHAMPION, EVERYBODY
from ml.churn_training import choose_share, loss_by_gains

GROUP = "repeater"


@pytest.mark.parametrize(
    ("brier", "lift", "of_group", "is_refused"),
    [
        pytest.param(0.030, 0.08, 0.010, False, id="better in both"),
        pytest.param(0.030, -0.01, 0.010, True, id="a better Brier score does not make up for a lower lift"),
        pytest.param(0.030, 0.0, 0.010, True, id="the same lift is no better one"),
        pytest.param(-0.001, 0.10, 0.010, True, id="worse Brier"),
        pytest.param(0.0, 0.10, 0.010, True, id="the same Brier"),
        pytest.param(0.030, 0.08, 0.0, False, id="a large group with the same"),
        pytest.param(0.030, 0.08, -0.001, True, id="a large group worse"),
    ],
)
def test_promoted_only_if_nothing_is_lost(brier: float, lift: float, of_group: float, is_refused: bool) -> None:
    gain = {"brier": brier, "lift": lift}
    rounds = [{EVERYBODY: gain, GROUP: {**gain, "brier": of_group}}] * 3
    assert (loss_by_gains(rounds) is not None) is is_refused


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        pytest.param(0.0, "the same as that of the regressions", id="none"),
        pytest.param(-0.012, "worse than that of the regressions by 0.0120", id="worse"),
        pytest.param(-0.00001, "worse than that of the regressions by less than 0.0001", id="below the digits shown"),
    ],
)
def test_a_refusal_says_how_much_is_lost(gain: float, said: str) -> None:
    better = {"brier": 0.01, "lift": 0.1}
    assert loss_by_gains([{EVERYBODY: {**better, "lift": gain}}]) == f"top-decile lift {said}"
    if gain < 0:
        of_group = loss_by_gains([{EVERYBODY: better, GROUP: {**better, "brier": gain}}])
        assert of_group == f"Brier score {said} for {GROUP}"


@pytest.mark.parametrize(
    ("lift_by_share", "share", "refusal"),
    [
        pytest.param({1.0: 0.1}, 1.0, None, id="the blend of all parts"),
        pytest.param({1.0: -0.1, 0.5: 0.2}, 0.5, None, id="half of it, where the whole loses something"),
        pytest.param({1.0: -0.1, 0.5: 0.0, 0.25: 0.1}, 0.25, None, id="a quarter"),
        pytest.param(
            {1.0: -0.1, 0.5: -0.2, 0.25: 0.0},
            0.0,
            "top-decile lift worse than that of the regressions by 0.1000",
            id="none of it: the champion scores",
        ),
    ],
)
def test_candidates_are_tried_from_the_boldest(
    lift_by_share: dict[float, float], share: float, refusal: str | None
) -> None:
    def gains(of: float, other: str) -> dict[str, dict[str, float]]:
        assert other == CHAMPION
        return {EVERYBODY: {"brier": 0.01, "lift": lift_by_share[of]}}

    chosen, judged, lost = choose_share([SimpleNamespace(gains=gains, figures=lambda of: {"share": of})])
    assert (chosen, lost) == (share, refusal)
    assert judged[0]["share"] == (1.0 if refusal else share)

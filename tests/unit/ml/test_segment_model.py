"""Segments: found where there are any, stable codes, a stated single segment where there are none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from ml.segment_axes import plain_axes
from ml.segment_choice import Choice, is_clearly_better
from ml.segment_judging import judge_segments
from ml.segment_model import SegmentModel
from ml.segment_names import describe
from ml.segment_plans import K_CHOICES

GROUPS = {
    "fresh_regular": (10, 12, 5000),
    "fresh_once": (15, 1, 150),
    "old_regular": (900, 8, 3000),
    "old_once": (1100, 1, 120),
    "middle": (200, 3, 700),
}


def customers(count: int = 100, seed: int = 0, keep: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        (
            recency * rng.lognormal(0, 0.15),
            max(1, round(visits * rng.lognormal(0, 0.05))),
            spend * rng.lognormal(0, 0.15),
            group,
        )
        for group, (recency, visits, spend) in GROUPS.items()
        for _ in range(count)
    ]
    frame = pd.DataFrame(rows, columns=["rfm_recency_days", "visit_count", "spend_amount", "group"])
    frame["mean_gap_days"] = np.where(frame["visit_count"] > 1, 90.0, np.nan)
    return frame[rng.random(len(frame)) < keep].reset_index(drop=True)


@pytest.fixture
def one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stability on one draw of centres, not thirty, most of the time of a fit: for tests that do not ask for it."""
    monkeypatch.setattr("ml.segment_centres.CentrePlan.resamples", 1)
    monkeypatch.setattr("ml.segment_yardstick.CONFIRMING_RESAMPLES", 1)


def test_five_groups_are_found_and_named() -> None:
    frame = customers()
    model = SegmentModel(1).fit(frame)
    codes, confidence = model.predict(frame)
    assert model.choice_.k == 5
    assert pd.crosstab(frame["group"], codes).max(axis=1).sum() == len(frame)
    assert [segment["segment_code"] for segment in model.record()["segments"]] == ["s1", "s2", "s3", "s4", "s5"]
    assert len(set(model.names_)) == 5
    assert confidence.min() >= 0.5
    by_group = dict(zip(frame["group"], codes, strict=True))
    assert model.names[by_group["fresh_regular"]] == "Recent high-spending regulars"
    assert model.names[by_group["old_once"]] == "Long gone low-spending one-time guests"


@pytest.mark.usefixtures("one_draw")
def test_codes_keep_their_meaning_over_twelve_months_of_an_unchanged_world() -> None:
    """Each month other customers of the same five groups are seen; in each the code is that of the first month."""
    champion, first, names = None, None, None
    for month in range(12):
        frame = customers(60, seed=100 + month)
        champion = SegmentModel(month).fit(frame, champion)
        codes, _ = champion.predict(frame)
        by_group = frame.assign(code=codes).groupby("group")["code"].agg(lambda code: code.mode()[0]).to_dict()
        first, names = first or by_group, names or champion.names
        assert by_group == first
        assert champion.names == names
    assert champion.issued_ == 5


def test_all_that_was_tried_is_on_record_with_what_was_chosen() -> None:
    record = SegmentModel(1).fit(customers(100)).record()
    tried = {(choice["algorithm"], choice["k"]) for choice in record["tried"]}
    assert tried == {(name, k) for name in ("kmeans", "gaussian_mixture", "ward") for k in K_CHOICES}
    assert record["missed_bars"] == []
    chosen = record["chosen"]
    assert chosen["is_passing"]
    assert chosen["axes"] == ["recency", "visits", "spend"]
    assert (chosen["ari_mean"] >= 0.9, chosen["ari_lowest"] >= 0.8, chosen["silhouette"] >= 0.3) == (True, True, True)


@pytest.mark.usefixtures("one_draw")
def test_how_the_axes_were_prepared_is_on_record() -> None:
    frame = customers(100)
    model = SegmentModel(1).fit(frame)
    told = {entry["axis"]: entry for entry in model.record()["features"]}
    assert list(told) == ["recency", "visits", "spend"]
    logs = np.log(frame["visit_count"].to_numpy(dtype=float))
    assert told["visits"]["column"] == "visit_count"
    assert told["visits"]["transform"] == "ln(visits)"
    assert told["visits"]["mean"] == pytest.approx(logs.mean(), abs=1e-4)
    assert told["visits"]["standard_deviation"] == pytest.approx(logs.std(), abs=1e-4)
    assert model.plan_ is not None
    assert {axis for axis, entry in told.items() if entry["is_used"]} == set(model.plan_.axes)


@pytest.mark.parametrize(
    ("visits", "said"),
    [(1.0, "with one visit and"), (2.44, "with 2.4 visits and"), (6.9, "with 7 visits and")],
)
def test_a_segment_is_described_in_a_sentence(visits: float, said: str) -> None:
    told = describe(np.log1p([76.2, visits - 1.0, 3557.4]), "last here up to 365 days ago")
    assert said in told
    assert told.startswith("Last here up to 365 days ago: typically last here 76 days ago,")
    assert told.endswith("3,557 spent so far.")


@pytest.mark.usefixtures("one_draw")
def test_each_segment_is_judged() -> None:
    frame = customers(60).assign(consent_email=lambda f: (f["group"] != "old_once").astype(float))
    model = SegmentModel(1).fit(frame)
    codes, _ = model.predict(frame)
    verdicts = judge_segments(frame, codes, model.space(frame))
    by_group = dict(zip(frame["group"], codes, strict=True))
    assert {code for code, verdict in verdicts.items() if not verdict["is_reachable"]} == {by_group["old_once"]}
    for verdict in verdicts.values():
        assert all(verdict[question] for question in ("is_big_enough", "is_distinct", "is_understandable"))
    assert verdicts[by_group["old_once"]]["revenue_share"] < 0.02


@pytest.mark.usefixtures("one_draw")
def test_a_segment_that_was_not_there_gets_a_code_never_used() -> None:
    frame = customers()
    champion = SegmentModel(1).fit(frame[frame["group"] != "old_regular"].reset_index(drop=True))
    again = SegmentModel(1).fit(frame, champion)
    assert len(champion.codes_) == 4
    assert set(champion.codes_) < set(again.codes_)
    assert again.codes_.count("s5") == 1


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        pytest.param(customers(9), "45 customers, 50 needed", id="too few"),
        pytest.param(customers(0), "0 customers, 50 needed", id="nobody"),
        pytest.param(
            pd.concat([customers(1)[:1]] * 500, ignore_index=True), "only 1 different customers", id="all alike"
        ),
    ],
)
def test_one_stated_segment_where_nobody_can_be_told_apart(frame: pd.DataFrame, reason: str) -> None:
    model = SegmentModel(1).fit(frame)
    codes, confidence = model.predict(frame)
    assert model.reason_ == f"one segment for all: {reason}"
    assert set(codes) <= {"s0"}
    assert (confidence == 1.0).all()


def test_the_same_seed_gives_the_same_segments() -> None:
    frame = customers(40)
    one, two = SegmentModel(3).fit(frame), SegmentModel(3).fit(frame)
    assert (one.middles_ == two.middles_).all()
    assert one.record() == two.record()


@pytest.mark.usefixtures("one_draw")
def test_what_retraining_did_to_codes_is_on_record() -> None:
    frame = customers(40)
    first = SegmentModel(1).fit(frame)
    assert first.record()["codes_kept_share"] is None
    again = SegmentModel(1).fit(frame, first).record()
    assert again["codes_kept_share"] == 1.0
    assert {segment["meaning_kept_share"] for segment in again["segments"]} == {1.0}
    other = SegmentModel(1).fit(frame[frame["group"] != "middle"].reset_index(drop=True))
    record = SegmentModel(1).fit(frame, other).record()
    assert record["codes_kept_share"] == pytest.approx(0.8, abs=0.01), "a fifth of the customers has a new segment"


ODD = {
    "half of everything missing": lambda rng, f: f.mask(rng.random(f.shape) < 0.5),
    "endless spend": lambda _, f: f.assign(spend_amount=f["spend_amount"].where(f.index > 5, np.inf)),
    "one giant": lambda _, f: f.assign(spend_amount=f["spend_amount"].where(f.index > 0, 1e9)),
    "one visit each": lambda _, f: f.assign(visit_count=1.0, mean_gap_days=np.nan),
    "spend constant": lambda _, f: f.assign(spend_amount=100.0),
    "negative": lambda _, f: f.assign(spend_amount=-f["spend_amount"], rfm_recency_days=f["rfm_recency_days"] - 50),
    "spend unknown": lambda _, f: f.assign(spend_amount=np.nan),
}


@pytest.mark.usefixtures("one_draw")
@pytest.mark.parametrize("odd", ODD)
def test_odd_customers_get_segments_that_meet_the_bars_or_say_what_they_miss(odd: str) -> None:
    rng = np.random.default_rng(3)
    frame = ODD[odd](rng, spread_evenly(70, 9))
    model = SegmentModel(1).fit(frame)
    codes, confidence = model.predict(frame)
    assert np.isfinite(confidence).all()
    shares = pd.Series(codes).value_counts(normalize=True)
    is_sound = 4 <= len(shares) <= 9 and shares.min() >= 0.02 and shares.max() <= 0.6
    assert is_sound or {"size", "number"} & set(model.record()["missed_bars"])
    assert set(judge_segments(frame, codes, model.space(frame))) == set(codes)
    assert (SegmentModel(1).fit(frame, model).predict(frame)[0] == codes).all()


def spread_evenly(count: int, seed: int) -> pd.DataFrame:
    """Customers without any groups in logarithms: where centres of clusters wander with the sample."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "rfm_recency_days": np.exp(rng.uniform(0, 7, count)).round(),
            "visit_count": np.exp(rng.uniform(0, 3.5, count)).round(),
            "spend_amount": np.exp(rng.uniform(3, 9, count)).round(2),
        }
    )
    return frame.assign(mean_gap_days=90.0, consent_email=1.0)


@pytest.fixture(scope="module")
def even() -> tuple[pd.DataFrame, SegmentModel]:
    """Evenly spread customers and their segments."""
    frame = spread_evenly(600, 41)
    return frame, SegmentModel(1).fit(frame)


def test_the_bars_are_met_where_there_are_no_groups_to_find(even: tuple[pd.DataFrame, SegmentModel]) -> None:
    """The figures on record, and sizes and silhouette taken again from the outside."""
    frame, model = even
    codes = model.predict(frame)[0]
    assert model.choice_.passes, model.reason_
    shares = pd.Series(codes).value_counts(normalize=True)
    assert 4 <= len(shares) <= 9
    assert (shares.min() >= 0.02, shares.max() <= 0.6) == (True, True)
    assert silhouette_score(model.space(frame), codes) >= 0.3


def test_stability_is_that_of_a_fit_from_nothing(even: tuple[pd.DataFrame, SegmentModel]) -> None:
    """The recorded figure is what anybody finds who fits the plan again on drawn customers, with draws of their own."""
    frame, model = even
    plain, rng = plain_axes(frame), np.random.default_rng(99)
    found = [
        adjusted_rand_score(
            model.predict(frame)[0], model.plan_.fit(plain[rng.integers(0, 600, 600)], 5, None).assign(plain)
        )
        for _ in range(30)
    ]
    assert np.mean(found) == pytest.approx(model.choice_.ari_mean, abs=0.03)
    assert np.mean(found) >= 0.9


def test_where_no_plan_meets_every_bar_the_record_says_which_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.segment_choice.LEAST_SILHOUETTE", 0.99)
    model = SegmentModel(1).fit(customers(20))
    assert len(model.codes_) >= 4
    assert model.record()["missed_bars"] == ["silhouette"]
    assert "none meets every bar, this one misses silhouette" in model.reason_


@pytest.mark.parametrize(
    ("silhouettes", "is_better"),
    [
        pytest.param((0.67, 0.66), True, id="clearer on all axes and on its own, by half of the way to 1"),
        pytest.param((0.67, 0.64), False, id="by less than the margin"),
        pytest.param((0.41, 0.66), False, id="looks at more axes, is less clear on them"),
    ],
)
def test_others_are_clearly_better(silhouettes: tuple[float, float], is_better: bool) -> None:
    current = Choice("cells", ("recency",), 4, 0.45, 0.30, 1.0, 1.0, 0.2, 0.3)
    other = replace(current, silhouette=silhouettes[0], silhouette_all_axes=silhouettes[1])
    assert is_clearly_better(other, current) == is_better


def test_segments_in_use_stay_unless_others_are_clearly_better(even: tuple[pd.DataFrame, SegmentModel]) -> None:
    """Among evenly spread customers many plans are alike: whichever is in use goes on, month after month."""
    frame, first = even
    again = SegmentModel(2).fit(spread_evenly(400, 45), first)
    assert again.plan_ == first.plan_
    assert again.codes_ == first.codes_
    assert "as before" in again.reason_
    assert (again.predict(frame)[0] == first.predict(frame)[0]).mean() > 0.9
    found = SegmentModel(2).fit(customers(), first)  # another world: five groups that nobody can miss
    assert found.choice_.k == 5

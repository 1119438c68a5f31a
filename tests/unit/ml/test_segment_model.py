"""Segments: found where there are any, stable codes, a stated single segment where there are none."""

import numpy as np
import pandas as pd
import pytest

from ml.segment_judging import judge_segments
from ml.segment_model import ARI_LIMITS, Choice, SegmentModel, choose

GROUPS = {
    "fresh_regular": (10, 12, 5000),
    "fresh_once": (15, 1, 150),
    "old_regular": (900, 8, 3000),
    "old_once": (1100, 1, 120),
    "middle": (200, 3, 700),
}


def customers(count: int = 300, seed: int = 0, keep: float = 1.0) -> pd.DataFrame:
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


def test_five_groups_are_found_and_named() -> None:
    frame = customers()
    model = SegmentModel(1).fit(frame)
    codes, confidence = model.predict(frame)
    assert model.k_ == 5
    assert pd.crosstab(frame["group"], codes).max(axis=1).sum() == len(frame)
    assert model.codes_ == ["s1", "s2", "s3", "s4", "s5"]
    assert len(set(model.names_)) == 5
    assert confidence.min() >= 0.5
    by_group = dict(zip(frame["group"], codes, strict=True))
    assert model.names[by_group["fresh_regular"]] == "Recent high-spending regulars"
    assert model.names[by_group["old_once"]] == "Long gone low-spending one-time guests"


def test_codes_keep_their_meaning_over_twelve_months_of_an_unchanged_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each month other customers of the same five groups are seen; in each the code is that of the first month."""
    for name in ("BOOTSTRAPS", "OTHER_BOOTSTRAPS"):
        monkeypatch.setattr(f"ml.segment_model.{name}", 1)  # codes do not depend on them; they cost most of the time
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


def test_every_algorithm_and_number_tried_is_on_record() -> None:
    model = SegmentModel(1).fit(customers(100))
    tried = {(choice["algorithm"], choice["k"]) for choice in model.record()["tried"]}
    assert tried == {(name, k) for name in ("kmeans", "gaussian_mixture", "ward") for k in range(4, 10)}
    chosen = next(c for c in model.choices_ if (c.algorithm, c.k) == (model.algorithm_, model.k_))
    assert chosen.ari_mean >= ARI_LIMITS["mean"]
    assert chosen.ari_lowest >= ARI_LIMITS["lowest"]
    assert chosen.silhouette >= 0.3


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
        pytest.param(customers(10), "50 customers, 200 needed", id="too few"),
        pytest.param(customers(0), "0 customers, 200 needed", id="nobody"),
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
    frame = customers()
    one, two = SegmentModel(3).fit(frame), SegmentModel(3).fit(frame)
    assert (one.centroids_ == two.centroids_).all()
    assert one.record() == two.record()


def choice(k: int, silhouette: float, ari: float = 0.95, smallest: float = 0.1, largest: float = 0.4) -> Choice:
    return Choice("kmeans", k, silhouette, ari, ari - 0.05, smallest, largest)


@pytest.mark.parametrize(
    ("choices", "current", "k"),
    [
        pytest.param([choice(4, 0.40), choice(5, 0.45)], None, 5, id="highest silhouette"),
        pytest.param([choice(4, 0.40), choice(5, 0.45, ari=0.31)], None, 4, id="but only if stable"),
        pytest.param([choice(4, 0.40), choice(5, 0.45, largest=0.61)], None, 4, id="and no segment swallows the house"),
        pytest.param([choice(4, 0.40), choice(5, 0.45, smallest=0.019)], None, 4, id="and none is too small"),
        pytest.param([choice(4, 0.41), choice(5, 0.45)], 4, 4, id="the k in use stays when it is nearly as good"),
        pytest.param([choice(4, 0.40), choice(5, 0.46)], 4, 5, id="and goes when it is not"),
        pytest.param([choice(4, 0.45, ari=0.6), choice(5, 0.40, ari=0.8)], None, 5, id="none stable: the most stable"),
        pytest.param([choice(4, 0.45, largest=0.9)], None, None, id="none sound"),
    ],
)
def test_choice_of_k(choices: list[Choice], current: int | None, k: int | None) -> None:
    chosen, _ = choose(choices, ("kmeans", current))
    assert (chosen.k if chosen else None) == k

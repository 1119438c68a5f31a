"""Segments through the year: those in use stay as they are, and those that suit other seasons come first."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from ml.segment_axes import VISITS, WEIGHTS
from ml.segment_cells import CellPlan, Cells, RulePlan, Split
from ml.segment_centres import KMEANS, CentrePlan
from ml.segment_choice import Choice, room_of
from ml.segment_codes import kept_share
from ml.segment_search import search
from ml.segment_yardstick import Yardstick
from ml.visit_rhythm import Floats

RULE = RulePlan((1.0,), (365.0,))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in a training: threads of many small fits only wait for each other."""
    with threadpool_limits(1):
        yield


def summer_house(days_since_summer: float, count: int = 400, seed: int = 3) -> Floats:
    """Guests of three summers, half of them regulars, so many days after the last one: recency, visits, spend."""
    rng = np.random.default_rng(seed)
    years = rng.choice(3, count, p=[0.4, 0.35, 0.25])
    visits = np.where(rng.random(count) < 0.5, 1.0, 2.0 + rng.integers(0, 4, count))
    return np.column_stack([years * 365.0 + rng.uniform(0, 20, count) + days_since_summer, visits, visits * 100.0])


def spread_evenly(seed: int) -> Floats:
    """Customers without any groups in logarithms: recency, visits, spend."""
    return np.exp(np.random.default_rng(seed).uniform((0.0, 0.0, 3.0), (7.0, 3.5, 9.0), (600, 3)))


def test_a_fixed_rule_is_the_same_whoever_comes() -> None:
    one, two = RULE.fit(summer_house(30), 1), RULE.fit(summer_house(300, 60), 2)
    assert (one.first.tolist(), [cuts.tolist() for cuts in one.second]) == ([1.0], [[365.0], [365.0]])
    assert (two.first.tolist(), [cuts.tolist() for cuts in two.second]) == ([1.0], [[365.0], [365.0]])
    assert one.assign(np.array([[400.0, 1.0, 0.0], [30.0, 2.0, 0.0]])).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cut", "held_share"),
    [pytest.param(360.0, 1.0, id="between two summers"), pytest.param(150.0, 0.5, id="cuts nobody off in spring")],
)
def test_the_seasons_that_segments_would_have_suited_are_counted(cut: float, held_share: float) -> None:
    """Seen in October; earlier dates are an October and a March, when the last summer was 240 days ago."""
    yardstick = Yardstick(summer_house(60), 1, [summer_house(60), summer_house(240)])
    tried = yardstick.measure(RulePlan((1.0,), (cut,)))
    assert tried is not None
    assert tried.choice.passes
    assert tried.choice.held_share == held_share
    assert yardstick.confirm(tried).choice.held_share == held_share


def test_those_in_use_stay_to_the_last_cut_while_they_meet_the_bars() -> None:
    """In March quantiles would cut elsewhere; the segments of October stay."""
    plan = CellPlan(Split(VISITS, 2), Split(0, 2), "fine")
    october = plan.fit(summer_house(60), 1)
    assert october is not None
    kept, reason, _ = search(Yardstick(summer_house(100, seed=4), 2), (plan, october))
    assert kept is not None
    assert kept.grouping is october
    assert kept.choice.passes
    assert reason.startswith("4 segments by cells of recency, visits: as before")


def test_those_in_use_go_when_customers_no_longer_suit_them() -> None:
    """Cut at ten days, when the youngest guest was here sixty days ago: nobody is left in a segment."""
    stale = Cells((VISITS, 0), np.array([1.0]), (np.array([10.0]), np.array([10.0])), np.ones(3))
    found, reason, _ = search(Yardstick(summer_house(60), 1), (RulePlan((1.0,), (10.0,)), stale))
    assert found is not None
    assert found.grouping is not stale
    assert "as before" not in reason


def test_stability_of_those_in_use_is_that_of_keeping_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Big enough and clear on every draw: they stay each time, where centres fitted again from there would wander."""
    plan = CentrePlan(KMEANS, 4, WEIGHTS)
    yardstick = Yardstick(spread_evenly(5), 1, [spread_evenly(6), summer_house(240)])
    centres = plan.fit(spread_evenly(3), 1)
    assert centres is not None
    held = yardstick.hold(plan, centres).choice
    again = yardstick.measure(plan, centres)
    assert again is not None
    assert again.choice.ari_lowest < held.ari_lowest == 1.0
    assert held.held_share == 0.5
    assert held.found_again == pytest.approx(again.choice.ari_mean, abs=0.15), "what fits from nothing say is on record"
    monkeypatch.setattr("ml.segment_yardstick.KEEP_SILHOUETTE", 0.99)
    assert yardstick.hold(plan, centres).choice.ari_lowest < 1.0, "unclear on a draw: they would be fitted again"


def test_fixed_rules_are_tried_where_nothing_is_in_use_and_nothing_learnt_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ml.segment_search.LADDER", ())
    yardstick = Yardstick(summer_house(60), 1)
    found, _, tried = search(yardstick)
    assert found is not None
    assert (found.choice.algorithm, found.choice.passes) == ("rules", True)
    assert {choice.algorithm for choice in tried} == {"rules"}, "bands of recency say less"
    _, _, tried = search(yardstick, (found.plan, found.grouping))
    assert len(tried) == 1


def test_endurance_counts_seasons_first_then_room() -> None:
    roomy = Choice("cells", ("recency",), 4, 0.40, 0.30, 1.0, 1.0, 0.2, 0.3)
    narrow = replace(roomy, room=0.4)
    one_season = replace(roomy, held_share=0.5)
    assert one_season.endurance < narrow.endurance < roomy.endurance
    assert (roomy.is_steady, narrow.is_steady, one_season.is_steady) == (True, False, False)


@pytest.mark.parametrize(
    ("smallest", "largest", "count", "spread", "room"),
    [
        pytest.param(0.04, 0.30, 10_000, 0.0, 2.0, id="two hundredths over the least share, of many customers"),
        pytest.param(0.04, 0.30, 100, 0.0, 0.51, id="two hundredths over the least share, of a hundred: half enough"),
        pytest.param(0.20, 0.65, 10_000, 0.0, -1.0, id="one segment too large"),
        pytest.param(0.20, 0.30, 10_000, 1.0, 0.05, id="clear by less than chance"),
    ],
)
def test_room_is_measured_in_what_chance_can_move(
    smallest: float, largest: float, count: int, spread: float, room: float
) -> None:
    silhouettes = np.tile([0.39 - spread, 0.39 + spread], 110) - (0.08 if spread else 0.0)
    assert room_of(smallest, largest, count, silhouettes) == pytest.approx(room, abs=0.03)


def test_segments_in_use_wait_through_a_lull_but_not_for_ever() -> None:
    """Nobody comes in spring, so few are "recent": the rule stays if the other months suit it, and may wait."""
    rule = RulePlan((1.0,), (90.0,))
    recent = rule.fit(summer_house(60), 1)
    yardstick = Yardstick(summer_house(240), 1, [summer_house(60 + day, seed=day) for day in range(8)])
    kept, reason, _ = search(yardstick, (rule, recent))
    assert kept is not None
    assert kept.grouping is recent
    assert reason.startswith("4 segments by rules of recency, visits: as before; tonight misses size")
    other, reason, _ = search(yardstick, (rule, recent), may_wait=False)
    assert other is not None
    assert other.grouping is not recent
    assert other.choice.passes, reason
    few_months = Yardstick(summer_house(240), 1, [summer_house(60), summer_house(61)])
    assert search(few_months, (rule, recent))[0].grouping is not recent, "two other dates are no evidence"


def test_what_misses_a_bar_is_mended_by_the_nearest_plan_that_meets_them_all() -> None:
    """Two customers in a hundred are left under the tenth day's cut; nearly all stay together under another cut."""
    rng = np.random.default_rng(5)
    recency = np.concatenate([rng.uniform(1, 7, 6), rng.uniform(40, 80, 244), rng.uniform(400, 700, 250)])
    house = np.column_stack([recency, np.where(rng.random(500) < 0.5, 1.0, 6.0), np.full(500, 100.0)])
    cells = Cells((VISITS, 0), np.array([1.0]), (np.array([30.0, 365.0]), np.array([365.0])), np.ones(3))
    plan = CellPlan(Split(VISITS, 2), Split(0, 3), "fine")
    found, reason, _ = search(Yardstick(house, 1), (plan, cells))
    assert found is not None
    assert "as before, mended" in reason
    assert found.choice.passes
    assert kept_share(cells.assign(house), found.grouping.assign(house)) > 0.95

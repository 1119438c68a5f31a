"""How far values moved, beyond what chance and earlier deliveries make of it."""

import numpy as np
import pytest

from expectations.spread import shift


def sample(rng: np.random.Generator, rows: int, *shares: float) -> dict[str, int]:
    """Rows by bin, drawn at random."""
    return {str(place): int(count) for place, count in enumerate(rng.multinomial(rows, shares)) if count}


@pytest.mark.parametrize("rows", [50, 200, 5000])
def test_samples_of_one_population_rarely_move_beyond_the_tolerance(rows: int) -> None:
    rng = np.random.default_rng(7)
    for _ in range(300):
        earlier = [sample(rng, 200, 0.5, 0.3, 0.15, 0.05) for _ in range(7)]
        moved = shift(sample(rng, rows, 0.5, 0.3, 0.15, 0.05), earlier)
        assert moved is not None
        assert moved.beyond < 0.1


def test_a_weekly_rhythm_is_forgiven_because_earlier_nights_show_it() -> None:
    weekday, weekend = {"business": 80, "leisure": 20}, {"business": 30, "leisure": 70}
    moved = shift(weekend, [weekday] * 5 + [weekend] * 2)
    assert moved is not None
    assert (round(moved.moved, 3), moved.beyond) == (0.357, 0.0)


def test_what_moved_is_told_with_its_share_and_the_usual_one() -> None:
    moved = shift({"OTA": 90, "WEB": 10}, [{"OTA": 20, "WEB": 80}] * 10)
    assert moved is not None
    assert (moved.grown_bin, moved.share_now, moved.share_usual) == ("OTA", 0.9, 0.2)
    assert moved.moved == pytest.approx(0.7)
    assert 0.5 < moved.beyond < 0.7


def test_one_huge_earlier_delivery_is_not_the_rule() -> None:
    moved = shift({"b": 100}, [{"a": 1_000_000}, *[{"b": 500}] * 8])
    assert moved is not None
    assert moved.share_usual == pytest.approx(4000 / 6000)


@pytest.mark.parametrize(("tonight", "earlier"), [({}, [{"a": 1}]), ({"a": 1}, []), ({"a": 1}, [{}])])
def test_nothing_to_compare_is_no_shift(tonight: dict[str, int], earlier: list[dict[str, int]]) -> None:
    assert shift(tonight, earlier) is None

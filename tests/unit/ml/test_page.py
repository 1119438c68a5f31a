"""The page of the models: every part of it from a night's cards, with and without a past to judge."""

from xml.etree import ElementTree

import pyarrow as pa
import pytest
from histories import cut_off, random_history

from guestbook.tables import declared
from ml.churn_judging import judge_rolling, mean_figures
from ml.history import CutOff
from ml.page import models_page
from ml.segment_training import train_segments
from ml.training import cut_off_dates
from ml.value_training import train_value

NOTHING = {name: declared("ml", name).empty() for name in ("model_drift", "model_health")}


@pytest.fixture(scope="module")
def cards() -> dict[str, dict]:
    purchases = random_history(900, 1200)
    dates = cut_off_dates(purchases["day"].min().date(), purchases["day"].max().date(), 90)
    night, past = cut_off(purchases, purchases["day"].max().date()), [cut_off(purchases, day, 90) for day in dates[:5]]
    judged = [judgement.figures(1.0) for judgement in judge_rolling(night.as_of_date, past, 90, 365, 1)]
    card = {"trained_as_of": "2023-01-01", "model_version": "v", "training_row_count": 1, "promotion_reason": "a <b>"}
    return {
        "churn": {**card, "metrics": {"judged": judged, "mean": mean_figures(judged)}},
        "value": {**card, "metrics": train_value(night, past, 90, 1).metrics},
        "segment": {**card, "metrics": train_segments(CutOff(night.as_of_date, night.features), [], None, 1).metrics},
    }


def test_every_part_is_there_and_nothing_comes_from_the_network(cards: dict) -> None:
    drift = pa.Table.from_pylist([{"column_name": "visit_count", "psi": 0.3, "drift_code": "drifted"}])
    health = {"judged_as_of_date": "2022-01-01", "health_code": "degraded", "brier": 0.2, "fallback_brier": 0.19}
    html = models_page("2023-01-01", cards, drift, pa.Table.from_pylist([health]), []).html()
    for words in (
        "Calibration after",
        "Lift of the top tenth",
        "BG/NBD",
        "Inside the 80% interval",
        "s1 ",
        "Meaning kept",
        "visit_count",
    ):
        assert words in html
    assert "Scores of 2022-01-01: degraded, Brier 0.200 against 0.190" in html
    assert "a &lt;b&gt;" in html
    assert "http" not in html.replace("http-equiv", "")
    for svg in html.split("<svg")[1:]:
        ElementTree.fromstring("<svg" + svg.split("</svg>")[0] + "</svg>")


def test_a_house_without_a_past_says_so(cards: dict) -> None:
    empty = {**cards, "churn": {**cards["churn"], "metrics": {"judged": [], "mean": {}}}}
    html = models_page("2023-01-01", empty, NOTHING["model_drift"], NOTHING["model_health"], []).html()
    assert "the fallback scores, if there is one" in html
    assert "whole horizon behind them yet" in html

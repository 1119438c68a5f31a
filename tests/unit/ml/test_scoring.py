"""A night of scores: tables, history, past nights, a rebuilt warehouse, altered model files."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from histories import cut_off, load_features, random_history

import ml
from guestbook.night import complete_night
from guestbook.settings import Settings
from guestbook.warehouse import warehouse
from ml import registry
from ml import sql as ml_sql
from ml.errors import ModelError
from ml.health import health_rows
from ml.scoring import TABLES, risk_bands, write_basket_rules

NIGHT, NEXT = date(2023, 12, 30), date(2023, 12, 31)
BASKETS = """
create schema if not exists features;
create table features.feat_basket as
    select 'choice_of_customer' as basket_code, i as basket_id,
        case when i < 20 then ['Bar', 'Spa'] else ['Pool'] end as basket_values
    from range(40) r(i)
"""


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return random_history(600, 4 * 365 - 1)


@pytest.fixture(scope="module")
def trained_home(purchases: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after its first night."""
    home = tmp_path_factory.mktemp("trained") / "home"
    settings = Settings.load({}, home=home)
    with warehouse(settings) as con:
        load_features(con, purchases, [NIGHT, *_past(settings, purchases)], 365, NIGHT)
        assert ml.training_dates(con, settings, NIGHT) == _past(settings, purchases)
        assert not ml.has_models(settings)
        assert [run["model_name"] for run in ml.ensure_models(con, settings, NIGHT)] == ["churn", "value", "segment"]
        ml.score(con, settings, NIGHT)
    return home


def _past(settings: Settings, purchases: pd.DataFrame) -> list[date]:
    from ml.training import cut_off_dates

    return cut_off_dates(purchases["day"].min().date(), NIGHT, settings.churn_horizon_days)


@pytest.fixture
def settings(trained_home: Path, tmp_path: Path) -> Settings:
    shutil.copytree(trained_home, tmp_path / "home")
    return Settings.load({}, home=tmp_path / "home")


def contents(settings: Settings) -> dict[str, list]:
    names = [name for table in TABLES for name in (table, f"{table}_history")] + ["model_run"]
    with warehouse(settings) as con:
        return {name: con.sql(f"select * from ml.{name} order by all").fetchall() for name in names}


def test_every_table_has_its_rows(settings: Settings, purchases: pd.DataFrame) -> None:
    features = cut_off(purchases, NIGHT).features
    with warehouse(settings) as con:
        segment = con.sql("select * from ml.customer_segment order by customer_id").df()
        churn = con.sql("select * from ml.customer_churn order by customer_id").df()
        clv = con.sql("select * from ml.customer_clv order by customer_id").df()
        spend = con.sql("select sum(rfm_spend_amount) from ml.customer_segment").fetchone()[0]
        expected = con.sql(
            "select sum(spend_amount) from features.feat_customer where as_of_date = '2023-12-30'"
        ).fetchone()[0]
    assert segment["customer_id"].tolist() == clv["customer_id"].tolist() == features["customer_id"].tolist()
    assert churn["customer_id"].tolist() == features.query("rfm_recency_days < 730")["customer_id"].tolist()
    assert churn["churn_probability"].between(0, 1).all()
    assert churn["reason_1"].notna().all()
    assert set(churn["risk_band"]) <= {"low", "medium", "high", "critical"}
    assert clv["expected_stays"].notna().all()
    assert (clv["expected_stays_low"] <= clv["expected_stays_high"]).all()
    assert isinstance(spend, Decimal)
    assert spend == expected
    assert set(segment["lifecycle_stage_code"]) <= {"new", "active", "slipping", "dormant", "lost", "won_back"}
    assert (settings.reports_dir / NIGHT.isoformat() / "models.html").is_file()


def test_a_repeat_of_the_night_changes_no_row(settings: Settings) -> None:
    before = contents(settings)
    with warehouse(settings) as con:
        assert ml.ensure_models(con, settings, NIGHT) == []
        ml.score(con, settings, NIGHT)
    assert contents(settings) == before


def test_training_again_on_the_same_data_gives_the_same_versions(settings: Settings) -> None:
    before = {name: registry.versions(settings, name) for name in registry.MODEL_NAMES}
    with warehouse(settings) as con:
        ml.train(con, settings, NIGHT)
    assert {name: registry.versions(settings, name) for name in registry.MODEL_NAMES} == before


def test_the_next_night_keeps_history(settings: Settings, purchases: pd.DataFrame) -> None:
    with warehouse(settings) as con:
        load_features(con, purchases, [NEXT], 365, NEXT)
        ml.score(con, settings, NEXT)
        assert con.sql("select distinct as_of_date from ml.customer_churn").fetchall() == [(NEXT,)]
        assert con.sql("select distinct as_of_date from ml.customer_churn_history order by 1").fetchall() == [
            (NIGHT,),
            (NEXT,),
        ]


def test_a_past_night_writes_its_history_only(settings: Settings, purchases: pd.DataFrame) -> None:
    complete_night(settings, NEXT)
    before = contents(settings)
    past = date(2023, 6, 1)
    with warehouse(settings) as con:
        load_features(con, purchases, [past], 365, past)
        ml.score(con, settings, past)
        assert past in {row[0] for row in con.sql("select distinct as_of_date from ml.customer_clv_history").fetchall()}
    after = contents(settings)
    assert all(after[table] == before[table] for table in TABLES)


def test_a_past_night_keeps_its_rules_of_what_goes_together(settings: Settings) -> None:
    """Baskets are those known now; the warehouse was built anew since."""
    with warehouse(settings) as con:
        con.execute(BASKETS)
        assert write_basket_rules(con, settings, NIGHT) > 0
        rules = con.sql("from ml.basket_rule_history order by all").fetchall()
        con.execute("delete from features.feat_basket; delete from ml.basket_rule_history")
        complete_night(settings, NEXT)
        assert write_basket_rules(con, settings, NIGHT) == 0
        assert con.sql("from ml.basket_rule_history order by all").fetchall() == rules


def test_a_rebuilt_warehouse_gets_its_history_from_the_lake(settings: Settings, purchases: pd.DataFrame) -> None:
    with warehouse(settings) as con:
        load_features(con, purchases, [NEXT], 365, NEXT)
        ml.score(con, settings, NEXT)
    before = contents(settings)
    settings.warehouse_file.unlink()
    with warehouse(settings) as con:
        load_features(con, purchases, [NEXT], 365, NEXT)
        ml.ensure_models(con, settings, NEXT)
        ml.score(con, settings, NEXT)
    after = contents(settings)
    assert after == before


def test_an_altered_model_file_is_not_loaded(settings: Settings) -> None:
    version = registry.current_version(settings, "churn")
    path = settings.models_dir / "churn" / version / registry.FILE
    path.write_bytes(path.read_bytes() + b"x")
    with warehouse(settings) as con, pytest.raises(ModelError, match="is missing or not the file on its card"):
        ml.score(con, settings, NIGHT)


def test_a_card_says_what_the_model_is_made_of(settings: Settings) -> None:
    card = registry.read_card(settings, "churn", registry.current_version(settings, "churn"))
    assert card["trained_as_of"] == "2023-12-30"
    assert card["random_seed"] == settings.random_seed
    assert card["data_window"]["cut_offs"][:2] == ["2023-12-30", "2022-12-30"]
    assert set(card["libraries"]) == {"python", "numpy", "pandas", "scikit-learn", "scipy"}
    assert len(card["sha256"]) == 64


def test_scoring_without_models_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    with (
        warehouse(settings) as con,
        pytest.raises(ModelError, match=r"no saved model for churn, segment, value .*`guestbook train"),
    ):
        ml.score(con, settings, NIGHT)


def test_an_empty_house_has_empty_tables_and_a_stated_fallback(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    with warehouse(settings) as con:
        runs = ml.ensure_models(con, settings, NIGHT)
        counts = ml.score(con, settings, NIGHT)
        assert con.sql("select count(*) from ml.model_run where not is_promoted").fetchone() == (3,)
    assert [counts[table] for table in TABLES] == [0] * len(TABLES)
    assert "not promoted" in runs[0]["promotion_reason"]


def test_one_visit_customers_are_not_scored_and_the_night_goes_on(tmp_path: Path) -> None:
    """The case of hotel_bookings: 119,390 customers of one visit each, here 5,000."""
    settings = Settings.load({}, home=tmp_path)
    once = random_history(5000, 790).drop_duplicates("customer_id")
    night = date(2022, 2, 28)
    with warehouse(settings) as con:
        load_features(con, once, [night, date(2021, 2, 28)], 365, night)
        ml.ensure_models(con, settings, night)
        ml.score(con, settings, night)
        assert con.sql(
            "select distinct risk_band, churn_probability, score_method_code from ml.customer_churn"
        ).fetchall() == [("not_scored", None, "none")]
        assert con.sql(
            "select count(*), count(expected_stays), count(segment_code)"
            " from ml.customer_clv join ml.customer_segment using (customer_id)"
        ).fetchone()[1:] == (0, 5000)
        assert con.sql("select is_promoted from ml.model_run where model_name = 'churn'").fetchall() == [(False,)]


def test_risk_bands() -> None:
    assert risk_bands(np.array([0.0, 0.2499, 0.25, 0.5, 0.75, 1.0]), 6).tolist() == [
        "low",
        "low",
        "medium",
        "high",
        "critical",
        "critical",
    ]
    assert risk_bands(None, 2).tolist() == ["not_scored", "not_scored"]


def test_drift_is_nothing_on_the_night_of_the_training(settings: Settings) -> None:
    with warehouse(settings) as con:
        drift = con.sql("select column_name, psi, drift_code from ml.model_drift order by column_name").fetchall()
    assert {row[0] for row in drift} >= {"churn_probability", "rfm_recency_days", "visit_count"}
    assert max(row[1] for row in drift) < 0.001  # the score is written to six decimals
    assert {row[2] for row in drift} == {"stable"}


def test_scores_are_judged_once_their_horizon_is_over(settings: Settings) -> None:
    """The scores of a year ago, beside the visit models alone; a model that says the opposite has failed."""
    then = NIGHT - timedelta(days=365)
    query = "select * exclude (as_of_date, model_version) from ml.model_health"
    with warehouse(settings) as con:
        assert con.sql(query).fetchall() == []
        ml.score(con, settings, then)
        ml.score(con, settings, NIGHT)
        row = con.sql(query).to_arrow_table().to_pylist()[0]
        assert row["judged_as_of_date"] == then
        scored = con.sql("select as_of_date from ml.customer_churn_history").fetchall()
        assert row["row_count"] == scored.count((then,))
        assert row["health_code"] == "healthy"
        assert row["brier"] <= row["fallback_brier"] + row["brier_gain_error"]
        matured = ml_sql.matured_scores(con, then)
    scorer = registry.load(settings, "churn", registry.current_version(settings, "churn")).model
    said = matured["churn_probability"].to_numpy()
    opposite = matured.set_column(matured.column_names.index("churn_probability"), "churn_probability", [1.0 - said])
    assert health_rows(opposite, scorer)["health_code"].to_pylist() == ["failed"]
    few = health_rows(matured.slice(0, 50), scorer)
    assert few.to_pylist() == [{"row_count": 50, "health_code": "unjudged"}]

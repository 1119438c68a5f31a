"""Purchase histories as features, for tests: what dbt's feat_customer and feat_label would say of one-night stays."""

import importlib.util
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from ml.columns import COUNTS, MEASURES
from ml.history import CutOff
from ml.horizon import has_season, season_date


def lifetimes_file(name: str) -> Path:
    """A data file of the `lifetimes` package, without importing it (it needs an old setuptools)."""
    spec = importlib.util.find_spec("lifetimes")
    return Path(spec.submodule_search_locations[0]) / "datasets" / name


def cdnow() -> pd.DataFrame:
    """All 69,659 purchases of 23,570 customers, January 1997 to June 1998: customer_id, day, amount."""
    rows = pd.read_csv(
        lifetimes_file("CDNOW_master.txt"),
        sep=r"\s+",
        header=0,
        names=["customer_id", "day", "pieces", "amount"],
        dtype={"customer_id": str},
    )
    return rows.assign(day=pd.to_datetime(rows["day"].astype(str)))[["customer_id", "day", "amount"]]


def random_history(
    customer_count: int, days: int, seed: int = 7, start: str = "2020-01-01", regularity: float = 1.0
) -> pd.DataFrame:
    """Customers with a rate and a chance to leave of their own: customer_id, day, amount.

    regularity 1 is the world of the visit models (visits at random); more makes gaps more even, unknown to them.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for number, (first, rate, leaves, level) in enumerate(
        zip(
            rng.integers(0, days - 30, customer_count),
            rng.gamma(0.8, 3.0, customer_count) / 365,
            rng.beta(1.0, 4.0, customer_count),
            rng.lognormal(5, 0.6, customer_count),
            strict=True,
        )
    ):
        day = float(first)
        while day < days:
            rows.append((f"c{number:06d}", int(day), level * rng.lognormal(0, 0.3)))
            if rng.random() < leaves:
                break
            day += 1 + rng.gamma(regularity, 1 / (rate * regularity))
    frame = pd.DataFrame(rows, columns=["customer_id", "offset", "amount"])
    frame["day"] = pd.Timestamp(start) + pd.to_timedelta(frame.pop("offset"), unit="D")
    return frame[["customer_id", "day", "amount"]]


def features_of(purchases: pd.DataFrame, as_of: date, horizon_days: int = 365) -> pd.DataFrame:
    """One row per customer_id with a purchase by as_of: the columns of ml.sql.read_features."""
    now = pd.Timestamp(as_of)
    known = purchases[purchases["day"] <= now]
    visits = known.groupby(["customer_id", "day"], as_index=False)["amount"].sum().sort_values(["customer_id", "day"])
    by_customer = visits.groupby("customer_id")
    first, last, count = by_customer["day"].min(), by_customer["day"].max(), by_customer.size()
    visits["gap"] = by_customer["day"].diff().dt.days
    gaps = visits.groupby("customer_id")["gap"]

    def since(days: int) -> pd.core.groupby.DataFrameGroupBy:
        return visits[visits["day"] > now - pd.Timedelta(days=days)].groupby("customer_id")

    frame = pd.DataFrame(index=count.index)
    frame["visit_count"] = count
    frame["clv_frequency"] = count - 1
    frame["clv_recency_days"] = (last - first).dt.days
    frame["clv_age_days"] = (now - first).dt.days
    frame["rfm_recency_days"] = (now - last).dt.days
    frame["mean_gap_days"] = (frame["clv_recency_days"] / frame["clv_frequency"]).where(count > 1)
    frame["last_gap_days"], frame["max_gap_days"], frame["std_gap_days"] = gaps.last(), gaps.max(), gaps.std()
    frame["stay_count"] = frame["night_count"] = frame["booking_count"] = count
    frame["spend_amount"] = by_customer["amount"].sum()
    frame["average_visit_amount"] = frame["spend_amount"] / count
    frame["spend_trailing_year_amount"] = since(365)["amount"].sum()
    frame["visit_trailing_year_count"] = frame["night_trailing_year_count"] = since(365).size()
    for days in (30, 90, 180):
        frame[f"visit_trailing_{days}_count"] = since(days).size()
    seasons = {"visit_year_ago_count": 1, "visit_two_years_ago_count": 2} if has_season(horizon_days) else {}
    for name, years in seasons.items():
        start = as_of - years * (as_of - season_date(as_of, horizon_days))
        inside = visits["day"].between(pd.Timestamp(start), pd.Timestamp(start + timedelta(days=horizon_days)), "right")
        frame[name] = visits[inside].groupby("customer_id").size()
    frame["property_count"] = 1
    frame["mean_los_nights"], frame["mean_lead_time_days"] = 1.0, 0.0
    for name in COUNTS:
        frame[name] = frame[name].fillna(0.0).astype("float64") if name in frame else 0.0
    for name in MEASURES:
        frame[name] = frame[name].astype("float64") if name in frame else np.nan
    frame["currency_code"] = "EUR"
    return frame.sort_index().reset_index()


def cut_off(purchases: pd.DataFrame, as_of: date, horizon_days: int | None = None) -> CutOff:
    """Features of a date; with a horizon also what came in (as_of, as_of + horizon]."""
    features = features_of(purchases, as_of, horizon_days or 365)
    if horizon_days is None:
        return CutOff(as_of, features)
    now = pd.Timestamp(as_of)
    after = purchases[(purchases["day"] > now) & (purchases["day"] <= now + pd.Timedelta(days=horizon_days))]
    visits = after.drop_duplicates(["customer_id", "day"]).groupby("customer_id").size()
    money = after.groupby("customer_id")["amount"].sum()
    ids = features["customer_id"]
    return CutOff(
        as_of,
        features,
        visits.reindex(ids).fillna(0).to_numpy(dtype="float64"),
        money.reindex(ids).fillna(0).to_numpy(dtype="float64"),
        horizon_days,
    )


def load_features(
    con: duckdb.DuckDBPyConnection, purchases: pd.DataFrame, dates: list[date], horizon_days: int, night: date
) -> None:
    """features.feat_customer, features.feat_label and core.fct_visit as dbt would leave them."""
    con.execute("create schema if not exists features; create schema if not exists core")
    features, labels = [], []
    for day in dates:
        made = cut_off(purchases, day, horizon_days)
        features.append(made.features.assign(as_of_date=day))
        over = day + timedelta(days=horizon_days) <= night
        labels.append(
            pd.DataFrame(
                {
                    "customer_id": made.features["customer_id"],
                    "as_of_date": day,
                    "horizon_days": horizon_days,
                    "future_visit_count": made.future_visit_count if over else np.nan,
                    "future_revenue_amount": made.future_revenue_amount if over else np.nan,
                }
            )
        )
    feature, label = pd.concat(features), pd.concat(labels)
    visit = purchases.rename(columns={"day": "arrival_date"})[["customer_id", "arrival_date"]]
    con.register("feature", feature)
    con.register("label", label)
    con.register("visit", visit)
    con.execute(
        "create or replace table features.feat_customer as select * replace (cast(as_of_date as date) as as_of_date,"
        " cast(spend_amount as decimal(18, 4)) as spend_amount,"
        " cast(spend_trailing_year_amount as decimal(18, 4)) as spend_trailing_year_amount) from feature"
    )
    con.execute(
        "create or replace table features.feat_label as"
        " select * replace (cast(as_of_date as date) as as_of_date) from label"
    )
    con.execute(
        "create or replace table core.fct_visit as"
        " select * replace (cast(arrival_date as date) as arrival_date) from visit"
    )

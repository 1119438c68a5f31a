"""Marts computed again in plain pandas from the facts of the same night: the second road to their figures.

Money is counted in whole 1/10000 of the currency, so that equal means equal.
"""

import duckdb
import numpy as np
import pandas as pd

from ml.lifecycle import lifecycle_stages
from ml.rfm import value_tiers

UNITS = 10000


class Facts:
    """The facts of one night as frames, money in units."""

    def __init__(self, con: duckdb.DuckDBPyConnection, night: str) -> None:
        self.con, self.night = con, pd.Timestamp(night)
        money = f"(coalesce(total_revenue_reporting_amount, 0) * {UNITS})::bigint as units"
        self.stay = self.ask(f"select *, {money}, arrival_date::timestamp as arrival from core.fct_stay")
        self.visit = self.ask("select customer_id, arrival_date::timestamp as arrival from core.fct_visit")
        self.reservation = self.ask("select *, arrival_date::timestamp as arrival from core.fct_reservation")
        query = """select metrics->>'$.typical_gap_days' from ml.model_run
            where model_version = (select any_value(model_version) from ml.customer_segment)"""
        self.typical_gap = float(con.sql(query).fetchone()[0])

    def ask(self, query: str) -> pd.DataFrame:
        return self.con.sql(query).df()

    def month_ends(self) -> list[pd.Timestamp]:
        first = self.stay.loc[self.stay.customer_id.notna(), "arrival"].min()
        ends = pd.date_range(first, self.night + pd.offsets.MonthEnd(0), freq="ME")
        return [min(end, self.night) for end in ends]


def tiers(facts: Facts) -> pd.DataFrame:
    """One row per as_of_date and customer_id who had stayed by then: spend of the year and tier."""
    stay = facts.stay[facts.stay.customer_id.notna()]
    parts = []
    for end in facts.month_ends():
        known = stay[stay.arrival <= end]
        year = known[known.arrival > end - pd.Timedelta(days=365)]
        spend = year.groupby("customer_id").units.sum().reindex(known.customer_id.unique(), fill_value=0).clip(lower=0)
        tier = value_tiers(spend.to_numpy(dtype=float))
        parts.append(pd.DataFrame({"as_of_date": end, "customer_id": spend.index, "units": spend.values, "tier": tier}))
    return pd.concat(parts, ignore_index=True)


def tier_moves(tiers_by_month: pd.DataFrame) -> pd.DataFrame:
    """One row per as_of_date, tier before and tier now."""
    ends = sorted(tiers_by_month.as_of_date.unique())
    by_end = {end: rows.set_index("customer_id") for end, rows in tiers_by_month.groupby("as_of_date")}
    empty = by_end[ends[0]].iloc[:0]
    parts = []
    for earlier, end in zip([None, *ends[:-1]], ends, strict=True):
        both = by_end[end].join(by_end.get(earlier, empty), rsuffix="_before")
        both["tier_before"] = both.tier_before.fillna("none")
        parts.append(
            both.groupby(["tier_before", "tier"]).agg(count=("units", "size"), units=("units", "sum")).assign(end=end)
        )
    return pd.concat(parts).reset_index().set_index(["end", "tier_before", "tier"]).sort_index()


def stages_at(facts: Facts, day: pd.Timestamp, window_days: int) -> dict[str, str]:
    """Life-cycle stage per customer who had visited by the day, by the function that scores them."""
    visit = facts.visit[facts.visit.arrival <= day]
    days = visit.drop_duplicates().sort_values(["customer_id", "arrival"]).groupby("customer_id").arrival
    first, last, count = days.min(), days.max(), days.size()
    span = (last - first).dt.days
    frame = pd.DataFrame(
        {
            "rfm_recency_days": (day - last).dt.days,
            "clv_frequency": count - 1,
            "clv_recency_days": span,
            "mean_gap_days": span / (count - 1).replace(0, np.nan),
            "last_gap_days": days.apply(lambda group: group.diff().dt.days.iloc[-1]),
            "visit_count": visit.groupby("customer_id").size(),
        }
    )
    return dict(zip(frame.index, lifecycle_stages(frame, facts.typical_gap, window_days), strict=True))


def cohorts(facts: Facts) -> pd.DataFrame:
    """Share-free cohort table: active and returned customers per cohort month and month since."""
    days = facts.visit[facts.visit.arrival <= facts.night].drop_duplicates().sort_values("arrival")
    month = days.arrival.dt.to_period("M")
    rows = days.assign(month=month, cohort=month.groupby(days.customer_id).transform("min"))
    rows["number"] = days.groupby("customer_id").cumcount()
    rows["since"] = [(a - b).n for a, b in zip(rows.month, rows.cohort, strict=True)]
    active = rows.drop_duplicates(["customer_id", "month"]).groupby(["cohort", "since"]).size()
    second = rows[rows.number == 1].groupby(["cohort", "since"]).size()
    size = rows[rows.number == 0].groupby("cohort").size()
    last = facts.night.to_period("M")
    grid = [(cohort, since) for cohort in size.index for since in range((last - cohort).n + 1)]
    index = pd.MultiIndex.from_tuples(grid, names=["cohort", "since"])
    table = pd.DataFrame({"active": active.reindex(index, fill_value=0), "second": second.reindex(index, fill_value=0)})
    table["returned"] = table.groupby("cohort").second.cumsum()
    table["size"] = size.reindex(index.get_level_values("cohort")).to_numpy()
    return table.reset_index()


def accounts(facts: Facts, id_column: str) -> pd.DataFrame:
    """One row per account: reservations, cancellations, nights and revenue, ever and by year."""
    stay, reservation = facts.stay[facts.stay[id_column].notna()], facts.reservation
    year = facts.night - pd.Timedelta(days=365)
    this = stay[(stay.arrival > year) & (stay.arrival <= facts.night)]
    before = stay[(stay.arrival > year - pd.Timedelta(days=365)) & (stay.arrival <= year)]
    by_account = reservation[reservation[id_column].notna()].groupby(id_column)
    table = pd.DataFrame(
        {
            "reservations": by_account.size(),
            "cancelled": by_account.status.apply(lambda status: status.eq("cancelled").sum()),
            "nights": stay.groupby(id_column).los_nights.sum(),
            "units": stay.groupby(id_column).units.sum(),
            "units_year": this.groupby(id_column).units.sum(),
            "units_year_before": before.groupby(id_column).units.sum(),
        }
    )
    return table.fillna(0).astype("int64").sort_index()


def service(facts: Facts) -> pd.DataFrame:
    """One row per month and agent: interactions, abandoned, and settled at first contact of those judged."""
    calls = facts.ask("select *, started_at at time zone 'UTC' as started from core.fct_interaction").sort_values(
        "started"
    )
    calls["is_lost"] = calls.is_abandoned.fillna(False).astype(bool)
    passed_on = calls.initial_interaction_id.ne(calls.interaction_id)
    transferred = set(calls.loc[passed_on, "initial_interaction_id"].dropna())
    known = calls[calls.customer_id.notna() & calls.reason_code.notna()]
    later = known.groupby(["customer_id", "reason_code"]).started.shift(-1)
    again = set(known.loc[later - known.started <= pd.Timedelta(days=7), "interaction_id"])
    settled = ~calls.interaction_id.isin(again | transferred)
    old = calls.started.dt.normalize() + pd.Timedelta(days=7) <= facts.night
    judged = calls.customer_id.notna() & ~calls.is_lost & old
    rows = calls.assign(judged=judged, settled=judged & settled, month=calls.started.dt.to_period("M").dt.start_time)
    by_agent = rows[rows.agent_code.notna()].groupby(["month", "agent_code"])
    return pd.DataFrame(
        {
            "count": by_agent.size(),
            "lost": by_agent.is_lost.sum(),
            "judged": by_agent.judged.sum(),
            "settled": by_agent.settled.sum(),
        }
    ).astype("int64")

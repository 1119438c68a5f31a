"""A small warehouse, as the stages before publishing leave it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import bi
from guestbook.contracts import contract
from guestbook.night import complete_night, stage
from guestbook.settings import Settings
from guestbook.warehouse import quoted, warehouse

STAGED = {
    "reservations": "stg_reservation_version",
    "pos_checks": "stg_pos_line_version",
    "interactions": "stg_interaction_version",
}
STAGES = (
    "ingest_reservations.discover",
    "build_customer_view.build_core",
    "score_customers.score",
    "publish_bi.publish",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty home, whatever the environment says."""
    return Settings.load({}, home=tmp_path / "home")


def fill_warehouse(settings: Settings, night_date: date, customers: int = 3) -> None:
    """A warehouse in which every table tells the night, so that a mixed snapshot would show."""
    with warehouse(settings) as con:
        for feed, table in STAGED.items():
            key = ", ".join(f"{quoted(name)} varchar" for name in contract(feed).key)
            con.execute(f"create table if not exists staging.{table} ({key}, updated_at timestamptz, row_hash varchar)")
        con.execute(
            "create or replace table core.dim_customer as"
            " select 'C' || i as customer_id, 'Mei Li' as display_name, ?::date as night_date from range(?) r(i)",
            [night_date, customers],
        )
        con.execute("comment on table core.dim_customer is 'One row per customer_id, it''s the golden record'")
        con.execute("comment on column core.dim_customer.customer_id is 'Stable id'")
        con.execute("create or replace table core.dim_customer__dbt_tmp as select 1 as leftover")
        con.execute(
            "create or replace table marts.revenue as select ?::date as night_date, 12.34::decimal(18,4) as amount",
            [night_date],
        )
        con.execute("create or replace view marts.seen as select night_date, amount from marts.revenue")
        con.execute("comment on view marts.seen is 'A view'")
        con.execute("create or replace table staging.secret as select 'mei@example.org' as email")
        con.execute("insert into ops.quarantine (file_name, raw) values ('a.csv', 'mei@example.org')")


def publish_guests(settings: Settings, night_date: date, customers: int) -> None:
    """A new snapshot with personal data and every kind of column in it."""
    fill_warehouse(settings, night_date, customers)
    with warehouse(settings) as con:
        con.execute(
            "create or replace table core.guest as"
            " select 'C1' as customer_id, 'Mei' as first_name, 'mei@example.org' as email,"
            " date '1980-05-17' as birth_date, '1200-109' as postal_code,"
            " [{'n': 1}] as nights, '{\"a\": 1}'::json as facts,"
            " 12.3456::decimal(18,4) as spend_amount, 98765432109876543210::hugeint as big,"
            " timestamptz '2026-11-19 10:00:00+00' as seen_at, null::varchar as phone, 1::tinyint as small,"
            " true as is_member"
        )
    bi.publish(settings, night_date)


@pytest.fixture
def make_warehouse(settings: Settings) -> Callable[..., None]:
    """make_warehouse(night_date, customers): see fill_warehouse."""
    return partial(fill_warehouse, settings)


@pytest.fixture
def run_stages(settings: Settings) -> Callable[[date], None]:
    """run_stages(night_date): the logs of a night that went well."""

    def run(night_date: date) -> None:
        for name in STAGES:
            with stage(settings, night_date, name):
                pass
        complete_night(settings, night_date)

    return run

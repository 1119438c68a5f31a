"""A simulated group taken through ingest, staging, identity and facts, without Airflow: for benchmarks of facts."""

from datetime import date, timedelta
from pathlib import Path

import expectations
import identity
import ingest
from guestbook.dbt_runner import build, night_variables
from guestbook.lake_views import mark_staged, register_pending
from guestbook.settings import FEEDS, Settings
from guestbook.warehouse import warehouse
from simulator import simulate

END = date(2026, 11, 20)
FACTS = "path:models/core/facts path:models/core/reference"


def resolve_world(home: Path, *, customers: int, seed: int, days: int = 1460) -> Settings:
    """Simulate `days` up to END and run one night as far as the facts; the truth is in `<home>/truth`."""
    settings = Settings.load({}, home=home)
    settings.prepare_home()
    start = END - timedelta(days=days)
    simulate(Path(settings.landing), home / "truth", customers=customers, start=start, end=END, seed=seed)
    resolve_landing(settings)
    build_facts(settings, FACTS)
    return settings


def resolve_landing(settings: Settings) -> None:
    """What was delivered, taken through ingest, its gate, staging and identity as a first night does."""
    ingest.load_reference(settings, END)
    for feed in FEEDS:
        _load(settings, feed)
    with warehouse(settings) as con:
        register_pending(con, settings)
    build_facts(settings, "tag:staging")
    with warehouse(settings) as con:
        mark_staged(con)
        identity.ensure_model(con, settings, END)
        identity.resolve(con, settings, END)


def build_facts(settings: Settings, select: str = FACTS, *, full_refresh: bool = False) -> None:
    """Build dbt models as of END."""
    build(settings, select, night_variables(settings, END), full_refresh)


def _load(settings: Settings, feed: str) -> None:
    """Every delivered file of a feed. Raises GateBlocked when the gate holds one."""
    for batch in ingest.discover(settings, feed, END):
        ingest.load_batch(settings, feed, END, batch)
    outcome = expectations.gate_feed(settings, feed, END, ingest.staged_files(settings, feed, END))
    ingest.commit(settings, feed, END, dict(outcome.decisions))
    outcome.raise_if_blocked()

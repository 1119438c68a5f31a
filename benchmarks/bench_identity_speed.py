"""How fast identity is: python -m benchmarks.bench_identity_speed [record_count] [new_count].

In one run on the same records, each step in a process of its own: everything from nothing with a saved model, plain
Splink (load, predict, cluster) with that model on the same normalised records, then a night with a few new records.
Prints CPU seconds (user and system), wall seconds and peak memory. Bars (issue 4): from nothing without normalising
<= 3 times plain Splink and 2 GB; normalising 1M records 60 s; the night <= 15% of the run from nothing.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

import identity
from benchmarks.neighbourhoods import know_neighbourhoods
from benchmarks.person_records import make_records
from guestbook.settings import Settings
from guestbook.warehouse import warehouse
from identity import changes, sql
from identity.match import current_model

NIGHT, NEXT_NIGHT = date(2026, 1, 1), date(2026, 1, 2)
TRAINING_RECORDS = 60_000
STAGED = """
create or replace table staging.stg_person_record as
select * exclude (is_new) from read_parquet($file)
where ($most is null or row_number <= $most) and ($has_new or not is_new)
"""
FOR_SPLINK = {
    "profile": """
        select
            row_number() over (order by source_record_id) as profile_number, source_record_id as profile_id,
            true as is_touched, name_number, birth_date,
            case when not is_email_shared then email_normalised end as email_key,
            case when not is_phone_shared then phone_number end as phone_key, postal_code_key, address_key, city_key,
            country_key, document_key, document_kind, loyalty_number_key, guest_profile_key,
            cast(null as varchar) as profile_place
        from identity.person_normalised
    """,
    "compared_name": "from identity_state.compared_name",
}
CLUSTER_THRESHOLD = 0.99
NUMBERS = """
select distinct document_hash, left(document_hash, 9) as number
from staging.stg_person_record where document_hash is not null
"""


def measured(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """CPU and wall seconds of a call, and what it returned."""
    began, before = time.perf_counter(), time.process_time()
    found = work()
    return {"cpu": time.process_time() - before, "wall": time.perf_counter() - began}, found


def stage(con: duckdb.DuckDBPyConnection, folder: Path, *, has_new: bool, most: int | None = None) -> None:
    """Fill staging with the first records, with or without the new ones, and the neighbourhoods of their documents."""
    con.execute(STAGED, {"file": str(folder / "records.parquet"), "most": most, "has_new": has_new})
    know_neighbourhoods(con, con.sql(NUMBERS))


def train(folder: Path) -> dict[str, Any]:
    """A match model from some of the records."""
    settings = Settings.load({}, home=folder / "training")
    with warehouse(settings) as con:
        stage(con, folder, has_new=True, most=TRAINING_RECORDS)
        card = identity.train(con, settings, NIGHT)
    (folder / "home").mkdir()
    (settings.models_dir).rename(folder / "home" / "models")
    return {"trained": card["is_trained"]}


def from_nothing(folder: Path) -> dict[str, Any]:
    """The first night: all records but the new ones."""
    settings = Settings.load({}, home=folder / "home")
    normalising: dict[str, float] = {}
    plain = changes.normalise_people

    def watched(con: duckdb.DuckDBPyConnection) -> None:
        normalising.update(measured(lambda: plain(con))[0])

    changes.normalise_people = watched
    with warehouse(settings) as con:
        stage(con, folder, has_new=False)
        took, counts = measured(lambda: identity.resolve(con, settings, NIGHT))
        commit, _ = measured(lambda: identity.commit(con, settings, NIGHT))
    with warehouse(settings) as con:
        for table, query in FOR_SPLINK.items():
            con.sql(query).write_parquet(str(folder / f"{table}.parquet"))
    return {"resolve": took, "normalise": normalising, "commit": commit, "counts": counts}


def plain_splink(folder: Path) -> dict[str, Any]:
    """Load, predict, cluster with the same model on the same records, each record for itself."""
    from splink import DuckDBAPI, Linker

    model = current_model(Settings.load({}, home=folder / "home"))
    if model is None:
        raise SystemExit("no model was trained")

    con = duckdb.connect(str(folder / "splink.duckdb"), config={"threads": 2, "memory_limit": "6GB"})
    for table in FOR_SPLINK:
        con.read_parquet(str(folder / f"{table}.parquet")).create(table)
    sql.run(con, "name_macros", "macro_is_same_phone", "macro_birth_level", "no_known_document", "document_slip")
    sql.run(con, "match_input")
    serving = model.for_register(len(con.table("profile")))

    def work() -> int:
        con.execute("create table loaded as from match_input")
        linker = Linker(DuckDBAPI(con).register("loaded"), serving.splink_settings, log_level=None)
        pairs = linker.inference.predict(threshold_match_weight=model.link_threshold_bits)
        linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, CLUSTER_THRESHOLD)
        return len(con.table(pairs.physical_name))

    took, pair_count = measured(work)
    return {"splink": took, "pairs": pair_count}


def later_night(folder: Path) -> dict[str, Any]:
    """The night that brings the new records."""
    settings = Settings.load({}, home=folder / "home")
    with warehouse(settings) as con:
        stage(con, folder, has_new=True)
        took, counts = measured(lambda: identity.resolve(con, settings, NEXT_NIGHT))
        commit, _ = measured(lambda: identity.commit(con, settings, NEXT_NIGHT))
    return {"resolve": took, "commit": commit, "counts": counts}


def _peak_gb() -> float:
    """Highest memory of this process alone; ru_maxrss would count the parent that it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024 / 1e9


STEPS = {step.__name__: step for step in (train, from_nothing, plain_splink, later_night)}


def in_process(step: str, folder: Path) -> dict[str, Any]:
    """One step in a process of its own: its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.bench_identity_speed", "--step", step, str(folder)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip().splitlines()[-1]
    found: dict[str, Any] = json.loads(answer)
    print(f"{step}: {answer}", flush=True)
    return found


def main() -> int:
    """Print one line per step, then the bars; exit code 1 when one is missed."""
    if sys.argv[1:2] == ["--step"]:
        found = STEPS[sys.argv[2]](Path(sys.argv[3]))
        print(json.dumps(found | {"peak_gb": _peak_gb()}))
        return 0
    record_count, new_count = (int(text) for text in (*sys.argv[1:3], *("1000000", "2000")[len(sys.argv[1:3]) :]))
    with tempfile.TemporaryDirectory(prefix="guestbook.bench.") as scratch:
        folder = Path(scratch)
        make_records(folder / "records.parquet", record_count=record_count, new_count=new_count)
        in_process("train", folder)
        first, splink = in_process("from_nothing", folder), in_process("plain_splink", folder)
        night = in_process("later_night", folder)
    linking = first["resolve"]["cpu"] - first["normalise"]["cpu"]
    bars = {
        "from nothing, times plain Splink": (linking / splink["splink"]["cpu"], 3),
        "from nothing, peak GB": (first["peak_gb"], 2),
        "normalising, CPU s": (first["normalise"]["cpu"], 60 * record_count / 1e6),
        "later night, share of the run from nothing": (night["resolve"]["cpu"] / linking, 0.15),
    }
    for name, (found, bar) in bars.items():
        print(f"{name}: {found:.2f} (bar {bar:.2f}){'' if found <= bar else '  MISSED'}")
    return int(any(found > bar for found, bar in bars.values()))


if __name__ == "__main__":
    sys.exit(main())

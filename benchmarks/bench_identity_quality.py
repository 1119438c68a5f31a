"""Who is who, against the simulator's truth: python -m benchmarks.bench_identity_quality [customers] [seed] [folder].

Prints pairwise precision and recall over the guests of reservations, B-cubed F1, and both by scenario, for the
identity stage (rules and match model), its rules alone, careful plain SQL rules, and plain Splink at several
thresholds on the same comparisons. Then: to whose customer callers and payers go. Thresholds were tuned on seeds
11 and 21: judge on others. Bars (issue 4): precision 0.99, recall 0.95; by scenario precision 0.95, recall 0.85.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

import identity
from benchmarks.identity_world import load_world, make_world
from benchmarks.linkage import plain_splink
from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables

NIGHT = date(2026, 1, 1)
GUESTS = """
select
    truth.person_id, first_name, last_name, cast(birth_date as date) as birth_date, address, city, postal_code,
    country_code, document_hash, email, phone, loyalty_number
from staging.stg_person_record inner join truth using (source_record_id)
where truth.role = 'guest'
order by source_record_id
"""
MEASURES = """
with cell as (
    select person_id, any_value(scenario) as scenario, customer_id, count(*) as both_count
    from placed group by person_id, customer_id
),
person as (select person_id, any_value(scenario) as kind, sum(both_count) as person_count from cell group by person_id),
customer as (select customer_id, sum(both_count) as customer_count from cell group by customer_id),
one as (
    select {scenario} as label,
        sum(both_count * (both_count - 1) / 2.0) as right_pairs,
        sum(both_count * (customer_count - both_count)) {half} as wrong_pairs,
        sum(both_count * both_count / customer_count) / sum(both_count) as b_precision,
        sum(both_count * both_count / person_count) / sum(both_count) as b_recall
    from cell inner join customer using (customer_id) inner join person using (person_id)
    group by 1
),
truly as (
    select {scenario} as label, sum(person_count * (person_count - 1) / 2.0) as true_pairs from person group by 1
)
select label, true_pairs::bigint as true_pairs,
    round(right_pairs / nullif(right_pairs + wrong_pairs, 0), 4) as precision,
    round(right_pairs / nullif(true_pairs, 0), 4) as recall,
    round(2 * b_precision * b_recall / (b_precision + b_recall), 4) as b_cubed_f1
from one inner join truly using (label) order by label
"""
# As in FACTS.md: loyalty; e-mail or phone with a compatible name; name and birth date; no shared contact data.
PLAIN_RULES = """
create or replace temp table plain_pair as
with kept as (
    select record.source_record_id as id, lower(strip_accents(first_name)) as first,
        lower(strip_accents(last_name)) as last, lower(email) as email,
        right(regexp_replace(phone, '[^0-9]', '', 'g'), 8) as phone, birth_date, loyalty_number
    from staging.stg_person_record as record inner join truth using (source_record_id)
    where truth.role = 'guest'
),
person as (
    select * replace (
        case when count(distinct last) over (partition by email) <= 5 and not email like '%guest.booking.com'
             and not email like '%expediapartnercentral.com' and not email like '%agoda-messaging.com'
             then email end as email,
        case when count(distinct last) over (partition by phone) <= 5 then phone end as phone)
    from kept
)
select a.id as id_1, b.id as id_2
from person as a inner join person as b on a.id < b.id and a.loyalty_number = b.loyalty_number
union
select a.id, b.id
from person as a inner join person as b on a.id < b.id and a.email = b.email and left(a.first, 1) = left(b.first, 1)
where (a.birth_date = b.birth_date) is not false
union
select a.id, b.id
from person as a
inner join person as b on a.id < b.id and a.phone = b.phone and a.last = b.last and left(a.first, 1) = left(b.first, 1)
where (a.birth_date = b.birth_date) is not false
union
select a.id, b.id
from person as a
inner join person as b on a.id < b.id and a.last = b.last and a.first = b.first and a.birth_date = b.birth_date
"""
ATTRIBUTED = """
with owner as (
    select customer_id, mode(person_id) as person_id
    from truth inner join identity.customer_record using (source_record_id)
    where truth.role = 'guest'
    group by customer_id
)
select truth.role, count(*) as records,
    round(avg(coalesce(owner.person_id = truth.person_id, false)::int), 4) as to_the_right_customer,
    round(avg(coalesce(owner.person_id <> truth.person_id, false)::int), 4) as to_a_wrong_one
from truth
left join identity.customer_record as placed using (source_record_id)
left join owner using (customer_id)
where truth.role in ('booker', 'caller', 'payer')
    and truth.person_id in (select person_id from truth where role = 'guest')
group by truth.role order by truth.role
"""


def main() -> None:
    """Print the tables."""
    customers, seed = (int(text) for text in (*sys.argv[1:3], *("3000", "33")[len(sys.argv[1:3]) :]))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(scratch) / "world"
        make_world(folder, customers=customers, seed=seed)
        con = duckdb.connect()
        ensure_tables(con)
        load_world(con, folder)
        count = con.execute("select count(*) from truth where role = 'guest'").fetchone()
        print(f"{customers:,} customers, seed {seed}: {count[0] if count else 0:,} guest records")
        settings = Settings(home=Path(scratch) / "home", landing=scratch)
        _show(con, "plain SQL rules", lambda: _plain_rules(con))
        _show(con, "identity, rules alone", lambda: _resolve(con, settings))
        began = time.process_time()
        identity.train(con, settings, NIGHT)
        print(f"training: {time.process_time() - began:.1f} CPU s")
        _show(con, "identity, rules and model", lambda: _resolve(con, settings))
        print(con.sql(ATTRIBUTED))
        _plain_splink(con)


def _show(con: duckdb.DuckDBPyConnection, name: str, place: Callable[[], None]) -> None:
    began = time.process_time()
    place()
    seconds = time.process_time() - began
    total = con.execute(MEASURES.format(scenario="'all'", half="/ 2")).fetchone()
    print(f"{name}: {seconds:.1f} CPU s; true pairs, precision, recall, B-cubed F1: {total[1:] if total else ()}")
    if name.endswith("model"):
        print(con.sql(MEASURES.format(scenario="kind", half="")).df().to_string(index=False))


def _resolve(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    identity.resolve(con, settings, NIGHT)
    _place(con, "identity.customer_record")


def _plain_rules(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(PLAIN_RULES)
    _components(con, "select id_1, id_2 from plain_pair")


def _plain_splink(con: duckdb.DuckDBPyConnection) -> None:
    """Splink's usual settings on the same guests' fields, at the best threshold."""
    people = con.execute(GUESTS).df()
    began = time.process_time()
    best, threshold = plain_splink(people)
    print(f"plain Splink at its best threshold ({threshold} bits): {time.process_time() - began:.1f} CPU s; {best}")


def _components(con: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """Place each guest record in the connected component of its pairs."""
    import numpy as np
    import pandas as pd
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = con.execute(pairs).df()
    codes, names = pd.factorize(pd.concat([edges["id_1"], edges["id_2"]]))
    graph = coo_array((np.ones(len(edges)), (codes[: len(edges)], codes[len(edges) :])), shape=(len(names), len(names)))
    labels = connected_components(graph, directed=False)[1]
    component = pd.DataFrame({"source_record_id": np.asarray(names, dtype=object), "customer_id": labels.astype(str)})
    con.register("component_frame", component)
    con.execute("create or replace temp table component as select * from component_frame")
    _place(con, "component")


def _place(con: duckdb.DuckDBPyConnection, table: str) -> None:
    con.execute(f"""
        create or replace temp table placed as
        select truth.source_record_id, person_id, scenario, coalesce(customer_id, truth.source_record_id) as customer_id
        from truth left join {table} using (source_record_id) where truth.role = 'guest'
    """)


if __name__ == "__main__":
    main()

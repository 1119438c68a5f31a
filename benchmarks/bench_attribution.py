"""Whose check, whose call, against truth: python -m benchmarks.bench_attribution [customers] [seed] [days] [home].

Without arguments the two worlds that are judged: two years of seed 104 and four years of seed 105.

A customer is the person's whom most of its guest and booker records truly are. Right: the fact's customer is the true
person's; wrong: another person's; new: a customer without a reservation. Of people who have one, and of all others.
Confidence is held against truth: among facts of one method, and of one band of confidence, the mean confidence
should be the share that is right (a new customer is right for somebody who has no reservation).
Seeds below 100 are for tuning, from 100 on for judging. Bars (issue 4): room-charged checks 0.98 right; interactions
that carry an identifier 0.90 right, 0.01 wrong. A home that exists is measured again, its facts built anew.
"""

import sys
import tempfile
from pathlib import Path

from duckdb import SQLExpression, StarExpression

from benchmarks.resolved_world import build_facts, resolve_world
from guestbook.settings import Settings
from guestbook.warehouse import warehouse

OWNER = """
create or replace temp table owner as
select record.customer_id, mode(truth.person_id) as person_id
from identity.customer_record as record
inner join read_parquet($reservations) as truth
    on record.source_system = truth.source_system and record.property_code = truth.property_code
    and record.reference_id = truth.reservation_id and record.role = truth.role
where record.record_kind = 'reservation' and record.role in ('guest', 'booker') and truth.is_current
group by record.customer_id
"""
CHECKS = """
create or replace temp table judged_check as
select
    fact.*, truth.person_id, truth.is_room_charge, owner.person_id as found_person_id,
    truth.person_id in (select person_id from owner) as is_known_person
from core.fct_pos_check as fact
inner join read_parquet($checks) as truth
    on fact.source_system = truth.source_system and fact.property_code = truth.property_code
    and fact.pos_check_id = truth.pos_check_id
left join owner on fact.customer_id = owner.customer_id
"""
CALLS = """
create or replace temp table judged_call as
select
    fact.*, truth.person_id, owner.person_id as found_person_id,
    truth.person_id in (select person_id from owner) as is_known_person,
    coalesce(fact.customer_phone, fact.customer_email, fact.loyalty_number, fact.confirmation_number) is not null
        as is_identified
from core.fct_interaction as fact
inner join read_parquet($interactions) as truth using (source_system, interaction_id)
left join owner on fact.customer_id = owner.customer_id
"""
SHARES = """
select kind, count(*) as facts,
    round(avg(coalesce(found_person_id = person_id, false)::int), 4) as right_share,
    round(avg(coalesce(found_person_id <> coalesce(person_id, ''), false)::int), 4) as wrong_share,
    round(avg((customer_id is not null and found_person_id is null)::int), 4) as new_share,
    round(avg((customer_id is null)::int), 4) as nobody_share
from judged
group by all order by facts desc
"""
CALIBRATION = """
select kind, count(*) as facts, round(avg(attribution_confidence), 3) as mean_confidence,
    round(avg((
        coalesce(found_person_id = person_id, false) or (found_person_id is null and not is_known_person)
    )::int), 3) as right_share
from judged
where customer_id is not null
group by all order by kind
"""
BAND = """case
    when attribution_confidence >= 0.98 then '0.98 to 1' when attribution_confidence >= 0.9 then '0.9 to 0.98'
    when attribution_confidence >= 0.75 then '0.75 to 0.9' else 'below 0.75' end"""
KNOWN = "case when is_known_person then 'of a guest or booker' else 'of somebody without a reservation' end"
CHECK_KINDS = "case when person_id is null then 'passer-by' when is_room_charge then 'room charge' else 'other' end"
CALLED = "is_identified and person_id is not null"
# Title, kind of each row, table, which of its rows.
VIEWS = (
    ("POS checks", CHECK_KINDS, "judged_check", "true"),
    ("room charges by method", "attribution_method", "judged_check", "is_room_charge and is_known_person"),
    ("other checks of known people by method", "attribution_method", "judged_check",
     "not is_room_charge and is_known_person"),
    ("interactions with an identifier", KNOWN, "judged_call", CALLED),
    ("interactions by method", "attribution_method", "judged_call", "is_known_person"),
)  # fmt: skip
CALIBRATED = (
    ("confidence of room charges by method", "attribution_method", "judged_check", "is_room_charge"),
    ("confidence of interactions with an identifier by method", "attribution_method", "judged_call", CALLED),
    ("confidence of interactions with an identifier by band", BAND, "judged_call", CALLED),
)  # fmt: skip
CUSTOMERS = 3000
WORLDS = ((104, 730), (105, 1460))
CUSTOMER_COUNTS = """
select
    count(distinct customer_id) as customers,
    count(distinct customer_id) filter (where kinds = ['payer']) as of_payers_only
from (select customer_id, list(distinct role) as kinds from identity.customer_record group by customer_id)
"""


def main() -> None:
    """Print the tables of the worlds asked for."""
    if len(sys.argv) == 1:
        for seed, days in WORLDS:
            judge(CUSTOMERS, seed, days, None)
    else:
        given = [int(text) for text in sys.argv[1:4]]
        customers, seed, days = (*given, *(CUSTOMERS, *WORLDS[1])[len(given) :])
        judge(customers, seed, days, Path(sys.argv[4]) if len(sys.argv) > 4 else None)


def judge(customers: int, seed: int, days: int, kept: Path | None) -> None:
    """Print the tables of one world, made anew unless its home is kept."""
    with tempfile.TemporaryDirectory() as scratch:
        home = kept or Path(scratch) / "home"
        if (home / "truth").exists():
            settings = Settings.load({}, home=home)
            build_facts(settings, full_refresh=True)
        else:
            settings = resolve_world(home, customers=customers, seed=seed, days=days)
        print(f"{customers:,} customers, {days} days, seed {seed}")
        show(settings, home / "truth")


def show(settings: Settings, truth: Path) -> None:
    """Print right, wrong and unattributed shares, and confidence beside the share that is right."""
    files = {name: str(truth / f"{kind}_person.parquet") for name, kind in (
        ("reservations", "reservation"), ("interactions", "interaction"), ("checks", "pos_check"))}  # fmt: skip
    with warehouse(settings) as con:
        for statement in (OWNER, CHECKS, CALLS):
            con.execute(statement, {name: path for name, path in files.items() if f"${name}" in statement} or None)
        print(con.sql(CUSTOMER_COUNTS))
        for query, views in ((SHARES, VIEWS), (CALIBRATION, CALIBRATED)):
            for title, kind, table, which in views:
                print(title)
                judged = con.table(table).filter(which).select(StarExpression(), SQLExpression(kind).alias("kind"))
                print(judged.query("judged", query))


if __name__ == "__main__":
    main()

"""Record sets as an outsider would deliver them: one reservation per record, in the canonical CSV of the contract."""

from pathlib import Path

import pandas as pd

from benchmarks.resolved_world import END, resolve_landing
from guestbook.settings import Settings
from guestbook.warehouse import warehouse

GUEST_COLUMNS = (
    "first_name", "last_name", "birth_date", "address", "city", "state", "postal_code", "country_code",
    "document_number",
)  # fmt: skip
PLACED = """
select reference_id, customer_id
from identity.customer_record
where record_kind = 'reservation' and role = 'guest'
"""


def placed_by_feeds(people: pd.DataFrame, home: Path) -> pd.Series:
    """The customer of each record after a first night; a record that did not arrive is its own."""
    settings = Settings.load({}, home=home)
    settings.prepare_home()
    write_feed(people, Path(settings.landing))
    resolve_landing(settings)
    with warehouse(settings) as con:
        found = con.execute(PLACED).df().set_index("reference_id")["customer_id"]
    records = pd.Series(_reservation_ids(people))
    return records.map(found).fillna(records)


def write_feed(people: pd.DataFrame, landing: Path) -> None:
    """One file per property, which is the file of the register that the records come from."""
    arrival = pd.Timestamp(END) - pd.to_timedelta(30 + people.index % 300, unit="D")
    fixed = pd.DataFrame(
        {
            "source_system": "registry", "reservation_id": _reservation_ids(people),
            "property_code": "R" + people.get("file", pd.Series(0, index=people.index)).astype(str),
            "updated_at": arrival.strftime("%Y-%m-%dT09:00:00Z"), "status": "checked_out",
            "arrival_date": arrival.strftime("%Y-%m-%d"),
            "departure_date": (arrival + pd.Timedelta(days=1)).strftime("%Y-%m-%d"), "currency_code": "EUR",
        },
        index=people.index,
    )  # fmt: skip
    guests = people.reindex(columns=GUEST_COLUMNS).add_prefix("guest_")
    folder = landing / "reservations" / "canonical" / END.isoformat()
    folder.mkdir(parents=True)
    for property_code, rows in pd.concat([fixed, guests], axis=1).groupby("property_code"):
        rows.to_csv(folder / f"{property_code}.csv", index=False)


def _reservation_ids(people: pd.DataFrame) -> list[str]:
    return [f"{record:06d}" for record in people.index]

"""The truth beside the feeds: who is who, who left and why. The pipeline never reads it."""

from pathlib import Path

import numpy as np
import pandas as pd

from simulator.delivery import iso
from simulator.pos import PosWorld
from simulator.registration import Registration
from simulator.reservation_versions import Change
from simulator.rhythm import Latent
from simulator.streams import blank
from simulator.world import PROPERTIES, Calendar

_REASONS = np.array(["", "first_timer", "natural", "price", "service"], dtype=object)


def _ids(numbers: np.ndarray, people: pd.DataFrame, registration: Registration) -> np.ndarray:
    """Person ids of person numbers; None for -1."""
    known = np.concatenate(
        [
            people["person_id"].to_numpy(dtype=object),
            registration.assistants["person_id"].to_numpy(dtype=object),
            [None],
        ]
    )
    return known[numbers]


def _write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet", index=False)


def write_people(folder: Path, people: pd.DataFrame, registration: Registration) -> None:
    """person.parquet: one row per person, assistants included."""
    partner = blank(people["person_id"].to_numpy()[people["partner"]], people["partner"].to_numpy() >= 0)
    frame = people.drop(columns=["partner", "requests", "room_type"]).assign(
        partner_id=partner, birth_date=people["birth_day"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    )
    frame["home_property"] = np.array([item.code for item in PROPERTIES], dtype=object)[frame["home_property"]]
    for name in ("new_name_from", "new_email_from", "new_phone_from"):
        frame[name] = frame[name].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    staff = registration.assistants.assign(scenario="assistant")
    _write(folder, "person", pd.concat([frame.drop(columns="birth_day"), staff], ignore_index=True))


def write_roles(
    folder: Path, stays: pd.DataFrame, people: pd.DataFrame, registration: Registration, change: Change
) -> None:
    """reservation_person.parquet: one row per reservation, role, person; not current: seen in early versions only."""
    place = stays["property"].to_numpy()
    who = stays["person"].to_numpy()
    keys = pd.DataFrame(
        {
            "source_system": np.array([item.source_system for item in PROPERTIES], dtype=object)[place],
            "property_code": np.array([item.code for item in PROPERTIES], dtype=object)[place],
            "reservation_id": stays["reservation_id"],
        }
    )
    swapped = np.where(change.earlier_person != who, change.earlier_person, -1)
    roles = (
        ("guest", who, True),
        ("guest", swapped, False),
        ("booker", registration.booker_person, True),
        ("accompanying", registration.accompanying_person, True),
    )
    parts = []
    for role, numbers, is_current in roles:
        at = np.flatnonzero(numbers >= 0)
        parts.append(
            keys.iloc[at].assign(
                role=role,
                person_id=_ids(numbers[at], people, registration),
                is_current=is_current,
                starts_nameless=(role == "guest") & change.is_nameless[at],
            )
        )
    _write(folder, "reservation_person", pd.concat(parts, ignore_index=True))


def write_checks(
    folder: Path, pos: PosWorld, stays: pd.DataFrame, people: pd.DataFrame, registration: Registration
) -> None:
    """pos_check_person.parquet: one row per check: who paid (null: a passer-by), the reservation it was charged to."""
    place, stay = pos.checks["property"].to_numpy(), pos.checks["stay"].to_numpy()
    _write(
        folder,
        "pos_check_person",
        pd.DataFrame(
            {
                "source_system": "simphony",
                "property_code": np.array([item.code for item in PROPERTIES], dtype=object)[place],
                "pos_check_id": pos.checks["check_number"].astype(str),
                "role": "payer",
                "person_id": _ids(pos.checks["person"].to_numpy(), people, registration),
                "reservation_id": np.where(
                    stay >= 0, stays["reservation_id"].to_numpy(dtype=object)[np.maximum(stay, 0)], None
                ),
                "is_room_charge": pos.checks["payment"] == "room_charge",
                "is_pair_card": pos.checks["is_pair_card"],
            }
        ),
    )


def write_calls(folder: Path, calls: pd.DataFrame, people: pd.DataFrame, registration: Registration) -> None:
    """interaction_person.parquet: one row per interaction with its caller."""
    _write(
        folder,
        "interaction_person",
        pd.DataFrame(
            {
                "source_system": "connect",
                "interaction_id": calls["interaction_id"],
                "role": "caller",
                "person_id": _ids(calls["person"].to_numpy(), people, registration),
            }
        ),
    )


def write_dropout(folder: Path, people: pd.DataFrame, latent: Latent, visits: pd.DataFrame, calendar: Calendar) -> None:
    """dropout.parquet: one row per person who planned a visit: latent rate, last visit planned, why it was the last."""
    last = visits.drop_duplicates("person", keep="last").set_index("person")
    numbers = last.index.to_numpy()
    left = last["leave_reason"].to_numpy() > 0
    day = (last["arrival"] + last["nights"]).to_numpy()
    first = visits.drop_duplicates("person").set_index("person")["arrival"].reindex(numbers).to_numpy()
    _write(
        folder,
        "dropout",
        pd.DataFrame(
            {
                "person_id": people["person_id"].to_numpy(dtype=object)[numbers],
                "kind": people["kind"].to_numpy(dtype=object)[numbers],
                "yearly_rate": latent.rate[numbers],
                "regularity": latent.shape[numbers],
                "first_arrival_date": [iso(item) for item in first],
                "dropped_on": blank(np.array([iso(item) for item in day]), left),
                "dropout_reason": blank(_REASONS[last["leave_reason"].to_numpy()], left),
                "price_sensitivity": people["price_sensitivity"].to_numpy()[numbers],
                "end_date": iso(calendar.end),
            }
        ),
    )

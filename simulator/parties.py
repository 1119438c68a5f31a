"""Who else is on a reservation: bookers, assistants, agencies, companies, accompanying guests."""

import json

import numpy as np
import pandas as pd

from simulator import names
from simulator.contacts import (
    strip_accents,
)
from simulator.people import company_names
from simulator.streams import blank, codes
from simulator.typing_habits import apply_at, own_contacts, typed_names
from simulator.world import AGENCY_WORDS


def company_phone(company: int) -> str:
    """The switchboard of a company."""
    return f"+4930{2_000_000 + company * 1009 % 7_000_000}"


def agency_numbers(people: pd.DataFrame, who: np.ndarray) -> np.ndarray:
    """The travel agency a person uses: few agencies, many guests."""
    return who % max(3, len(people) // 400)


def agency_names(numbers: np.ndarray) -> np.ndarray:
    """Agency names by number."""
    words = len(AGENCY_WORDS)
    return np.array(
        [f"{AGENCY_WORDS[i % words]} Travel" + (f" {i // words + 1}" if i >= words else "") for i in numbers] + [None],
        dtype=object,
    )[:-1]


def agency_emails(numbers: np.ndarray) -> np.ndarray:
    """The booking desk's address of an agency."""
    return np.array([f"bookings@agency{i}.example" for i in numbers] + [None], dtype=object)[:-1]


def draw_assistants(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """One assistant per company, who books for its travellers and stays nowhere; person numbers follow the people's."""
    count = int(people["company"].max()) + 1
    first, last = names.latin_names(rng, "en", "F", count)
    return pd.DataFrame(
        {
            "person_id": codes("A", np.arange(count), 7),
            "first_name": first,
            "last_name": last,
            "email": [
                f"{f[:1].lower()}.{strip_accents(family).lower().replace(chr(39), '')}@company{i}.example"
                for i, (f, family) in enumerate(zip(first.tolist(), last.tolist(), strict=True))
            ],
            "phone": [f"+4915{1_000_000_000 // 10 + i * 7919:09d}" for i in range(count)],
        }
    )


def draw_bookers(
    rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, assistants: pd.DataFrame
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Who booked: an assistant, the guest, the partner or an agency's desk (a person nobody knows)."""
    size = len(stays)
    who = stays["person"].to_numpy()
    scenario, partner, company = (people[name].to_numpy()[who] for name in ("scenario", "partner", "company"))
    day = stays["booked_local"].to_numpy().astype("datetime64[D]").astype(int)
    draw = rng.random(size)
    is_corporate = (company >= 0) & (stays["channel"] == 6).to_numpy()
    assistant = is_corporate & (draw < np.where(scenario == "assistant_booked", 0.9, 0.12))
    by_partner = np.isin(scenario, ["couple", "family"]) & (draw < 0.12) & ~assistant
    own = ~assistant & ~by_partner & (draw > 0.93)
    booker = np.where(assistant, len(people) + company, np.where(by_partner, partner, np.where(own, who, -1)))
    inside = np.where(by_partner | own, booker, who)
    first, last, _ = typed_names(rng, people, inside, day, 0.01)
    email, phone = own_contacts(people, inside, day)
    at = np.maximum(company, 0)
    name = first + " " + last
    helper = (assistants["first_name"] + " " + assistants["last_name"]).to_numpy(dtype=object)[at]
    known = booker >= 0
    desk = (stays["channel"] == 7).to_numpy() & ~known
    return booker, {
        "booker_name": np.where(assistant, helper, blank(name, known)),
        "booker_email": np.where(
            desk,
            agency_emails(agency_numbers(people, who)),
            np.where(assistant, assistants["email"].to_numpy(dtype=object)[at], blank(email, known)),
        ),
        "booker_phone": np.where(
            assistant, assistants["phone"].to_numpy(dtype=object)[at], blank(phone, known & (draw > 0.95))
        ),
        "company_profile_id": blank(codes("C", company, 5), is_corporate),
        "company_name": blank(
            company_names(int(company.max(initial=0)) + 1)[at], is_corporate & (rng.random(size) < 0.9)
        ),
        "travel_agent_profile_id": blank(
            codes("T", agency_numbers(people, who), 4), (stays["channel"] == 7).to_numpy()
        ),
        "travel_agent_name": blank(agency_names(agency_numbers(people, who)), (stays["channel"] == 7).to_numpy()),
        "travel_agent_iata": blank(
            codes("", 23_000_000 + agency_numbers(people, who) * 17), (stays["channel"] == 7).to_numpy()
        ),
    }


def draw_party(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Accompanying guests as JSON; the partner of a couple or family is a known person, children are not."""
    who = stays["person"].to_numpy()
    partner = people["partner"].to_numpy()[who]
    scenario = people["scenario"].to_numpy()[who]
    named = (rng.random(len(stays)) < 0.55) & (stays["adults"].to_numpy() > 1) & (stays["share_group"] < 0).to_numpy()
    mate = np.where(named & np.isin(scenario, ["couple", "family"]), partner, -1)
    first, last = people["first_name"].to_numpy(), people["last_name"].to_numpy()
    party = np.full(len(stays), None, dtype=object)
    pool = names.FIRST["en", "F"]
    children = stays["children"].to_numpy()
    chance = rng.integers(0, len(pool), len(stays))
    for row in np.flatnonzero(mate >= 0).tolist():
        party[row] = [{"first_name": first[mate[row]], "last_name": last[mate[row]]}]
    for row in np.flatnonzero(named & (children > 0)).tolist():
        child = {"first_name": pool[(who[row] + 3) % len(pool)], "last_name": last[who[row]]}
        party[row] = [*(party[row] or []), child]
    for row in np.flatnonzero(named & (mate < 0) & (children == 0) & (chance < 8)).tolist():
        party[row] = [{"first_name": pool[chance[row]], "last_name": last[who[row]]}]
    apply_at(party, np.flatnonzero(~pd.isna(party)), lambda value: json.dumps(value, ensure_ascii=False))
    return mate, party

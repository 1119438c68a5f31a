"""What a reservation shows of its guest: names as typed, contact data as given, papers as seen at check-in."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from simulator.contacts import (
    PLACEHOLDER_EMAILS,
    PLACEHOLDER_PHONES,
)
from simulator.parties import agency_emails, agency_numbers, company_phone, draw_assistants, draw_bookers, draw_party
from simulator.streams import blank, codes, pick
from simulator.typing_habits import apply_at, own_contacts, typed_names, written_phones
from simulator.world import RELAY_DOMAINS


@dataclass
class Registration:
    """Columns by reservation number, and who stands behind each role (person number, -1 nobody known)."""

    columns: dict[str, np.ndarray]
    booker_person: np.ndarray
    accompanying_person: np.ndarray
    assistants: pd.DataFrame
    paper_columns: tuple[str, ...] = field(
        default=(
            "guest_birth_date",
            "guest_document_type",
            "guest_document_number",
            "guest_nationality_code",
            "guest_address",
            "guest_city",
            "guest_postal_code",
            "guest_gender",
            "guest_native_name",
        )
    )


def _shared_contacts(
    rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, email: np.ndarray, phone: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Contact data that is not the guest's own: relays, agencies, placeholders, switchboards."""
    size = len(stays)
    who = stays["person"].to_numpy()
    scenario = people["scenario"].to_numpy()[who]
    channel = stays["channel"].to_numpy()
    relay = np.flatnonzero(stays["is_ota"].to_numpy() & (rng.random(size) < 0.93))
    local = rng.integers(36**9, 36**10, len(relay)).tolist()
    email[relay] = np.array(
        [f"{number:x}@{RELAY_DOMAINS[code]}" for number, code in zip(local, channel[relay].tolist(), strict=True)]
        + [None],
        dtype=object,
    )[:-1]
    agency = np.flatnonzero((channel == 7) & (rng.random(size) < np.where(scenario == "agency_contact", 0.75, 0.10)))
    number = agency_numbers(people, who)[agency]
    email[agency] = agency_emails(number)
    phone[agency] = np.array([f"+4989{3_000_000 + int(i) * 1013}" for i in number] + [None], dtype=object)[:-1]
    dummy = rng.random(size) < np.where(scenario == "placeholder_contact", 0.7, 0.012)
    email = np.where(dummy & ~stays["is_ota"].to_numpy(), pick(rng, PLACEHOLDER_EMAILS, (6, 2, 1, 4, 1), size), email)
    phone = np.where(dummy, pick(rng, PLACEHOLDER_PHONES, (5, 2, 1, 1), size), phone)
    company = people["company"].to_numpy()[who]
    board = (company >= 0) & (rng.random(size) < np.where(scenario == "switchboard", 0.8, 0.03))
    boards = np.array([company_phone(i) for i in range(int(company.max(initial=0)) + 1)], dtype=object)
    return email, np.where(board, boards[np.maximum(company, 0)], phone)


def register(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, typo_share: float) -> Registration:
    """Fills all guest and booker columns, one entry per reservation, as known once the stay is over."""
    size = len(stays)
    who = stays["person"].to_numpy()
    day = stays["booked_local"].to_numpy().astype("datetime64[D]").astype(int)
    scenario = people["scenario"].to_numpy()[who]
    channel = stays["channel"].to_numpy()
    first, last, native = typed_names(rng, people, who, day, typo_share)
    email, phone = own_contacts(people, who, day)
    bare = scenario == "no_contact"
    email = blank(
        email,
        (rng.random(size) < np.select([channel == 0, channel == 9, channel == 8], [0.97, 0.3, 0.4], 0.78)) & ~bare,
    )
    phone = blank(phone, (rng.random(size) < np.select([channel == 9, channel == 5], [0.25, 0.45], 0.74)) & ~bare)
    email, phone = _shared_contacts(rng, stays, people, email, phone)
    email, phone = blank(email, ~bare), blank(phone, ~bare)
    apply_at(email, np.flatnonzero((rng.random(size) < 0.05) & ~pd.isna(email)), str.upper)
    country = people["country"].to_numpy()[who]
    columns = {
        "guest_title": blank(np.where(people["gender"].to_numpy()[who] == "F", "Ms", "Mr"), rng.random(size) < 0.55),
        "guest_first_name": first,
        "guest_last_name": last,
        "guest_native_name": native,
        "guest_email": email,
        "guest_phone": written_phones(rng, phone, country),
        "guest_country_code": blank(country, rng.random(size) < 0.9),
        "guest_language_code": blank(people["language"].to_numpy()[who], rng.random(size) < 0.8),
        "guest_profile_id": _profiles(rng, stays),
    }
    columns |= _papers(rng, people, who, bare) | _membership(rng, stays, people) | _consents(rng, stays, people)
    wishes = people["requests"].to_numpy()[who]
    columns["special_requests"] = blank(wishes, (rng.random(size) < 0.7) & (wishes != ""))
    assistants = draw_assistants(rng, people)
    booker, booker_columns = draw_bookers(rng, stays, people, assistants)
    accompanying, party = draw_party(rng, stays, people)
    return Registration(columns | booker_columns | {"accompanying_guests": party}, booker, accompanying, assistants)


def _papers(rng: np.random.Generator, people: pd.DataFrame, who: np.ndarray, bare: np.ndarray) -> dict[str, np.ndarray]:
    """Birth date, document, address: what the registration form adds at check-in."""
    size = len(who)
    born = people["birth_day"].to_numpy()[who]
    slip = rng.random(size)
    born = np.where(slip < 0.006, born + 365, np.where(slip < 0.012, born + 9, born)).astype("datetime64[D]")
    born = np.where((rng.random(size) < 0.55) & ~bare, born, np.datetime64("NaT"))
    document = people["document_number"].to_numpy()[who]
    is_seen = (rng.random(size) < 0.5) & ~bare & ~pd.isna(document)
    has_address = (rng.random(size) < 0.55) & ~bare
    return {
        "guest_birth_date": born,
        "guest_document_type": blank(np.full(size, "passport", dtype=object), is_seen),
        "guest_document_number": blank(document, is_seen),
        "guest_nationality_code": blank(people["country"].to_numpy()[who], rng.random(size) < 0.7),
        "guest_gender": blank(people["gender"].to_numpy()[who], rng.random(size) < 0.5),
        "guest_address": blank(people["address"].to_numpy()[who], has_address),
        "guest_city": blank(people["city"].to_numpy()[who], has_address | (rng.random(size) < 0.2)),
        "guest_postal_code": blank(people["postal_code"].to_numpy()[who], has_address),
    }


def _profiles(rng: np.random.Generator, stays: pd.DataFrame) -> np.ndarray:
    """PMS profile number, local to a property; now and then the desk makes a second profile for one guest."""
    is_new = rng.random(len(stays)) < np.where(stays["is_ota"], 0.22, 0.06)
    copy = pd.Series(is_new.astype(int)).groupby([stays["property"], stays["person"]]).cumsum()
    key = stays["property"].to_numpy() * 10**10 + stays["person"].to_numpy() * 1000 + copy.to_numpy()
    _, code = np.unique(key, return_inverse=True)
    return codes("", 40_000 + code * 3 % (len(stays) * 3 + 7))


def _membership(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Loyalty number once joined (from the first or second stay), tier by the stays so far."""
    who = stays["person"].to_numpy()
    number = people["loyalty_number"].to_numpy()[who]
    known = ~pd.isna(number)
    visit = stays["visit_number"].to_numpy()
    is_shown = (visit >= 1 + who % 2) & (rng.random(len(stays)) < np.where(stays["is_ota"], 0.35, 0.86)) & known
    tier = np.select([visit > 18, visit > 8, visit > 3], ["platinum", "gold", "silver"], "classic").astype(object)
    return {
        "loyalty_number": blank(number, is_shown),
        "loyalty_tier_code": blank(tier, is_shown),
        "vip_code": blank(np.full(len(stays), "V1", dtype=object), (visit > 12) & (rng.random(len(stays)) < 0.5)),
    }


def _consents(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Consent as stated at booking: a person's leaning, which some change half-way; absent on four in ten."""
    who = stays["person"].to_numpy()
    size = len(stays)
    leaning = np.random.default_rng(int(rng.integers(2**31))).random((4, len(people)))
    turned = (leaning[3][who] < 0.12) & (stays["visit_number"].to_numpy() > 2)
    is_stated = rng.random(size) < 0.6
    columns: dict[str, np.ndarray] = {}
    for row, (name, share) in enumerate((("consent_email", 0.55), ("consent_sms", 0.3), ("consent_phone", 0.35))):
        says = (leaning[row][who] < share) ^ turned
        columns[name] = blank(says, is_stated)
    columns["consent_stated_local"] = np.where(is_stated, stays["booked_local"].to_numpy(), np.datetime64("NaT"))
    return columns

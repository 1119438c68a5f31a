"""What a reservation shows of its guest: names as typed, contact data as given, papers as seen at check-in."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from simulator import names
from simulator.contacts import (
    PLACEHOLDER_EMAILS,
    PLACEHOLDER_PHONES,
    misspell,
    spell_out,
    strip_accents,
    write_phone,
)
from simulator.people import company_names
from simulator.streams import blank, codes, object_array, pick
from simulator.world import AGENCY_WORDS, RELAY_DOMAINS

_STYLES = (0.42, 0.16, 0.08, 0.16, 0.08, 0.10)


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


def apply_at(values: np.ndarray, at: np.ndarray, change: Callable[[Any], object]) -> None:
    """Replaces values at positions by change(value), in place."""
    values[at] = object_array([change(value) for value in values[at].tolist()])


def typed_names(
    rng: np.random.Generator, people: pd.DataFrame, who: np.ndarray, day: np.ndarray, typo_share: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First, last and native name as somebody typed them on a day, one of each per entry of `who`."""
    size = len(who)
    scenario = people["scenario"].to_numpy()[who]
    first = people["first_name"].to_numpy()[who]
    is_new = day >= people["new_name_from"].to_numpy()[who]
    last = np.where(is_new, people["new_last_name"].to_numpy()[who], people["last_name"].to_numpy()[who])
    native = people["native_name"].to_numpy()[who].copy()
    is_nick = rng.random(size) < np.where(scenario == "nickname", 0.45, 0.04)
    apply_at(first, np.flatnonzero(is_nick), lambda value: names.NICKNAMES.get(value, value))
    fold = rng.random(size)
    folding = 0.22 + 0.3 * (scenario == "diacritic")
    for values in (first, last):
        apply_at(values, np.flatnonzero(fold < folding), strip_accents)
        apply_at(values, np.flatnonzero((fold >= folding) & (fold < 2 * folding * 0.8)), spell_out)
    _chinese(rng, people, who, first, last, native)
    slip = rng.random(size) < np.where(scenario == "typo", 0.35, typo_share)
    where = rng.random(size) < 0.5
    for values, at in ((first, slip & where), (last, slip & ~where)):
        apply_at(values, np.flatnonzero(at), lambda value: misspell(value, rng))
    case = rng.random(size)
    for values in (first, last):
        apply_at(values, np.flatnonzero(case < 0.08), str.upper)
        apply_at(values, np.flatnonzero(case > 0.98), str.lower)
    apply_at(first, np.flatnonzero(rng.random(size) < 0.012), lambda value: value[:1] + ".")
    swapped = rng.random(size) < 0.008
    first, last = np.where(swapped, last, first), np.where(swapped, first, last)
    return first, last, native


def _chinese(
    rng: np.random.Generator,
    people: pd.DataFrame,
    who: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    native: np.ndarray,
) -> None:
    """Pinyin joined, spaced or hyphenated, order either way, sometimes Han in the name fields. In place."""
    at = np.flatnonzero((people["locale"] == "zh").to_numpy()[who])
    style, order = rng.random(len(at)), rng.random(len(at))
    for row, kind, turn in zip(at.tolist(), style.tolist(), order.tolist(), strict=True):
        given, family, han = first[row], last[row], native[row]
        parts = given.split(" ")
        if kind < 0.08 and han:
            length = 2 if family in {"Ouyang", "Sima", "Zhuge"} else 1
            first[row], last[row] = han[length:], han[:length]
            continue
        if kind < 0.60:
            given = "".join(parts).capitalize()
        elif kind < 0.85:
            given = " ".join(part.capitalize() for part in parts)
        else:
            given = "-".join(part.capitalize() for part in parts)
        first[row], last[row] = (family, given) if turn < 0.15 else (given, family)
        if kind > 0.5:
            native[row] = None


def own_contacts(people: pd.DataFrame, who: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The person's e-mail and phone (E.164) on a day."""
    table = {
        name: people[name].to_numpy()
        for name in ("email", "new_email", "new_email_from", "phone", "new_phone", "new_phone_from")
    }
    email = np.where(day >= table["new_email_from"][who], table["new_email"][who], table["email"][who])
    phone = np.where(day >= table["new_phone_from"][who], table["new_phone"][who], table["phone"][who])
    return email, phone


def written_phones(rng: np.random.Generator, phones: np.ndarray, countries: np.ndarray) -> np.ndarray:
    """Phones in mixed ways of writing; None stays None."""
    styles = rng.choice(len(_STYLES), size=len(phones), p=_STYLES).tolist()
    rows = zip(phones.tolist(), countries.tolist(), styles, strict=True)
    return np.array(
        [None if phone is None else write_phone(phone, country, style) for phone, country, style in rows], dtype=object
    )


def company_phone(company: int) -> str:
    """The switchboard of a company."""
    return f"+4930{2_000_000 + company * 1009 % 7_000_000}"


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
    assistants = _assistants(rng, people)
    booker, booker_columns = _bookers(rng, stays, people, assistants)
    accompanying, party = _party(rng, stays, people)
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


def _assistants(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
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


def _bookers(
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


def _party(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
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

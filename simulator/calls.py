"""The call centre: bookings and changes by phone, complaints with their cases, enquiries, transfer chains."""

import numpy as np
import pandas as pd

from simulator.columns import to_utc
from simulator.registration import Registration
from simulator.rooms import Rooms
from simulator.stays import no_show_time
from simulator.streams import blank, codes, pick
from simulator.typing_habits import own_contacts, typed_names, written_phones
from simulator.world import PROPERTIES, TIME_ZONES, Calendar

_CATEGORIES = ("room", "noise", "cleanliness", "staff", "billing", "food", "wifi")
_CAUSE_WEIGHTS = (
    (20, 30, 10, 12, 12, 8, 8),
    (18, 12, 14, 14, 10, 22, 10),
    (14, 34, 10, 14, 10, 6, 12),
    (22, 8, 12, 20, 16, 14, 8),
    (16, 14, 16, 12, 18, 12, 12),
)
# first answer in hours when handled fast and slowly
_ANSWER_HOURS = (3.0, 40.0)


def _part(
    stay: np.ndarray, person: np.ndarray, place: np.ndarray, when: np.ndarray, reason: str, **more: object
) -> pd.DataFrame:
    return pd.DataFrame(
        {"stay": stay, "person": person, "property": place, "started_local": when, "reason": reason, **more}
    )


def make_calls(
    rng: np.random.Generator,
    stays: pd.DataFrame,
    people: pd.DataFrame,
    registration: Registration,
    rooms: Rooms,
    calendar: Calendar,
) -> pd.DataFrame:
    """One row per interaction started by the end date, ordered by start."""
    parts = [
        *_booking_calls(rng, stays, registration),
        _complaints(rng, stays, rooms, calendar),
        _enquiries(rng, stays, people, calendar),
    ]
    calls = pd.concat(parts, ignore_index=True)
    follow = calls[(calls["severity"] > 1) & (rng.random(len(calls)) < 0.35)].copy()
    follow["started_local"] += pd.to_timedelta(rng.integers(4, 120, len(follow)), unit="h")
    follow["is_follow_up"] = True
    calls = pd.concat([calls, follow], ignore_index=True)
    transferred = calls[(rng.random(len(calls)) < 0.07) & calls["channel"].eq("voice")].copy()
    transferred["chain"] = transferred.index
    transferred["started_local"] += pd.to_timedelta(rng.integers(180, 900, len(transferred)), unit="s")
    transferred["is_transfer"] = True
    calls["row"] = calls.index
    calls = pd.concat([calls, transferred], ignore_index=True)
    calls["chain"] = calls["chain"].fillna(-1).astype(int)
    end = np.datetime64(calendar.end + 1, "D").astype("datetime64[s]")
    calls = calls[(calls["started_local"] < end) & (calls["started_local"] >= np.datetime64(calendar.start, "D"))]
    calls = calls.sort_values(["started_local", "person", "reason"], kind="stable", ignore_index=True)
    calls["interaction_id"] = codes("I", np.arange(len(calls)), 8)
    return calls


def _booking_calls(rng: np.random.Generator, stays: pd.DataFrame, registration: Registration) -> list[pd.DataFrame]:
    """Calls that come with a reservation: the booking itself, changes, cancellations, bills afterwards."""
    who, place = stays["person"].to_numpy(), stays["property"].to_numpy()
    caller = np.where(registration.booker_person >= 0, registration.booker_person, who)
    size = len(stays)
    booked = stays["booked_local"].to_numpy()
    voice = pick(rng, ("voice", "email", "chat"), (0.72, 0.18, 0.10), size)
    at = np.flatnonzero((stays["channel"] == 1).to_numpy() & (rng.random(size) < 0.8))
    early = booked[at] - np.timedelta64(420, "s")
    parts = [_part(at, caller[at], place[at], early, "reservation", channel="voice")]
    at = np.flatnonzero(stays["cancelled_local"].notna().to_numpy() & (rng.random(size) < 0.3))
    parts.append(
        _part(
            at,
            caller[at],
            place[at],
            stays["cancelled_local"].to_numpy()[at] - np.timedelta64(300, "s"),
            "cancellation",
            channel=voice[at],
        )
    )
    at = np.flatnonzero((stays["lead_days"] > 2).to_numpy() & (rng.random(size) < 0.07))
    middle = booked[at] + (
        (stays["check_in_local"].to_numpy()[at] - booked[at]).astype(float) * rng.random(len(at))
    ).astype("timedelta64[s]")
    parts.append(_part(at, caller[at], place[at], middle, "change", channel=voice[at]))
    out = stays["check_out_local"].to_numpy()
    done = stays["cancelled_local"].isna().to_numpy() & ~stays["is_no_show"].to_numpy()
    at = np.flatnonzero(done & (rng.random(size) < 0.02))
    parts.append(
        _part(
            at,
            who[at],
            place[at],
            out[at] + rng.integers(1, 9, len(at)).astype("timedelta64[D]"),
            "billing",
            channel=voice[at],
        )
    )
    at = np.flatnonzero(stays["is_no_show"].to_numpy() & (rng.random(size) < 0.3))
    parts.append(
        _part(at, who[at], place[at], no_show_time(stays)[at] + np.timedelta64(40_000, "s"), "billing", channel="voice")
    )
    return parts


def _complaints(rng: np.random.Generator, stays: pd.DataFrame, rooms: Rooms, calendar: Calendar) -> pd.DataFrame:
    """Complaints about stays that took place; their outcome weighs on the guest's return (see rhythm)."""
    took_place = np.array([room is not None for room in rooms.first_room])
    at = np.flatnonzero((stays["severity"] > 0).to_numpy() & took_place & (rng.random(len(stays)) < 0.85))
    place = stays["property"].to_numpy()[at]
    delay = (rng.gamma(1.0, 1.5, len(at)) * 86400).astype("timedelta64[s]")
    when = np.maximum(
        stays["check_in_local"].to_numpy()[at] + np.timedelta64(7200, "s"),
        stays["check_out_local"].to_numpy()[at] - np.timedelta64(43200, "s") + delay,
    )
    category = np.empty(len(at), dtype=object)
    for row, weights in enumerate(_CAUSE_WEIGHTS):
        mine = np.flatnonzero(place == row)
        category[mine] = pick(rng, _CATEGORIES, weights, len(mine))
    severity = stays["severity"].to_numpy()[at]
    slow = stays["is_slow"].to_numpy()[at]
    answer = rng.gamma(1.6, np.array(_ANSWER_HOURS)[slow.astype(int)] / 1.6)
    solve = answer + rng.gamma(1.5, 14 * (1 + slow + 0.4 * severity))
    paid = rng.random(len(at)) < 0.12 + 0.14 * severity
    return _part(
        at,
        stays["person"].to_numpy()[at],
        place,
        when,
        "complaint",
        channel=pick(rng, ("voice", "email", "chat", "social"), (0.55, 0.28, 0.12, 0.05), len(at)),
        severity=severity,
        category=category,
        case=np.arange(len(at)),
        opened_local=when,
        answer_hours=answer,
        solve_hours=solve,
        compensation=np.where(
            paid, np.round(stays["room_revenue"].to_numpy()[at] * 0.12 * severity * rng.random(len(at)), 2), np.nan
        ),
        is_slow=slow,
    )


def _enquiries(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Questions of guests and of people who never stay; reservation -1."""
    prospects = np.repeat(np.flatnonzero((people["scenario"] == "prospect").to_numpy()), 2)
    guests = stays["person"].to_numpy()[rng.random(len(stays)) < 0.05]
    who = np.concatenate([prospects, guests])
    day = rng.integers(calendar.start, calendar.end + 1, len(who)).astype("datetime64[D]").astype("datetime64[s]")
    when = day + rng.integers(28_000, 80_000, len(who)).astype("timedelta64[s]")
    place = people["home_property"].to_numpy()[who]
    calls = _part(
        np.full(len(who), -1),
        who,
        place,
        when,
        "enquiry",
        channel=pick(rng, ("voice", "chat", "email", "sms"), (5, 3, 2, 0.4), len(who)),
    )
    calls["reason"] = np.where(
        rng.random(len(who)) < 0.15, "loyalty", pick(rng, ("enquiry", "other"), (8, 1), len(who))
    )
    return calls


def _identifiers(
    rng: np.random.Generator, calls: pd.DataFrame, stays: pd.DataFrame, people: pd.DataFrame, registration: Registration
) -> dict[str, np.ndarray]:
    """Who the agent sees: caller's number, mail address, name as heard, loyalty and confirmation number."""
    size = len(calls)
    who = calls["person"].to_numpy()
    helper = who - len(people)
    is_helper = helper >= 0
    inside = np.where(is_helper, 0, who)
    day = calls["started_local"].to_numpy().astype("datetime64[D]").astype(int)
    email, phone = own_contacts(people, inside, day)
    first, last, _ = typed_names(rng, people, inside, day, 0.06)
    name = np.where(rng.random(size) < 0.85, first + " " + last, last)
    staff, at = registration.assistants, np.maximum(helper, 0)
    email = np.where(is_helper, staff["email"].to_numpy(dtype=object)[at], email)
    name = np.where(is_helper, (staff["first_name"] + " " + staff["last_name"]).to_numpy(dtype=object)[at], name)
    phone = written_phones(rng, phone, people["country"].to_numpy()[inside])
    phone = np.where(is_helper, staff["phone"].to_numpy(dtype=object)[at], phone)
    is_voice = calls["channel"].isin(["voice", "sms"]).to_numpy()
    is_text = calls["channel"].isin(["email", "chat"]).to_numpy()
    number = blank(people["loyalty_number"].to_numpy()[inside], ~is_helper)
    stay = calls["stay"].to_numpy()
    confirmation = stays["confirmation_number"].to_numpy(dtype=object)[np.maximum(stay, 0)]
    return {
        "customer_phone": blank(phone, is_voice & (rng.random(size) < 0.92)),
        "customer_email": blank(email, is_text & (rng.random(size) < 0.9)),
        "customer_name": blank(name, rng.random(size) < 0.62),
        "loyalty_number": blank(number, rng.random(size) < 0.3),
        "confirmation_number": blank(confirmation, (stay >= 0) & (rng.random(size) < 0.6)),
        "language_code": blank(people["language"].to_numpy()[inside], rng.random(size) < 0.8),
    }


def call_columns(
    rng: np.random.Generator,
    calls: pd.DataFrame,
    stays: pd.DataFrame,
    people: pd.DataFrame,
    registration: Registration,
    calendar: Calendar,
) -> dict[str, np.ndarray]:
    """The canonical columns of all interactions as known when they ended (case outcome: see versions)."""
    size = len(calls)
    place = calls["property"].to_numpy()
    is_voice = (calls["channel"] == "voice").to_numpy()
    day = calls["started_local"].to_numpy().astype("datetime64[D]").astype(int)
    is_crisis = (day >= calendar.crisis[0]) & (day < calendar.crisis[1])
    queue = rng.exponential(np.where(is_crisis, 240, 55)).astype(int)
    queue = np.where(is_voice, queue, 0)
    abandoned = is_voice & (rng.random(size) < np.clip(queue / 1500, 0, 0.5)) & ~(calls["severity"] > 0).to_numpy()
    agent = rng.integers(0, 30, size)
    talk = np.where(abandoned, 0, rng.gamma(2.2, 130 + 6 * (agent % 9))).astype(int)
    hold = np.where(abandoned | (rng.random(size) < 0.6), 0, rng.exponential(45, size)).astype(int)
    wrap = np.where(abandoned, 0, rng.gamma(2, 30, size)).astype(int)
    started = to_utc(calls["started_local"].to_numpy(), place, TIME_ZONES)
    reason = calls["reason"].to_numpy(dtype=object)
    position = pd.Series(np.arange(size), index=calls["row"].fillna(-1).astype(int))
    position = position[~position.index.duplicated()]
    chain = position.reindex(calls["chain"].to_numpy()).fillna(-1).astype(int).to_numpy()
    ids = calls["interaction_id"].to_numpy(dtype=object)
    is_transfer = (chain >= 0) & (calls["chain"] >= 0).to_numpy()
    happy = (
        3.9
        - 0.5 * calls["severity"].fillna(0).to_numpy()
        - 0.5 * (queue > 200)
        + 0.25 * (agent % 4 == 0)
        + rng.normal(0, 0.9, size)
    )
    answers = (rng.random(size) < 0.3) & ~abandoned
    columns = {
        "source_system": np.full(size, "connect", dtype=object),
        "interaction_id": ids,
        "started_at": started,
        "ended_at": started + (queue + talk + hold).astype("timedelta64[s]"),
        "initial_interaction_id": blank(ids[np.maximum(chain, 0)], is_transfer),
        "channel_code": calls["channel"].to_numpy(dtype=object),
        "direction_code": np.where(
            is_transfer,
            "transfer",
            np.where(calls["is_follow_up"].eq(True).to_numpy() & (agent % 2 == 0), "callback", "inbound"),
        ),
        "property_code": blank(
            np.array([item.code for item in PROPERTIES], dtype=object)[place], rng.random(size) < 0.93
        ),
        "queue_name": np.where(
            np.isin(reason, ["complaint", "billing"]), "care", np.where(reason == "loyalty", "members", "sales")
        ),
        "agent_code": blank(codes("AG", agent, 3), ~abandoned),
        "queue_seconds": queue,
        "talk_seconds": talk,
        "hold_seconds": hold,
        "wrap_up_seconds": wrap,
        "is_abandoned": abandoned,
        "reason_code": reason,
        "disposition_code": np.where(
            abandoned, "abandoned", pick(rng, ("resolved", "follow_up", "information"), (6, 2, 2), size)
        ),
        "csat_score": np.where(answers, np.clip(np.round(happy), 1, 5), np.nan),
        "nps_score": np.where(answers & (rng.random(size) < 0.4), np.clip(np.round(happy * 2.2 - 1), 0, 10), np.nan),
        "summary_text": np.array(
            [f"{text} call" if voice else f"{text} message" for text, voice in zip(reason, is_voice, strict=True)],
            dtype=object,
        ),
        "currency_code": np.array([item.currency for item in PROPERTIES], dtype=object)[place],
    }
    return columns | _identifiers(rng, calls, stays, people, registration)

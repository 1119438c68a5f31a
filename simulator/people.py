"""The people of the world, with the identity scenario each of them stands for."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from simulator import names
from simulator.contacts import draw_emails, draw_phones
from simulator.streams import blank, codes, pick
from simulator.world import COMPANY_KINDS, COMPANY_WORDS, PROPERTIES, Calendar

# share of people per scenario; the rest is `plain`. Scenarios of PAIRS take two people at a time.
QUOTA: dict[str, float] = {
    "couple": 0.06,
    "family": 0.04,
    "parent_child": 0.02,
    "homonym": 0.03,
    "sibling": 0.01,
    "recycled_phone": 0.02,
    "married_name": 0.02,
    "ota_relay": 0.06,
    "agency_contact": 0.03,
    "placeholder_contact": 0.03,
    "switchboard": 0.03,
    "han_latin": 0.07,
    "typo": 0.05,
    "nickname": 0.03,
    "diacritic": 0.02,
    "assistant_booked": 0.04,
    "no_contact": 0.04,
    "local_diner": 0.02,
    "prospect": 0.02,
}
PAIRS = ("couple", "family", "parent_child", "homonym", "sibling", "recycled_phone")
# scenarios of people who never stay: they dine or call only
NEVER_STAY = ("local_diner", "prospect")
KINDS = ("leisure", "business", "family", "group")
REQUESTS = (
    "high floor",
    "quiet room",
    "feather-free pillow",
    "twin beds",
    "late check-out",
    "cot",
    "vegan breakfast",
    "near lift",
    "sea view",
    "extra towels",
)


def scenario_quota(scenarios: dict[str, float] | Iterable[str] | None) -> dict[str, float]:
    """The quota in force: all by default, a selection by name, or shares of one's own."""
    if scenarios is None:
        return dict(QUOTA)
    chosen = dict(scenarios) if isinstance(scenarios, dict) else {name: QUOTA.get(name, 0.0) for name in scenarios}
    unknown = sorted(set(chosen) - set(QUOTA))
    if unknown:
        message = f"unknown scenario {', '.join(unknown)}; allowed: {', '.join(QUOTA)}"
        raise ValueError(message)
    if sum(chosen.values()) > 1:
        message = f"scenario shares add up to {sum(chosen.values()):.2f}; the limit is 1"
        raise ValueError(message)
    return chosen


def _scenarios(rng: np.random.Generator, size: int, quota: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Scenario and partner (position of the other one of a pair, else -1) of every person."""
    scenario = np.full(size, "plain", dtype=object)
    partner = np.full(size, -1)
    order = rng.permutation(size)
    at = 0
    for name, share in quota.items():
        count = max(2, round(size * share))
        count -= count % 2
        members = order[at : at + count]
        scenario[members] = name
        if name in PAIRS:
            partner[members[0::2]], partner[members[1::2]] = members[1::2], members[0::2]
        at += count
    return scenario, partner


def _draw_names(rng: np.random.Generator, people: pd.DataFrame) -> None:
    """Fills first_name, last_name and native_name in place."""
    first, last = np.empty(len(people), dtype=object), np.empty(len(people), dtype=object)
    native = np.full(len(people), None, dtype=object)
    for locale in names.LOCALES:
        for gender in ("F", "M"):
            at = np.flatnonzero((people["locale"] == locale) & (people["gender"] == gender))
            if locale == "zh":
                first[at], last[at], native[at] = names.chinese_names(rng, len(at))
            else:
                first[at], last[at] = names.latin_names(rng, locale, gender, len(at))
    nickable = np.flatnonzero((people["scenario"] == "nickname").to_numpy())
    first[nickable] = pick(rng, tuple(names.NICKNAMES), None, len(nickable))
    people["first_name"], people["last_name"], people["native_name"] = first, last, native


def _locales(rng: np.random.Generator, scenario: np.ndarray) -> np.ndarray:
    locale = pick(rng, names.LOCALES, (0.4, 0.2, 0.11, 0.1, 0.08, 0.11), len(scenario))
    locale[scenario == "han_latin"] = "zh"
    locale[scenario == "nickname"] = "en"
    locale[scenario == "diacritic"] = "de"
    is_latin_only = np.isin(scenario, ["married_name", "parent_child"]) & (locale == "zh")
    locale[is_latin_only] = "en"
    return locale


def _link_pairs(rng: np.random.Generator, people: pd.DataFrame) -> None:
    """Gives the second of each pair what it shares with the first, in place."""
    scenario, partner = people["scenario"].to_numpy(), people["partner"].to_numpy()
    second = np.flatnonzero((partner >= 0) & (np.arange(len(people)) > partner))
    first = partner[second]
    table = {name: people[name].to_numpy(copy=True) for name in people.columns}

    def share(columns: Iterable[str], at: np.ndarray) -> None:
        for name in columns:
            table[name][second[at]] = table[name][first[at]]

    kind = scenario[second]
    home = ("country", "city", "postal_code", "address", "locale", "language", "home_property")
    chance = rng.random(len(second))
    at = np.isin(kind, ["couple", "family", "sibling", "parent_child"])
    share(home, at)
    share(("last_name",), np.isin(kind, ["family", "sibling", "parent_child"]) | ((kind == "couple") & (chance < 0.7)))
    share(("email", "phone"), kind == "couple")
    share(("phone",), np.isin(kind, ["family", "sibling"]) | ((kind == "parent_child") & (chance < 0.4)))
    share(("birth_day", "kind"), kind == "sibling")
    share(
        ("first_name", "last_name", "native_name", "gender", "locale", "language", "country"),
        np.isin(kind, ["homonym", "parent_child"]),
    )
    share(("city", "home_property"), (kind == "homonym") & (chance < 0.3))
    share(("phone",), kind == "recycled_phone")
    share(("country",), kind == "recycled_phone")
    child = second[kind == "parent_child"]
    table["birth_day"][child] = np.clip(
        table["birth_day"][partner[child]] + rng.integers(8400, 13000, len(child)), None, 12500
    )
    table["birth_day"][partner[child]] = np.minimum(
        table["birth_day"][partner[child]], table["birth_day"][child] - 7700
    )
    for name, values in table.items():
        people[name] = values


def _pair_names(people: pd.DataFrame) -> None:
    """Pairs of one surname write it alike in Han; couples, families, twins never share a first name. In place."""
    first, native = people["first_name"].to_numpy(copy=True), people["native_name"].to_numpy(copy=True)
    last, partner = people["last_name"].to_numpy(), people["partner"].to_numpy()
    at_home = people["scenario"].isin(["couple", "family", "sibling"]).to_numpy()
    for at in np.flatnonzero(at_home & (np.arange(len(people)) > partner)).tolist():
        other = partner[at]
        is_han = isinstance(native[at], str)
        if is_han and last[at] == last[other]:
            given, surname = native[at][-len(first[at].split(" ")) :], native[other][: -len(first[other].split(" "))]
            native[at] = surname + given
        if first[at] != first[other]:
            continue
        if is_han:
            latin, han = ("Jing", "静") if first[at] != "Jing" else ("Ming", "明")
            first[at], native[at] = latin, native[other][: -len(first[other].split(" "))] + han
        else:
            pool = names.FIRST[people["locale"].iat[at], people["gender"].iat[at]]
            first[at] = pool[0] if first[at] != pool[0] else pool[1]
    people["first_name"], people["native_name"] = first, native


def make_people(rng: np.random.Generator, size: int, calendar: Calendar, quota: dict[str, float]) -> pd.DataFrame:
    """One row per person: who they are, how they can be reached, what they like. Positions are the person numbers."""
    scenario, partner = _scenarios(rng, size, quota)
    people = pd.DataFrame({"person_id": codes("P", np.arange(size), 7), "scenario": scenario, "partner": partner})
    people["locale"] = _locales(rng, scenario)
    people["gender"] = pick(rng, ("F", "M"), (0.47, 0.53), size)
    couple = np.flatnonzero((scenario == "couple") & (partner > np.arange(size)))
    people.loc[partner[couple], "gender"] = np.where(people["gender"].to_numpy()[couple] == "F", "M", "F")
    partnered_locale = people["locale"].to_numpy(copy=True)
    linked = np.flatnonzero((partner >= 0) & (np.arange(size) > partner))
    partnered_locale[linked] = partnered_locale[partner[linked]]
    people["locale"] = partnered_locale
    country = np.empty(size, dtype=object)
    for locale, (pool, weights) in names.COUNTRIES.items():
        at = np.flatnonzero((people["locale"] == locale).to_numpy())
        country[at] = pick(rng, pool, weights, len(at))
    people["country"] = country
    people["language"] = people["locale"]
    _draw_names(rng, people)
    _homes(rng, people)
    people["birth_day"] = (-rng.beta(2.2, 2.6, size) * 19500 + 13100).astype(int)  # born 1952 to 2005
    people["phone"] = draw_phones(rng, country)
    taken: set[str] = set()
    year = 1970 + people["birth_day"].to_numpy() // 365
    first, last = people["first_name"].to_numpy(), people["last_name"].to_numpy()
    people["email"] = draw_emails(rng, first, last, year, taken)
    _habits(rng, people)
    _link_pairs(rng, people)
    _pair_names(people)
    _changes(rng, people, calendar, taken)
    return people


def _homes(rng: np.random.Generator, people: pd.DataFrame) -> None:
    cities, streets, postal = [], [], []
    draws = rng.random((len(people), 3))
    for country, locale, (a, b, c) in zip(people["country"], people["locale"], draws.tolist(), strict=True):
        pool, roads = names.CITIES[country], names.STREETS[locale]
        city = int(a * len(pool))
        cities.append(pool[city])
        number = 1 + int(c * 180)
        road = roads[int(b * len(roads))]
        streets.append(f"{number} {road}" if locale in {"en", "fr", "zh"} else f"{road} {number}")
        postal.append(f"{10000 + city * 9000 + int(c * 997) * 7:05d}")
    people["city"], people["address"], people["postal_code"] = cities, streets, postal


def _habits(rng: np.random.Generator, people: pd.DataFrame) -> None:
    """Kind of traveller, home property, company, membership, requests and cards."""
    size = len(people)
    scenario = people["scenario"].to_numpy()
    kind = pick(rng, KINDS, (0.52, 0.31, 0.10, 0.07), size)
    kind[np.isin(scenario, ["switchboard", "assistant_booked"])] = "business"
    kind[np.isin(scenario, ["couple", "parent_child", "sibling"])] = "leisure"
    kind[scenario == "family"] = "family"
    people["kind"] = kind
    shares = np.array([item.demand for item in PROPERTIES])
    likes = np.tile(shares, (size, 1))
    likes[kind == "business"] *= np.array([1.5, 0.1, 1.6, 0.2, 1.3])
    likes[kind == "family"] *= np.array([0.6, 3.0, 0.6, 1.2, 0.6])
    is_chinese = (people["locale"] == "zh").to_numpy()
    likes[~is_chinese, 4] *= 0.45
    likes[is_chinese, 4] *= 6.0
    cumulative = np.cumsum(likes, axis=1)
    people["home_property"] = (cumulative < (rng.random(size) * cumulative[:, -1])[:, None]).sum(axis=1)
    companies = max(4, size // 60)
    people["company"] = np.where(kind == "business", rng.integers(0, companies, size), -1)
    is_member = rng.random(size) < np.where(kind == "business", 0.5, 0.3)
    is_member[np.isin(scenario, ["no_contact", "prospect"])] = False
    people["loyalty_number"] = blank(codes("GB", 700000000 + rng.permutation(size) * 7, 9), is_member)
    people["card_token"] = codes("tok_", rng.permutation(size) * 13 + 10**9)
    people["second_card_token"] = codes("tok_", rng.permutation(size) * 13 + 5 + 10**9)
    people["document_number"] = blank(codes("", rng.permutation(size) * 31 + 10**8), rng.random(size) < 0.75)
    wanted = rng.random((size, len(REQUESTS))) < 0.09
    people["requests"] = [";".join(REQUESTS[i] for i in np.flatnonzero(row)) for row in wanted]
    people["room_type"] = np.where(kind == "family", 3, pick(rng, (0, 1, 2), (0.62, 0.3, 0.08), size))
    people["price_sensitivity"] = rng.beta(2, 2.5, size)
    people["complaint_proneness"] = rng.gamma(1.4, 0.7, size)


def _changes(rng: np.random.Generator, people: pd.DataFrame, calendar: Calendar, taken: set[str]) -> None:
    """What changes in a life: new mail address, new phone, new surname; day from which it holds, else far future."""
    size = len(people)
    scenario, partner = people["scenario"].to_numpy(), people["partner"].to_numpy()
    never = calendar.end + 10_000
    when = rng.integers(calendar.start + calendar.span // 5, calendar.start + calendar.span * 4 // 5 + 1, (4, size))
    married = scenario == "married_name"
    newlast = np.empty(size, dtype=object)
    for locale in names.LAST:
        at = np.flatnonzero((people["locale"] == locale).to_numpy())
        newlast[at] = names.latin_names(rng, locale, "F", len(at))[1]
    people["new_last_name"] = np.where(married, newlast, people["last_name"])
    people["new_name_from"] = np.where(married, when[0], never)
    is_new_mail = (rng.random(size) < 0.10) | (married & (rng.random(size) < 0.5))
    people["new_email_from"] = np.where(is_new_mail, np.where(married, when[0], when[1]), never)
    year = 1970 + people["birth_day"].to_numpy() // 365
    people["new_email"] = draw_emails(
        rng, people["first_name"].to_numpy(), people["new_last_name"].to_numpy(), year, taken
    )
    recycled = scenario == "recycled_phone"
    second = recycled & (np.arange(size) > partner)
    is_new_phone = rng.random(size) < 0.08
    new_from = np.where(is_new_phone, when[2], never)
    # the first owner gives the number up; the second had another before and takes it some months later
    new_from = np.where(recycled, when[3], new_from)
    new_from = np.where(second, when[3][np.maximum(partner, 0)] + 90, new_from)
    other = draw_phones(rng, people["country"].to_numpy())
    other = np.array([phone[:-1] + str((int(phone[-1]) + 5) % 10) for phone in other], dtype=object)
    phone = people["phone"].to_numpy(copy=True)
    people["new_phone"] = np.where(second, phone, other)
    people["phone"] = np.where(second, other, phone)
    people["new_phone_from"] = new_from


def company_names(count: int) -> np.ndarray:
    """Names of the corporate accounts."""
    words, kinds = len(COMPANY_WORDS), len(COMPANY_KINDS)
    return np.array(
        [
            f"{COMPANY_WORDS[i % words]} {COMPANY_KINDS[(i // words + i) % kinds]}"
            + (f" {i // (words * kinds) + 1}" if i >= words * kinds else "")
            for i in range(count)
        ],
        dtype=object,
    )

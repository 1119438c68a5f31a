"""How names and phones get typed: nicknames, accents, slips, Han and Latin, national and international."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from simulator import names
from simulator.contacts import (
    misspell,
    spell_out,
    strip_accents,
    write_phone,
)
from simulator.streams import object_array

_STYLES = (0.42, 0.16, 0.08, 0.16, 0.08, 0.10)


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

"""Reference files: properties, exchange rates, suppressed contacts."""

from pathlib import Path

import numpy as np
import pandas as pd

from simulator.streams import blank
from simulator.world import EURO_RATES, PROPERTIES, Calendar


def write_reference(
    rng: np.random.Generator, landing: Path, people: pd.DataFrame, room_counts: list[int], calendar: Calendar
) -> None:
    """property.csv, fx_rate.csv (weekly rates) and suppression.csv under landing/reference."""
    folder = landing / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    start = str(np.datetime64(calendar.start, "D"))
    pd.DataFrame(
        {
            "property_code": [item.code for item in PROPERTIES],
            "property_name": [item.name for item in PROPERTIES],
            "time_zone": [item.time_zone for item in PROPERTIES],
            "country_code": [item.country for item in PROPERTIES],
            "currency_code": [item.currency for item in PROPERTIES],
            "room_count": room_counts,
            "valid_from": start,
        }
    ).to_csv(folder / "property.csv", index=False)
    days = np.arange(calendar.start - 400, calendar.end + 1, 7).astype("datetime64[D]")
    rates = []
    for currency, level in EURO_RATES.items():
        walk = np.zeros(len(days)) if currency == "EUR" else np.cumsum(rng.normal(0, 0.004, len(days))) * 0.8
        rates.append(
            pd.DataFrame(
                {"currency_code": currency, "rate_date": days.astype(str), "rate": np.round(level * np.exp(walk), 6)}
            )
        )
    pd.concat(rates).to_csv(folder / "fx_rate.csv", index=False)
    chosen = rng.choice(len(people), size=max(3, len(people) // 50), replace=False)
    kind = rng.integers(0, 3, len(chosen))
    number = people["loyalty_number"].to_numpy(dtype=object)[chosen]
    kind = np.where((kind == 2) & pd.isna(number), 0, kind)
    since = rng.integers(calendar.start, calendar.end + 1, len(chosen)).astype("datetime64[D]").astype(str)
    pd.DataFrame(
        {
            "email": blank(people["email"].to_numpy()[chosen], kind == 0),
            "phone": blank(people["phone"].to_numpy()[chosen], kind == 1),
            "loyalty_number": blank(number, kind == 2),
            "channel_code": np.array(["email", "phone", "all"], dtype=object)[kind],
            "since": since,
        }
    ).to_csv(folder / "suppression.csv", index=False)

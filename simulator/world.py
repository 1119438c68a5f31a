"""The hotel group: properties, seasons, room types, channels, companies and agencies."""

from dataclasses import dataclass
from datetime import date

import numpy as np


@dataclass(frozen=True)
class Property:
    """One hotel; weights are relative demand."""

    code: str
    name: str
    kind: str
    time_zone: str
    country: str
    currency: str
    source_system: str
    base_rate: float
    demand: float
    nights: float
    tax_share: float
    months: tuple[float, ...]
    weekdays: tuple[float, ...]


PROPERTIES: tuple[Property, ...] = (
    Property(
        "NYC1",
        "Guestbook City New York",
        "city",
        "America/New_York",
        "US",
        "USD",
        "opera",
        260.0,
        0.26,
        2.2,
        0.0888,
        (0.8, 0.8, 1.0, 1.0, 1.1, 1.1, 0.9, 0.9, 1.2, 1.3, 1.2, 1.3),
        (1.3, 1.4, 1.4, 1.2, 0.9, 0.8, 1.0),
    ),
    Property(
        "PMI1",
        "Guestbook Resort Mallorca",
        "resort",
        "Europe/Madrid",
        "ES",
        "EUR",
        "opera",
        185.0,
        0.24,
        5.5,
        0.10,
        (0.2, 0.3, 0.5, 1.0, 1.4, 1.8, 2.2, 2.2, 1.6, 1.0, 0.3, 0.3),
        (0.9, 0.7, 0.7, 0.8, 1.1, 1.6, 1.3),
    ),
    Property(
        "LHR1",
        "Guestbook Airport London",
        "airport",
        "Europe/London",
        "GB",
        "GBP",
        "opera",
        120.0,
        0.22,
        1.2,
        0.20,
        (0.9, 0.9, 1.0, 1.0, 1.0, 1.1, 1.2, 1.2, 1.1, 1.0, 1.0, 0.9),
        (1.3, 1.2, 1.2, 1.2, 1.0, 0.7, 1.2),
    ),
    Property(
        "DAV1",
        "Guestbook Spa Davos",
        "spa",
        "Europe/Zurich",
        "CH",
        "CHF",
        "opera",
        310.0,
        0.12,
        3.2,
        0.038,
        (1.7, 1.9, 1.6, 0.6, 0.5, 0.8, 1.1, 1.1, 0.9, 0.7, 0.4, 1.5),
        (0.7, 0.6, 0.7, 1.0, 1.7, 1.5, 0.8),
    ),
    Property(
        "SHA1",
        "Guestbook Bund Shanghai",
        "city",
        "Asia/Shanghai",
        "CN",
        "CNY",
        "shiji",
        880.0,
        0.16,
        2.0,
        0.06,
        (0.8, 0.6, 1.1, 1.2, 1.2, 1.0, 1.0, 0.9, 1.1, 1.4, 1.2, 0.9),
        (1.2, 1.3, 1.3, 1.2, 1.0, 0.9, 0.9),
    ),
)
TIME_ZONES = [item.time_zone for item in PROPERTIES]
# Euro per unit of currency, the level that fx_rate.csv wanders around
EURO_RATES = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17, "CHF": 1.04, "CNY": 0.127}

ROOM_TYPES = ("STD", "DLX", "STE", "FAM")
ROOM_FACTORS = (1.0, 1.35, 2.1, 1.55)
CHANNELS = (
    "direct_web",
    "direct_phone",
    "ota_booking",
    "ota_expedia",
    "ota_agoda",
    "gds",
    "corporate",
    "travel_agent",
    "walk_in",
    "group",
)
# share of bookings cancelled before arrival, by channel
CANCEL_SHARES = np.array([0.11, 0.08, 0.27, 0.22, 0.25, 0.14, 0.12, 0.10, 0.0, 0.06])
RATE_FACTORS = np.array([1.0, 1.03, 0.97, 0.95, 0.93, 0.92, 0.85, 0.90, 1.08, 0.78])
# OTA relay domains as they are in the wild; each reservation gets its own local part
RELAY_DOMAINS = {2: "guest.booking.com", 3: "m.expediapartnercentral.com", 4: "agoda-messaging.com"}

COMPANY_WORDS = (
    "Nordwind",
    "Albion",
    "Hudson",
    "Meridian",
    "Kestrel",
    "Orchid",
    "Granite",
    "Lumen",
    "Harbour",
    "Zenith",
    "Castor",
    "Pollux",
    "Aurora",
    "Delta",
    "Fjord",
    "Cobalt",
    "Juniper",
    "Sable",
    "Tundra",
    "Vega",
)
COMPANY_KINDS = ("Logistics GmbH", "Partners LLP", "Pharma AG", "Software Inc", "Engineering Ltd", "Trading Co")
AGENCY_WORDS = ("Sunway", "Blue Globe", "Columbus", "Silk Road", "Atlas", "Wanderlust", "Compass", "Horizon")


@dataclass(frozen=True)
class Calendar:
    """The days of a world as integers since 1970-01-01, and the events that change its regime."""

    start: int
    end: int
    nights: int

    @property
    def history_end(self) -> int:
        """Last day that arrives in the yearly exports."""
        return self.end - self.nights

    @property
    def span(self) -> int:
        """Days from start to end."""
        return self.end - self.start

    @property
    def price_rise(self) -> int:
        """From this day rates are 12% higher and price-sensitive guests leave sooner."""
        return self.start + int(self.span * 0.62)

    @property
    def travel_policy(self) -> int:
        """From this day companies travel less and leisure guests a little more."""
        return self.start + int(self.span * 0.74)

    @property
    def crisis(self) -> tuple[int, int]:
        """The quarter in which the call centre is short of people and answers complaints late."""
        first = self.start + int(self.span * 0.45)
        return first, first + max(20, self.span // 20)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def season(first_day: int, last_day: int) -> np.ndarray:
    """Relative demand of every property (row) on every day (column) from first_day to last_day."""
    days = np.arange(first_day, last_day + 1)
    stamps = days.astype("datetime64[D]")
    month = stamps.astype("datetime64[M]").astype(int) % 12
    day_of_month = (stamps - stamps.astype("datetime64[M]")).astype(int)
    weekday = (days + 3) % 7
    table = np.empty((len(PROPERTIES), len(days)))
    for row, item in enumerate(PROPERTIES):
        months = np.asarray(item.months)
        blend = day_of_month / 31.0
        level = months[month] * (1 - blend) + months[(month + 1) % 12] * blend
        table[row] = level * np.asarray(item.weekdays)[weekday]
    return table

"""Outlets and what they sell. A theme is what a guest came for: its items go together, so baskets can be learnt."""

from dataclasses import dataclass

# code: (name, opening hour, spread in hours, properties that have it, relative traffic)
OUTLETS: dict[str, tuple[str, float, float, tuple[int, ...], float]] = {
    "BRK": ("Breakfast Room", 8.3, 0.9, (0, 1, 2, 3, 4), 2.0),
    "RST": ("Restaurant", 19.6, 1.0, (0, 1, 2, 3, 4), 2.6),
    "BAR": ("Lobby Bar", 22.6, 1.5, (0, 1, 2, 3, 4), 2.2),
    "SPA": ("Spa", 15.0, 2.3, (1, 3), 1.3),
    "SHP": ("Shop", 13.0, 3.0, (0, 1, 3, 4), 0.5),
    "PRK": ("Garage", 10.0, 4.0, (0, 2, 3), 0.7),
    "GLF": ("Golf", 10.0, 2.0, (1,), 0.4),
}


@dataclass(frozen=True)
class Theme:
    """One reason to open a check: item code, name, category, price in euro, chance to be on it (first one certain)."""

    outlet: str
    weight: float
    items: tuple[tuple[str, str, str, float, float], ...]


THEMES: tuple[Theme, ...] = (
    Theme(
        "BRK",
        3,
        (
            ("BUF", "Breakfast buffet", "food", 22, 1),
            ("CAP", "Cappuccino", "beverage", 4.5, 0.45),
            ("JUI", "Fresh juice", "beverage", 6, 0.2),
        ),
    ),
    Theme(
        "BRK",
        1,
        (
            ("EXP", "Express breakfast", "food", 12, 1),
            ("ESP", "Espresso", "beverage", 3.2, 0.7),
            ("WAT", "Water", "beverage", 4, 0.2),
        ),
    ),
    Theme(
        "RST",
        2.4,
        (
            ("STK", "Sirloin steak", "food", 38, 1),
            ("RED", "Red wine, glass", "beverage", 12, 0.62),
            ("FRI", "Truffle fries", "food", 8, 0.4),
            ("WAT", "Water", "beverage", 4, 0.35),
            ("CAK", "Chocolate cake", "food", 11, 0.25),
        ),
    ),
    Theme(
        "RST",
        1.8,
        (
            ("FSH", "Sea bass", "food", 34, 1),
            ("WHT", "White wine, glass", "beverage", 11, 0.58),
            ("SAL", "Green salad", "food", 9, 0.4),
            ("WAT", "Water", "beverage", 4, 0.4),
            ("SOR", "Sorbet", "food", 8, 0.22),
        ),
    ),
    Theme(
        "RST",
        1.2,
        (
            ("KID", "Children's menu", "food", 14, 1),
            ("ICE", "Ice cream", "food", 6, 0.7),
            ("PAS", "Pasta", "food", 19, 0.6),
            ("LEM", "Lemonade", "beverage", 5, 0.65),
        ),
    ),
    Theme(
        "RST",
        1.0,
        (
            ("VEG", "Vegan bowl", "food", 21, 1),
            ("TEA", "Herbal tea", "beverage", 5, 0.5),
            ("FRU", "Fruit plate", "food", 9, 0.3),
        ),
    ),
    Theme(
        "BAR",
        2,
        (
            ("BEE", "Draught beer", "beverage", 7, 1),
            ("NUT", "Bar nuts", "food", 5, 0.4),
            ("BUR", "Club burger", "food", 19, 0.3),
        ),
    ),
    Theme(
        "BAR",
        1.6,
        (
            ("NEG", "Negroni", "beverage", 15, 1),
            ("OLI", "Olives", "food", 6, 0.45),
            ("TAP", "Sharing plate", "food", 22, 0.25),
            ("WAT", "Water", "beverage", 4, 0.2),
        ),
    ),
    Theme(
        "SPA",
        1.5,
        (
            ("MAS", "Massage 60 min", "spa", 110, 1),
            ("OIL", "Body oil", "retail", 32, 0.28),
            ("TEA", "Herbal tea", "beverage", 5, 0.5),
        ),
    ),
    Theme("SPA", 1, (("FAC", "Facial", "spa", 95, 1), ("CRM", "Face cream", "retail", 58, 0.33))),
    Theme("SHP", 1, (("GFT", "Gift box", "retail", 29, 1), ("CRD", "Postcard", "retail", 3, 0.35))),
    Theme("PRK", 1, (("PKD", "Parking, day", "parking", 28, 1), ("EVC", "Car charging", "parking", 16, 0.15))),
    Theme(
        "GLF",
        1,
        (
            ("GRF", "Green fee", "golf", 120, 1),
            ("BLL", "Golf balls", "retail", 24, 0.3),
            ("BEE", "Draught beer", "beverage", 7, 0.35),
        ),
    ),
)

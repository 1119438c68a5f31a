"""What reference data says of each property, as SQL."""

from dataclasses import dataclass

from ingest.sql.names import literal


@dataclass(frozen=True)
class Properties:
    """What reference data says of each property_code; empty when there is none."""

    time_zones: dict[str, str]
    currencies: dict[str, str]


def looked_up(values: dict[str, str], code: str, otherwise: str) -> str:
    """SQL of what reference data says for the property that the SQL `code` gives."""
    if not values:
        return otherwise
    cases = " ".join(f"when {literal(known)} then {literal(found)}" for known, found in sorted(values.items()))
    return f"case {code} {cases} else {otherwise} end"

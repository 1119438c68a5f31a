"""SQL over the accepted rows of delivered files: which rows are looked at and which of them are bad."""

from collections.abc import Sequence
from pathlib import Path

from guestbook.contracts import contract
from guestbook.warehouse import literal, quoted

EXAMPLE_ROWS = 3

_AHEAD = "date_diff('day', getvariable('night_date')::date, {}::date)"
_RATE = (
    "room_revenue_amount::double / greatest(coalesce(room_count, 1), 1)"
    " / greatest(date_diff('day', arrival_date, departure_date), 1)"
)

#: Amount that `*_to_median` compares with the median of its own file and currency: a limit that suits every currency.
COMPARED_AMOUNT = {
    "reservations": _RATE,
    "pos_checks": "net_amount::double",
    "interactions": "compensation_amount::double",
}

#: Values derived from a row, by feed: a rule may speak `of` them as of a column.
FEED_VALUES: dict[str, dict[str, str]] = {
    "reservations": {
        "lead_time_days": "date_diff('day', booked_at::date, arrival_date)",
        "los_nights": "date_diff('day', arrival_date, departure_date)",
        "room_rate_to_median": "compared_amount / typical_amount",
        "arrival_days_ahead": _AHEAD.format("arrival_date"),
        "version_days_ahead": _AHEAD.format("updated_at"),
        "cancelled_days_after_booking": "date_diff('day', booked_at, cancelled_at)",
    },
    "pos_checks": {
        "net_to_median": "compared_amount / typical_amount",
        "net_imbalance_amount": "gross_amount - coalesce(discount_amount, 0) - net_amount",
        "business_days_ahead": _AHEAD.format("business_date"),
        "version_days_ahead": _AHEAD.format("updated_at"),
    },
    "interactions": {
        "compensation_to_median": "compared_amount / typical_amount",
        "duration_seconds": "date_diff('second', started_at, ended_at)",
        "started_days_ahead": _AHEAD.format("started_at"),
        "version_days_ahead": _AHEAD.format("updated_at"),
    },
}


def feed_profile(feed: str, paths: Sequence[Path], measures: Sequence[tuple[str, str]]) -> str:
    """One row per accepted Parquet file: its path, row_count and three columns (rows, bad, first) for each measure.

    A measure is (condition that a row is looked at, condition that it is bad), both SQL over columns and values.
    """
    files = ", ".join(literal(str(path)) for path in paths)
    values = ", ".join(f"{sql} as {quoted(name)}" for name, sql in FEED_VALUES[feed].items())
    aggregates = "".join(
        f", count(*) filter (where {looked_at}) as rows_{place}"
        f", count(*) filter (where ({looked_at}) and ({bad})) as bad_{place}"
        f", min(row_number, {EXAMPLE_ROWS}) filter (where ({looked_at}) and ({bad})) as first_{place}"
        for place, (looked_at, bad) in enumerate(measures)
    )
    return f"""
        with file_row as (
            select filename as accepted_path, {COMPARED_AMOUNT[feed]} as compared_amount, *
            from read_parquet([{files}], filename = true, union_by_name = true)
        ),
        typical as (
            select accepted_path, currency_code, median(compared_amount) as typical_amount
            from file_row where compared_amount > 0
            group by accepted_path, currency_code
        ),
        value_row as (
            select file_row.*, {values}
            from file_row left join typical using (accepted_path, currency_code)
        )
        select accepted_path, count(*) as row_count{aggregates}
        from value_row
        group by accepted_path
    """


def repeated_keys(feed: str, paths: Sequence[Path]) -> str:
    """One row per accepted Parquet file: its path and how many rows repeat the key and version of another row."""
    files = ", ".join(literal(str(path)) for path in paths)
    spec = contract(feed)
    key = ", ".join(quoted(name) for name in (*spec.key, *([spec.version] if spec.version else [])))
    return (
        f"select filename as accepted_path, count(*) - count(distinct hash({key})) as repeated_count"
        f" from read_parquet([{files}], filename = true, union_by_name = true) group by filename"
    )


def is_null(column: str) -> tuple[str, str]:
    """Every row is looked at; an empty one is bad."""
    return "true", f"{quoted(column)} is null"


def is_outside(column: str, low: float | None, high: float | None) -> tuple[str, str]:
    """Rows with a value are looked at; one below `low` or above `high` is bad."""
    name = quoted(column)
    limits = [f"{name} < {low!r}"] if low is not None else []
    limits += [f"{name} > {high!r}"] if high is not None else []
    return f"{name} is not null", " or ".join(limits)


def is_not_in(column: str, allowed: Sequence[str]) -> tuple[str, str]:
    """Rows with a value are looked at; one that is not in the list is bad."""
    return (
        f"{quoted(column)} is not null",
        f"{quoted(column)} not in ({', '.join(literal(value) for value in allowed)})",
    )


def is_not_known(column: str, variable: str) -> tuple[str, str]:
    """Rows with a value are looked at; one that is not in the list held by the SQL variable is bad."""
    return f"{quoted(column)} is not null", f"not list_contains(getvariable({literal(variable)}), {quoted(column)})"


def set_list(variable: str) -> str:
    """Sets an SQL variable to a list of texts given as the statement's parameter."""
    return f"set variable {quoted(variable)} = ?::varchar[]"

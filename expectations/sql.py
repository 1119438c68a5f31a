"""All SQL of the gates: what is measured of delivered rows, of the customers and of the scores.

A gate measures with DuckDB, which streams Parquet, and Great Expectations judges the measures: one row per delivered
file, however many files and rows there are. So memory does not grow with a delivery, a bad file is told from its good
neighbours, and no name, e-mail or phone ever enters a validation result.
"""

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


_NOT_LISTED = """
select count_if(property_code not in (select property_code from lake.property)), count(*) from core.{fact}
"""
_NO_RATE = """
select count_if(
    currency_code <> $reporting_currency and currency_code not in (select currency_code from lake.fx_rate)
), count(*)
from core.{fact}
"""

#: Measures of the customer view: column it speaks of, and a query for one row (how many are bad, of how many).
#: Judged after the night's reference files are in. `$night_date` is the night.
CUSTOMER_MEASURES: dict[str, tuple[str, str]] = {
    "id_missing": ("customer_id", "select count_if(customer_id is null), count(*) from core.dim_customer"),
    "id_repeated": (
        "customer_id",
        "select count(customer_id) - count(distinct customer_id), count(*) from core.dim_customer",
    ),
    "customer_without_record": (
        "customer_id",
        """
        select count_if(customer_id not in (select customer_id from core.bridge_customer_source_record)), count(*)
        from core.dim_customer
        """,
    ),
    "record_without_customer": (
        "customer_id",
        """
        select count_if(customer_id is null or customer_id not in (select customer_id from core.dim_customer)), count(*)
        from core.bridge_customer_source_record
        """,
    ),
    "id_status_differs": (
        "customer_id",
        """
        select count_if(customer.customer_id is null or active.customer_id is null), count(*)
        from core.dim_customer as customer
        full join (select customer_id from core.customer_id_history where id_status = 'active') as active
            on customer.customer_id = active.customer_id
        """,
    ),
    "largest_customer": (
        "source_record_count",
        """
        select coalesce(max(record_count), 0), coalesce(sum(record_count), 0)::bigint
        from (select count(*) as record_count from core.bridge_customer_source_record group by customer_id)
        """,
    ),
    "many_people": (
        "identity_confidence",
        "select count_if(first_name_count > 3 or birth_date_count > 2), count(*) from identity.customer_confidence",
    ),
    "merged_tonight": (
        "current_customer_id",
        """
        select count_if(id_status = 'merged' and changed_on = $night_date), count(*)
        from identity.customer_history where issued_on < $night_date
        """,
    ),
    "confidence_outside": (
        "identity_confidence",
        """
        select count_if(identity_confidence is null or not identity_confidence between 0 and 1), count(*)
        from core.dim_customer
        """,
    ),
    "email_shape": (
        "email",
        r"""
        select count_if(not regexp_full_match(email, '[^@\s]+@[^@\s]+\.[^@\s.]+')), count(email)
        from core.dim_customer
        """,
    ),
    "phone_shape": (
        "phone_e164",
        r"""
        select count_if(not regexp_full_match(phone_e164, '\+[1-9][0-9]{5,14}')), count(phone_e164)
        from core.dim_customer
        """,
    ),
    "birth_date_odd": (
        "birth_date",
        """
        select count_if(birth_date > $night_date or birth_date < date '1880-01-01'), count(birth_date)
        from core.dim_customer
        """,
    ),
    "reservation_without_customer": (
        "customer_id",
        "select count_if(customer_id is null), count(*) from core.fct_reservation",
    ),
    "room_charge_without_customer": (
        "payment_method_code",
        """
        select count_if(customer_id is null), count(*)
        from core.fct_pos_check where payment_method_code = 'room_charge'
        """,
    ),
    "reservation_property_unknown": ("property_code", _NOT_LISTED.format(fact="fct_reservation")),
    "pos_property_unknown": ("property_code", _NOT_LISTED.format(fact="fct_pos_check")),
    "reservation_without_rate": ("currency_code", _NO_RATE.format(fact="fct_reservation")),
    "pos_without_rate": ("currency_code", _NO_RATE.format(fact="fct_pos_check")),
    "confirmation_without_customer": (
        "confirmation_number",
        """
        select count_if(customer_id is null), count(*)
        from core.fct_interaction where confirmation_number is not null
        """,
    ),
}

_SEGMENT = "(select * from ml.customer_segment_history where as_of_date = $night_date)"
_CHURN = "(select * from ml.customer_churn_history where as_of_date = $night_date)"
_CLV = "(select * from ml.customer_clv_history where as_of_date = $night_date)"
_REPEATED = "select count(*) - count(distinct customer_id), count(*) from {}"
_TIER = "select count_if(value_tier_code = '{}'), count(*) from {}"
_UNVERSIONED = "select count_if({} is not null and model_version is null), count(*) from {}"
_NO_PROBABILITY = "select count_if(isnan({0}) or not {0} between 0 and 1), count({0}) from {1}"

#: Measures of the scores as of the night, as above.
SCORE_MEASURES: dict[str, tuple[str, str]] = {
    "segment_repeated": ("customer_id", _REPEATED.format(_SEGMENT)),
    "churn_repeated": ("customer_id", _REPEATED.format(_CHURN)),
    "clv_repeated": ("customer_id", _REPEATED.format(_CLV)),
    "churn_outside": ("churn_probability", _NO_PROBABILITY.format("churn_probability", _CHURN)),
    "p_alive_outside": ("p_alive", _NO_PROBABILITY.format("p_alive", _CLV)),
    "clv_not_a_value": (
        "expected_revenue_amount",
        f"""
        select count_if(
            expected_revenue_amount < 0 or expected_stays < 0 or isnan(expected_stays) or isinf(expected_stays)
        ), count(*)
        from {_CLV}
        """,
    ),
    "segment_version_missing": ("model_version", _UNVERSIONED.format("segment_code", _SEGMENT)),
    "churn_version_missing": ("model_version", _UNVERSIONED.format("churn_probability", _CHURN)),
    "clv_version_missing": ("model_version", _UNVERSIONED.format("expected_stays", _CLV)),
    "visitor_without_segment": (
        "customer_id",
        f"""
        select count_if(customer_id not in (select customer_id from {_SEGMENT})), count(*)
        from (
            select distinct customer_id from core.fct_visit
            where customer_id is not null and arrival_date <= $night_date
        )
        """,
    ),
    "score_without_customer": (
        "customer_id",
        f"""
        select count_if(customer_id not in (select customer_id from core.dim_customer)), count(*)
        from {_SEGMENT}
        """,
    ),
    "churn_not_scored": ("churn_probability", f"select count_if(churn_probability is null), count(*) from {_CHURN}"),
    "vip_tier": ("value_tier_code", _TIER.format("vip", _SEGMENT)),
    "key_tier": ("value_tier_code", _TIER.format("key", _SEGMENT)),
    "regular_tier": ("value_tier_code", _TIER.format("regular", _SEGMENT)),
    "largest_segment": (
        "segment_code",
        f"""
        select coalesce(max(customer_count), 0), coalesce(sum(customer_count), 0)::bigint
        from (select count(*) as customer_count from {_SEGMENT} group by segment_code)
        """,
    ),
    "churn_mean_shift": (
        "churn_probability",
        f"""
        select abs(tonight.mean - earlier.mean), tonight.customer_count
        from (select avg(churn_probability) as mean, count(*) as customer_count from {_CHURN}) as tonight
        cross join (
            select avg(churn_probability) as mean from ml.customer_churn_history
            where as_of_date = (
                select max(as_of_date) from ml.customer_churn_history where as_of_date < $night_date
            )
        ) as earlier
        """,
    ),
}

#: Measures whose first figure is the measure itself, not a count of bad rows.
PLAIN_MEASURES = frozenset({"churn_mean_shift"})

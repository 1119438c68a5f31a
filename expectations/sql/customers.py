"""SQL over the customer view: one query per measure, for one row (how many are bad, of how many)."""

_NO_RATE = """
select count_if(
    currency_code <> $reporting_currency and currency_code not in (select currency_code from lake.fx_rate)
), count(*)
from core.{fact}
"""

#: Share of the rows of the last four weeks that lead nowhere; the property where it is worst is named.
_ROOM_CHARGES = """
with charge as (
    select property_code, count_if(reservation_id is null) as bad_count, count(*) as row_count
    from core.fct_pos_check
    where payment_method_code = 'room_charge'
        and business_date > $night_date::date - 28 and business_date <= $night_date::date
    group by property_code
)
select coalesce(sum(bad_count), 0)::bigint, coalesce(sum(row_count), 0)::bigint,
    'most in ' || arg_max(property_code, (bad_count / row_count, property_code))
    || ', ' || max(round(100 * bad_count / row_count, 1)) || '%'
from charge
"""
_CONFIRMATIONS = """
select count_if(not is_known), count(*), null
from (
    select confirmation_number in (
        select confirmation_number from core.fct_reservation where confirmation_number is not null
        union all
        select external_reference from core.fct_reservation where external_reference is not null
    ) as is_known
    from core.fct_interaction
    where confirmation_number is not null
        and started_at > $night_date::date - 28 and started_at < $night_date::date + 2
)
"""
_HEALTH = """
select metric_value, row_count, detail from ops.identity_health
where night_date = $night_date and metric_name = '{0}' and metric_value is not null
"""
#: Tonight against the mean of the last seven nights before.
_HEALTH_SHIFT = """
select abs(tonight.metric_value - earlier.usual), tonight.row_count,
    round(tonight.metric_value, 3) || ' tonight, usually ' || round(earlier.usual, 3)
from ops.identity_health as tonight
cross join (
    select avg(metric_value) as usual
    from (
        select metric_value from ops.identity_health
        where night_date < $night_date and metric_name = '{0}' and metric_value is not null
        order by night_date desc limit 7
    )
) as earlier
where tonight.night_date = $night_date and tonight.metric_name = '{0}' and tonight.metric_value is not null
    and earlier.usual is not null
"""

#: Shares that identity measured of itself (ops.identity_health), by measure: the column they speak of and the metric.
HEALTH_MEASURES = {
    "many_first_names": ("first_name", "customer_many_first_names_share"),
    "many_birth_dates": ("birth_date", "customer_many_birth_dates_share"),
    "records_moved": ("customer_id", "record_changed_customer_share"),
    "customers_split": ("customer_id", "customer_split_share"),
    "room_charges_attributed": ("customer_id", "room_charge_attributed_share"),
    "calls_attributed": ("customer_id", "interaction_identified_attributed_share"),
}
#: Shares of the same table whose change is measured.
SHIFT_MEASURES = {
    "single_record_shift": ("customer_id", "customer_single_record_share"),
    "check_attribution_shift": ("customer_id", "pos_check_attributed_share"),
    "call_attribution_shift": ("customer_id", "interaction_attributed_share"),
}

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
    "reservation_without_rate": ("currency_code", _NO_RATE.format(fact="fct_reservation")),
    "pos_without_rate": ("currency_code", _NO_RATE.format(fact="fct_pos_check")),
    "room_charge_without_reservation": ("reservation_id", _ROOM_CHARGES),
    "confirmation_unknown": ("confirmation_number", _CONFIRMATIONS),
    **{name: (column, _HEALTH.format(metric)) for name, (column, metric) in HEALTH_MEASURES.items()},
    **{name: (column, _HEALTH_SHIFT.format(metric)) for name, (column, metric) in SHIFT_MEASURES.items()},
}

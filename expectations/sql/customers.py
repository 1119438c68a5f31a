"""SQL over the customer view: one query per measure, for one row (how many are bad, of how many)."""

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

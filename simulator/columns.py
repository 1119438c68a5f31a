"""The canonical columns of the three feeds, as the simulator writes them (CONTRACTS.md section 1)."""

import numpy as np
import pandas as pd
import pyarrow as pa

MONEY = pa.decimal128(18, 2)
TIMESTAMP = pa.timestamp("s", tz="UTC")

_RESERVATIONS = """
source_system:string property_code:string reservation_id:string updated_at:ts status:string confirmation_number:string
external_reference:string booked_at:ts cancelled_at:ts arrival_date:date departure_date:date checked_in_at:ts
checked_out_at:ts room_count:int room_type_code:string booked_room_type_code:string room_number:string adult_count:int
child_count:int rate_plan_code:string market_segment_code:string channel_code:string source_code:string
promotion_code:string package_code:string purpose_code:string is_complimentary:bool group_block_code:string
share_id:string currency_code:string room_revenue_amount:decimal fnb_revenue_amount:decimal
other_revenue_amount:decimal total_revenue_amount:decimal nightly_amounts:json company_profile_id:string
company_name:string travel_agent_profile_id:string travel_agent_name:string travel_agent_iata:string
guest_profile_id:string guest_title:string guest_first_name:string guest_last_name:string guest_native_name:string
guest_email:string guest_phone:string guest_birth_date:date guest_gender:string guest_nationality_code:string
guest_language_code:string guest_address:string guest_city:string guest_state:string guest_postal_code:string
guest_country_code:string guest_document_type:string guest_document_number:string loyalty_number:string
loyalty_tier_code:string vip_code:string booker_name:string booker_email:string booker_phone:string
accompanying_guests:json special_requests:string consent_email:bool consent_sms:bool consent_phone:bool
consent_updated_at:ts
"""
_POS_CHECKS = """
source_system:string property_code:string pos_check_id:string line_number:int updated_at:ts business_date:date
check_number:string check_status:string opened_at:ts closed_at:ts outlet_code:string outlet_name:string
order_type_code:string cover_count:int table_number:string employee_code:string item_code:string item_name:string
item_category:string quantity:decimal gross_amount:decimal discount_amount:decimal net_amount:decimal
tax_amount:decimal service_charge_amount:decimal tip_amount:decimal currency_code:string is_void:bool
payment_method_code:string room_number:string reservation_id:string confirmation_number:string guest_name:string
loyalty_number:string card_token:string
"""
_INTERACTIONS = """
source_system:string interaction_id:string updated_at:ts started_at:ts ended_at:ts initial_interaction_id:string
channel_code:string direction_code:string property_code:string queue_name:string agent_code:string queue_seconds:int
talk_seconds:int hold_seconds:int wrap_up_seconds:int is_abandoned:bool customer_phone:string customer_email:string
customer_name:string loyalty_number:string confirmation_number:string language_code:string reason_code:string
disposition_code:string case_id:string case_status:string case_severity:string case_category:string
case_opened_at:ts case_first_answered_at:ts case_resolved_at:ts compensation_amount:decimal currency_code:string
csat_score:int nps_score:int summary_text:string consent_email:bool consent_sms:bool consent_phone:bool
consent_updated_at:ts
"""


def _parse(text: str) -> dict[str, str]:
    return dict(part.split(":") for part in text.split())


FEEDS: dict[str, dict[str, str]] = {
    "reservations": _parse(_RESERVATIONS),
    "pos_checks": _parse(_POS_CHECKS),
    "interactions": _parse(_INTERACTIONS),
}
ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "json": pa.string(),
    "int": pa.int64(),
    "decimal": MONEY,
    "date": pa.date32(),
    "ts": TIMESTAMP,
    "bool": pa.bool_(),
}


def arrow_column(values: object, kind: str) -> pa.ChunkedArray | pa.Array:
    """One column of a feed as its Arrow type; NaN, NaT and None become null, money is rounded to the cent."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    array = np.asarray(values)
    if kind == "decimal":
        return pa.array(np.round(array.astype(float), 2), from_pandas=True).cast(MONEY)
    if kind == "date":
        return pa.array(array.astype("datetime64[D]"), from_pandas=True)
    if kind == "ts":
        return pa.array(array.astype("datetime64[s]"), from_pandas=True).cast(TIMESTAMP)
    if kind == "int" and array.dtype.kind == "f":
        return pa.array(array, from_pandas=True).cast(pa.int64())
    if kind in {"string", "json"} and array.dtype.kind == "U":
        array = array.astype(object)
    return pa.array(array, type=ARROW_TYPES[kind], from_pandas=True)


def feed_table(feed: str, values: dict[str, object], row_count: int) -> pa.Table:
    """All canonical columns of a feed in contract order; columns without values are null."""
    unknown = set(values) - set(FEEDS[feed])
    if unknown:
        message = f"feed {feed} has no column {', '.join(sorted(unknown))}: see simulator/columns.py"
        raise ValueError(message)
    columns = {}
    for name, kind in FEEDS[feed].items():
        if name in values:
            columns[name] = arrow_column(values[name], kind)
        else:
            columns[name] = pa.nulls(row_count, ARROW_TYPES[kind])
    return pa.table(columns)


def to_utc(local: np.ndarray, property_index: np.ndarray, time_zones: list[str]) -> np.ndarray:
    """Local wall-clock times (datetime64[s]) of properties as UTC datetime64[s]; NaT stays NaT."""
    utc = np.full(len(local), "NaT", dtype="datetime64[s]")
    for index, zone in enumerate(time_zones):
        at = np.flatnonzero(property_index == index)
        stamps = pd.DatetimeIndex(local[at])
        aware = stamps.tz_localize(zone, ambiguous=np.zeros(len(at), dtype=bool), nonexistent="shift_forward")
        utc[at] = aware.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")
    return utc

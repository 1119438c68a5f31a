"""All SQL of exports: marts and audiences. Names come from the catalogue and are quoted."""

from guestbook.warehouse import quoted

#: Published relations that may be exported: schema, name.
EXPORTABLE = """
select schema_name, table_name from duckdb_tables()
where not internal and schema_name in ('core', 'marts', 'ml', 'ops') order by all
"""

#: One row per member to call tomorrow morning at a hotel; consent and suppression were decided in the mart.
CARE_CALLS = """
from marts.care_call_list where property_code = ? order by call_rank
"""
CARE_CALL_HOTELS = "select distinct property_code from marts.care_call_list order by property_code"

#: Customers of one of our own groups, by the code people know it by.
GROUPS = """
select customer_id from core.customer_360
where segment_code = $code or value_tier_code = $code or lifecycle_stage_code = $code or risk_band = $code
"""
GROUP_CODES = """
select distinct code from (
    select unnest([segment_code, value_tier_code, lifecycle_stage_code, risk_band]) as code from core.customer_360
) where code is not null order by code
"""

_MAY = {"email": "may_email", "sms": "may_sms", "phone": "may_phone"}
_SUPPRESSED = {"email": "is_email_suppressed", "sms": "is_sms_suppressed", "phone": "is_phone_suppressed"}
_ADDRESS = {"email": "email", "sms": "phone_e164", "phone": "phone_e164"}

COUNTS = """
select count(*) as asked, count(*) filter (not known) as unknown,
    count(*) filter (known and is_suppressed) as suppressed,
    count(*) filter (known and not is_suppressed and not may_contact) as without_consent
from audience_checked
"""
AUDIENCE = """
select customer_id, {address}, display_name, title, first_name, last_name, language_code, country_code, segment_code,
    segment_name, value_tier_code, lifecycle_stage_code, loyalty_tier_code, home_property_code
from audience_checked inner join core.customer_360 using (customer_id)
where may_contact order by customer_id
"""


def relation(schema: str, name: str) -> str:
    """All rows of a published relation."""
    return f"from {quoted(schema)}.{quoted(name)}"


def checked(channel: str) -> str:
    """A temporary table of who was asked for: one row per customer_id, and whether the channel may reach them."""
    return f"""
create or replace temp table audience_checked as
select asked.customer_id, reach.customer_id is not null as known,
    coalesce(reach.{_MAY[channel]}, false) as may_contact,
    coalesce(reach.{_SUPPRESSED[channel]}, false) as is_suppressed
from (select distinct customer_id from audience_asked where customer_id is not null) as asked
left join core.customer_reach as reach using (customer_id)
"""


def audience(channel: str) -> str:
    """The rows of the file: who may be contacted by the channel, with the address of that channel and no other."""
    return AUDIENCE.format(address=_ADDRESS[channel])

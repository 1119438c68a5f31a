"""All SQL of the customer card: one customer of the published night."""

FIND_ID = """
select coalesce(current_customer_id, customer_id) as customer_id, id_status
from core.customer_id_history where customer_id = ?
"""
#: By the golden record: other contact data that a guest once showed never leaves the warehouse.
FIND_EMAIL = """
select customer_id from core.customer_360 where email = $text order by customer_id
"""
#: A number without its country is looked for at the end of those known: 030 2016144 is +49302016144.
FIND_PHONE = """
select customer_id from core.customer_360
where phone_e164 = $text or (not starts_with($text, '+') and ends_with(phone_e164, $text))
order by customer_id
"""
FIND_LOYALTY = """
select customer_id from core.customer_360 where upper(loyalty_number) = upper($text) order by customer_id
"""

PROFILE = "from core.customer_360 where customer_id = ?"
FIELD_SOURCES = "select field_name, source_system from core.dim_customer_field_source where customer_id = ?"
REACH = "select may_email, may_phone, may_sms from core.customer_reach where customer_id = ?"
NEXT_ACTION = "from marts.next_best_action where customer_id = ?"
WARNING = """
select reason_code, suggested_action, silence_days, own_gap_days, value_at_stake_amount
from marts.early_warning where customer_id = ?
"""
PREFERENCES = """
select preference_code, preference_value, evidence_count, choice_count, preference_confidence
from marts.preference_profile where customer_id = ? and preference_rank = 1
order by preference_confidence desc, preference_code
"""
CASES = """
select case_id, opened_at, case_status, case_severity, case_category, property_code, compensation_amount, currency_code
from core.fct_case where customer_id = ?
order by case_status in ('resolved', 'closed'), opened_at desc, case_id
"""
EVENTS = """
select event_at, event_type, property_code, source_system, reference_id, amount, currency_code,
    count(*) over () as event_count
from core.fct_customer_event where customer_id = ? order by event_at desc, event_id limit 60
"""

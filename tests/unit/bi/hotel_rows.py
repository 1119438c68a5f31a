"""Two hotels in figures small enough to add up in the head."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

NIGHT = date(2026, 11, 20)
MONTH = date(2026, 11, 1)
NAME = "Mei Li"
EMAIL = "mei@example.org"
PHONE = "+8613912345678"


def customer(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "customer_id": f"c{number}", "display_name": f"Guest {number}", "home_property_code": "LIS", "visit_count": 2,
        "visit_trailing_year_count": 1, "night_count": 4, "is_member": False, "spend_amount": Decimal(1000),
        "spend_trailing_year_amount": Decimal(400), "expected_revenue_amount": Decimal(100), "currency_code": "EUR",
        "segment_code": "s1", "segment_name": "Recent high-spending regulars", "value_tier_code": "small",
        "lifecycle_stage_code": "active", "risk_band": "low", "churn_probability": 0.1, "churn_horizon_days": 365,
        "on_books_count": 0, "on_books_amount": Decimal(0), "open_case_count": 0, "clv_horizon_days": 365, **changes,
    }  # fmt: skip


CUSTOMERS = [
    customer(
        1, display_name=NAME, email=EMAIL, phone_e164=PHONE, loyalty_number="L-100", is_member=True, open_case_count=1,
        value_tier_code="vip", risk_band="critical", churn_probability=0.8, reason_1="Complained 12 days ago",
        expected_stays=1.5, native_name="李梅", consent_email=True, title="=HYPERLINK(1)", identity_confidence=0.98,
    ),
    customer(2, visit_count=1, lifecycle_stage_code="new", email="two@example.org"),
    customer(3, home_property_code="PMI", on_books_count=2, on_books_amount=Decimal(250), email="three@example.org"),
    customer(
        4, visit_count=0, home_property_code=None, segment_code=None, segment_name=None, lifecycle_stage_code=None
    ),
]  # fmt: skip


def day(code: str, back: int, sold: int, **changes: Any) -> dict[str, Any]:
    return {
        "property_code": code, "business_date": NIGHT - timedelta(days=back), "rooms_available_count": 10,
        "rooms_sold_count": sold, "arrival_count": sold, "cancellation_count": 0, "no_show_count": 0,
        "room_revenue_amount": Decimal(100 * sold), "total_revenue_amount": Decimal(120 * sold),
        "pos_amount": Decimal(20 * sold), "currency_code": "EUR", **changes,
    }  # fmt: skip


def call(code: str, rank: int, name: str, phone: str) -> dict[str, Any]:
    return {
        "property_code": code, "call_date": NIGHT + timedelta(days=1), "call_rank": rank, "customer_id": f"c{rank}",
        "display_name": name, "phone_e164": phone, "call_reason_code": "open_case", "value_tier_code": "vip",
        "lifecycle_stage_code": "slipping", "value_at_risk_amount": Decimal(80), "currency_code": "EUR",
        "risk_band": "critical", "open_case_count": 1,
    }  # fmt: skip


def stage(back: int, code: str, count: int) -> dict[str, Any]:
    as_of = NIGHT if back == 0 else MONTH - timedelta(days=1)
    return {
        "as_of_date": as_of, "month_start_date": as_of.replace(day=1), "lifecycle_stage_code": code, "stage_rank": 1,
        "customer_count": count, "inflow_count": 1, "outflow_count": 0,
    }  # fmt: skip


def complaints(code: str, cause: str, count: int) -> dict[str, Any]:
    return {
        "opened_month": MONTH, "property_code": code, "case_category": cause, "complaint_count": count, "open_count": 1,
        "answer_judged_count": count, "answered_in_time_count": 1, "resolve_judged_count": count,
        "resolved_in_time_count": 1, "compensation_amount": Decimal(5), "fast_judged_count": 2,
        "fast_returned_count": 1, "slow_judged_count": 0, "slow_returned_count": 0, "is_spike": cause == "noise",
        "usual_count": 1.0, "currency_code": "EUR",
    }  # fmt: skip


def tier(rank: int, code: str, customers: int, spend: int, *shares: float) -> dict[str, Any]:
    names = ("customer_share", "spend_share", "cumulative_customer_share", "cumulative_spend_share")
    return {
        "as_of_date": NIGHT, "value_tier_code": code, "tier_rank": rank, "customer_count": customers,
        "spend_amount": Decimal(spend), "threshold_amount": Decimal(spend), "currency_code": "EUR",
        **dict(zip(names, shares, strict=True)),
    }  # fmt: skip


def move(before: str, now: str, direction: str, count: int) -> dict[str, Any]:
    return {
        "as_of_date": MONTH - timedelta(days=1), "from_tier_code": before, "to_tier_code": now,
        "direction_code": direction, "customer_count": count, "from_spend_amount": Decimal(1),
        "to_spend_amount": Decimal(2), "stay_count": 1, "top_channel_code": "walk_in",
    }  # fmt: skip


JUDGED = [
    {
        "as_of_date": "2025-11-20", "row_count": 500, "churn_share": 0.6,
        "models": {"ensemble": {"auc": 0.8, "bias": -0.05, "calibration_slope": 0.9, "calibration_error": 0.04}},
    }
]  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "core.customer_360": CUSTOMERS,
    "core.customer_reach": [
        {"customer_id": "c1", "may_email": True, "is_email_suppressed": False, "may_phone": True, "may_sms": False},
        {"customer_id": "c2", "may_email": False, "is_email_suppressed": True, "may_phone": False, "may_sms": False},
        {"customer_id": "c3", "may_email": False, "is_email_suppressed": False, "may_phone": False, "may_sms": False},
        {"customer_id": "c4", "may_email": False, "is_email_suppressed": False, "may_phone": False, "may_sms": False},
    ],
    "core.customer_id_history": [
        *({"customer_id": f"c{n}", "id_status": "active", "current_customer_id": f"c{n}"} for n in (1, 2, 3, 4)),
        {"customer_id": "old1", "id_status": "merged", "current_customer_id": "c1"},
    ],
    "core.dim_customer_field_source": [
        {"customer_id": "c1", "field_name": "email", "field_value": EMAIL, "source_system": "opera"}
    ],
    "core.dim_property": [
        {"property_code": "LIS", "property_name": "Hotel Lisboa"},
        {"property_code": "PMI", "property_name": "Hotel <Palma>"},
    ],
    "core.fct_customer_event": [
        {
            "customer_id": "c1", "event_id": f"e{n}", "event_at": f"2026-11-0{n} 10:00:00+00", "event_type": kind,
            "property_code": "LIS", "reference_id": f"R{n}", "amount": Decimal(10 * n), "currency_code": "EUR",
            "source_system": "opera", "record_kind": "reservation",
        }
        for n, kind in ((1, "booking"), (2, "arrival"), (3, "complaint"))
    ],
    "core.fct_case": [
        {
            "customer_id": "c1", "case_id": "K1", "source_system": "connect", "case_status": "open",
            "case_severity": "high", "case_category": "noise", "property_code": "LIS",
            "opened_at": "2026-11-03 10:00:00+00",
        }
    ],
    "marts.property_daily": [
        day("LIS", 0, 8), day("LIS", 1, 6), day("LIS", 364, 5), day("PMI", 0, 2), day("PMI", 200, 9),
        day("PMI", 1, 0, rooms_available_count=None),
    ],
    "marts.source_of_business": [
        {
            "property_code": code, "arrival_month": MONTH, "dimension_code": "channel", "dimension_value": value,
            "reservation_count": 10, "cancelled_count": 2, "no_show_count": 0, "stayed_count": 8, "night_count": 16,
            "total_revenue_amount": Decimal(amount), "room_revenue_amount": Decimal(amount),
            "repeat_in_group_count": 4, "repeat_in_property_count": 2, "currency_code": "EUR",
        }
        for code, value, amount in (("LIS", "direct_web", 1600), ("LIS", "walk_in", 800), ("PMI", "direct_web", 400))
    ],
    "marts.customer_pyramid": [
        tier(1, "vip", 1, 400, 0.01, 0.4, 0.01, 0.4), tier(2, "key", 4, 300, 0.04, 0.3, 0.05, 0.7),
        tier(3, "regular", 15, 200, 0.15, 0.2, 0.2, 0.9), tier(4, "small", 80, 100, 0.8, 0.1, 1.0, 1.0),
    ],
    "marts.value_tier_migration": [
        move("small", "key", "up", 3), move("key", "small", "down", 2), move("none", "small", "new", 7),
        move("small", "small", "same", 50),
    ],
    "marts.lifecycle_stage_month": [stage(1, "active", 5), stage(0, "active", 6), stage(0, "slipping", 2)],
    "marts.cohort_retention": [
        {
            "cohort_month": cohort, "month_number": since, "cohort_count": 10, "active_count": 1,
            "returned_count": returned,
        }
        for cohort, since, returned in (
            (date(2025, 1, 1), 12, 4), (date(2025, 2, 1), 12, 2), (date(2026, 9, 1), 3, 9)
        )
    ],
    "marts.segment_profile": [
        {
            "segment_code": "s1", "segment_name": "Recent high-spending regulars", "customer_count": 3,
            "customer_share": 1.0, "spend_trailing_year_amount": Decimal(1200), "spend_trailing_year_share": 1.0,
            "mean_visit_count": 2.0, "median_recency_days": 40.0, "member_share": 0.3, "reach_share": 0.3,
            "mean_churn_probability": 0.3, "complaint_per_visit": 0.1,
            "suggested_programme": "care: recognise, upgrade, ask for a friend",
        }
    ],
    "marts.complaint_summary": [
        complaints("LIS", "noise", 6), complaints("LIS", "food", 2), complaints("PMI", "food", 2)
    ],
    "marts.early_warning": [
        {
            "customer_id": "c1", "owner_property_code": "LIS", "reason_code": "open_case", "value_tier_code": "vip",
            "value_at_stake_amount": Decimal(400), "suggested_action": "close the open case, then invite back",
            "silence_days": 90, "own_gap_days": 30.0,
        }
    ],
    "marts.lost_customer": [
        {
            "customer_id": "c9", "lost_on": NIGHT, "last_property_code": "LIS", "churn_type_code": "price",
            "value_lost_amount": Decimal(70), "is_won_back": True, "won_back_revenue_amount": Decimal(30),
        }
    ],
    "marts.care_call_list": [call("LIS", 1, NAME, PHONE), call("PMI", 1, "=cmd|' /C calc'!A0", "+351912345678")],
    "marts.next_best_action": [
        {
            "customer_id": "c1", "home_property_code": "LIS", "action_code": "solve_open_case",
            "action_reason": "An open case waits for an answer", "allowed_channel_code": "service",
        }
    ],
    "marts.member_tier_review": [
        {
            "customer_id": "c1", "home_property_code": "LIS", "current_tier_code": "gold", "activity_code": "active",
            "proposal_code": "up",
        }
    ],
    "marts.preference_profile": [
        {
            "customer_id": "c1", "preference_code": "arrival_weekday", "preference_rank": 1,
            "preference_value": "Friday", "evidence_count": 3, "choice_count": 4, "preference_share": 0.75,
            "preference_confidence": 0.3,
        }
    ],
    "marts.reconciliation": [
        {
            "property_code": "LIS", "business_month": MONTH, "check_code": "room_nights_reservation_stay",
            "left_figure": Decimal(7), "right_figure": Decimal(7), "difference_figure": Decimal("-0.0001"),
            "is_equality_expected": True, "is_equal": True,
        }
    ],
    "ml.model_run": [
        {
            "model_name": "churn", "model_version": "2026-11-20-abc", "trained_as_of": NIGHT, "horizon_days": 365,
            "metrics": json.dumps({"judged": JUDGED}), "is_promoted": True, "promotion_reason": "promoted",
        }
    ],
    "ops.load_report": [
        {
            "feed": "reservations", "night_date": NIGHT, "delivery_sequence": 1, "load_status": "accepted",
            "rows_read": 12, "rows_loaded": 10, "rows_duplicate": 1, "rows_quarantined": 1,
        }
    ],
    "ops.run": [
        {
            "night_date": NIGHT, "file_count": 1, "rows_loaded": 10, "rows_duplicate": 1, "rows_quarantined": 1,
            "customer_count": 4,
        }
    ],
    "ops.gate_result": [{"night_date": NIGHT, "suite_name": "reservations", "rule_name": "r", "gate_status": "passed"}],
}  # fmt: skip

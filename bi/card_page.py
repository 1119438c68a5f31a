"""The customer card as a page: the same sections for the screen and, as text, for the terminal."""

from typing import Any

from bi.card import Card
from guestbook.labels import Labels
from guestbook.page import Page, Section, Table, Text, Tiles, money, share

FIELDS = (
    "display_name", "title", "first_name", "last_name", "native_name", "email", "phone_e164", "birth_date", "gender",
    "nationality_code", "language_code", "address", "city", "postal_code", "country_code", "loyalty_number",
    "loyalty_tier_code", "home_property_code", "first_seen_at", "last_seen_at", "source_record_count",
    "identity_confidence",
)  # fmt: skip
CODED = {"gender": "gender"}
REACH = {"may_email": "email", "may_phone": "phone", "may_sms": "sms"}


def card_page(card: Card, labels: Labels) -> Page:
    """The page of a card."""
    currency = card.profile["currency_code"] or ""
    sections = [
        Section("next_action", labels("section", "next_action"), _action(card, labels, currency)),
        Section("value", labels("section", "value"), _value(card, labels, currency)),
        Section("cases", labels("section", "cases"), _cases(card, labels)),
        Section("preferences", labels("section", "preferences"), _preferences(card, labels)),
        Section("profile", labels("section", "profile"), _profile(card, labels)),
        Section("timeline", labels("section", "timeline"), _timeline(card, labels)),
    ]
    return Page(
        title=card.profile["display_name"] or card.profile["customer_id"],
        subtitle=_say(labels, "customer_subtitle", customer_id=card.profile["customer_id"], currency=currency),
        sections=sections,
        language=labels.language,
        footer=labels("say", "footer"),
    )


def _say(labels: Labels, code: str, **words: Any) -> str:
    return labels("say", code).format_map(words)


def _action(card: Card, labels: Labels, currency: str) -> list[Text]:
    action, warning = card.action, card.warning
    parts = []
    if action:
        told = labels("allowed_channel", action["allowed_channel_code"])
        name = labels("action", action["action_code"])
        parts.append(Text(_say(labels, "action", action=name, reason=action["action_reason"], told=told), "good"))
    if warning:
        words = {
            "reason": labels("warning_reason", warning["reason_code"]),
            "action": labels.known("warning_action", warning["suggested_action"]),
            "silence": warning["silence_days"],
            "usual": f"{warning['own_gap_days']:.0f}",
            "value": money(warning["value_at_stake_amount"]),
            "currency": currency,
        }
        parts.append(Text(_say(labels, "card_warning", **words), "warn"))
    ways = [labels("allowed_channel", code) for name, code in REACH.items() if card.reach.get(name)]
    parts.append(Text(_say(labels, "reach", ways=", ".join(ways) or labels("ui", "none")), "note"))
    return parts


def _value(card: Card, labels: Labels, currency: str) -> list[Text | Tiles]:
    row = card.profile

    def name(code: str) -> str:
        return labels("tile", code).format(currency=currency)

    tiles = [
        (name("value_tier"), labels("tier", row["value_tier_code"]), None),
        (name("lifecycle_stage"), labels("stage", row["lifecycle_stage_code"]), None),
        (name("segment"), labels.phrase("segment_words", row["segment_name"]), None),
        (name("visits"), row["visit_count"], str(row["last_visit_on"] or "") or None),
        (name("nights"), row["night_count"], None),
        (name("spend"), money(row["spend_amount"]), None),
        (name("spend_year"), money(row["spend_trailing_year_amount"]), None),
        (name("expected"), money(row["expected_revenue_amount"]), None),
        (name("churn"), share(row["churn_probability"], 0), labels("risk_band", row["risk_band"])),
        (name("next_arrival"), str(row["next_arrival_date"] or labels("ui", "none")), None),
    ]
    reasons = [row[reason] for reason in ("reason_1", "reason_2", "reason_3") if row[reason]]
    return [Tiles(tiles), *(Text(reason) for reason in reasons)]


def _cases(card: Card, labels: Labels) -> list[Table]:
    names = ("case", "opened", "state", "severity", "cause", "hotel", "amount")
    rows = [
        [
            case["case_id"],
            f"{case['opened_at']:%Y-%m-%d}" if case["opened_at"] else None,
            labels.known("case_status", case["case_status"]),
            labels.known("severity", case["case_severity"]),
            labels.known("cause", case["case_category"]),
            case["property_code"],
            _amount(case["compensation_amount"], case["currency_code"]),
        ]
        for case in card.cases
    ]
    return [_table(labels, "cases", names, rows)] if rows else []


def _preferences(card: Card, labels: Labels) -> list[Table]:
    names = ("preference", "choice", "evidence", "confidence")
    rows = [
        [
            labels.known("preference", row["preference_code"]),
            _choice(labels, row["preference_code"], row["preference_value"]),
            _say(labels, "of", part=row["evidence_count"], whole=row["choice_count"]),
            share(row["preference_confidence"], 0),
        ]
        for row in card.preferences
    ]
    return [_table(labels, "preferences", names, rows)] if rows else []


def _choice(labels: Labels, code: str, choice: str) -> str:
    group = {"arrival_weekday": "weekday", "bed": "bed", "channel": "channel"}.get(code)
    return labels.known(group, choice) if group else choice


def _profile(card: Card, labels: Labels) -> list[Table]:
    rows = [
        [labels("field", name), _field(labels, name, card.profile.get(name)), card.sources.get(name)]
        for name in FIELDS
        if card.profile.get(name) is not None
    ]
    return [_table(labels, "profile", ("field", "known", "source_system"), rows)]


def _field(labels: Labels, name: str, value: Any) -> str:
    if name in CODED:
        return labels.known(CODED[name], value)
    if name.endswith("_at"):
        return f"{value:%Y-%m-%d}"
    return share(value, 0) if name == "identity_confidence" else str(value)


def _timeline(card: Card, labels: Labels) -> list[Text | Table]:
    rows = [
        [
            f"{event['event_at']:%Y-%m-%d %H:%M}",
            labels.known("event", event["event_type"]),
            event["property_code"],
            event["reference_id"],
            _amount(event["amount"], event["currency_code"]),
        ]
        for event in card.events
    ]
    if not rows:
        return []
    note = Text(_say(labels, "newest_events", shown=len(rows), all=card.event_count), "note")
    return [note, _table(labels, "timeline", ("when", "event", "hotel", "reference", "amount"), rows)]


def _table(labels: Labels, title: str, names: tuple[str, ...], rows: list[list[Any]]) -> Table:
    return Table(labels("plot", title), [labels("column", name).format(currency="") for name in names], rows)


def _amount(amount: Any, currency: str | None) -> str | None:
    return None if amount is None else f"{amount:,.2f} {currency or ''}".strip()

"""One customer's identity as an offline page: records, links with their evidence, refusals, field winners."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from guestbook.page import Page, Part, Plot, Section, Table, Text, Tiles, share
from guestbook.plot import butterfly
from identity.rules import rule_book

Row = Mapping[str, Any]
KEPT = ("kept", "steward")
MAX_LINKS = 40  # of each kind; a regular guest of ten years has thousands that say the same
OTHER_REASONS = {
    "steward": "The steward decided it by hand; see the list in the home's steward folder.",
    "model": "No rule speaks for the pair; the match model weighs all fields together.",
    "anchor": "The first record of the customer: its id is made of it.",
    "single": "The only record of this customer.",
    "equal_record": "Says the same of the person as another record, in every compared field.",
}


def explain_page(content: Row) -> Page:
    """The page of what `identity.explain` found (with `waterfalls` of model links, if any)."""
    history, records, links = content["history"], content["records"], content["links"]
    names = {row["source_record_id"]: _record_name(row) for row in records}
    sections = [
        Section("customer", "Who it is", _summary(history, records, links)),
        Section("records", "Records", [_records(records, content["persons"], names)]),
        Section("links", "Links that hold it together", _links(links, names, content.get("waterfalls", ()))),
        Section("refused", "Contradictions: links refused or cut", _refused(links, names)),
        Section("fields", "Golden record", [_fields(content["fields"], names)]),
        Section("candidates", "Values that competed", [_candidates(content["candidates"], names)]),
        Section("rules", "What the rules mean", [_rules(records, links)]),
    ]
    return Page(
        f"Customer {content['customer_id']}",
        sections,
        subtitle=f"asked for {content['asked_for']}" if content["asked_for"] != content["customer_id"] else "",
        footer="Personal data: for the steward's eyes.",
    )


def _record_name(row: Row) -> str:
    place = f", {row['property_code']}" if row["property_code"] else ""
    return f"{row['record_kind']} {row['reference_id']} ({row['role']}{place})"


def _summary(history: Row, records: Sequence[Row], links: Sequence[Row]) -> list[Part]:
    weakest = min((row["match_probability"] for row in records), default=None)
    refused = sum(row["edge_status"] not in KEPT for row in links)
    tiles = [
        (
            "Status of the id asked for",
            history["id_status"],
            f"since {history['changed_on']}: {history['change_reason']}",
        ),
        ("Records", len(records), None),
        ("Weakest necessary link", share(weakest), "probability that both ends are one person"),
        ("Links refused or cut", refused, None),
    ]
    return [Tiles(tiles)]


def _records(records: Sequence[Row], persons: Sequence[Row], names: Mapping[str, str]) -> Table:
    said = {row["source_record_id"]: row for row in persons}
    columns = ("Record", "System", "Name", "E-mail", "Phone", "Birth date", "Held by", "Probability", "Since", "Id")
    rows = []
    for row in records:
        person = said.get(row["source_record_id"], {})
        name = person.get("person_name") or person.get("native_name")
        email, phone = (
            _marked(person.get(value), person.get(flag))
            for value, flag in (("email", "is_email_shared"), ("phone_e164", "is_phone_shared"))
        )
        birth_date = _marked(person.get("birth_date"), person.get("is_birth_date_shared"))
        held_by = row["match_rule"]
        if row["links_at"]:
            held_by += f"; links at {names.get(row['links_at'], row['links_at'])}, which says the same"
        rows.append(
            (names[row["source_record_id"]], row["source_system"], name, email, phone,
             birth_date, held_by, share(row["match_probability"]),
             str(row["valid_from"]), row["source_record_id"])
        )  # fmt: skip
    return Table("Every record, the anchor first; * is shared by many people and links nobody", columns, rows)


def _marked(value: object, is_shared: bool | None) -> str | None:
    return None if not value else f"{value} *" if is_shared else str(value)


def _links(links: Sequence[Row], names: Mapping[str, str], waterfalls: Sequence[Row]) -> list[Part]:
    kept = [row for row in links if row["edge_status"] in KEPT]
    if not kept:
        return [Text("No link was needed: one record, or records that say the same.", "note")]
    columns = ("First record", "Second record", "Rules", "Bits", "Probability", "Agree", "Differ")
    rows = [
        (_named(row, 1, names), _named(row, 2, names), row["match_rules"].replace(",", ", "), row["match_weight"],
         share(row["match_probability"]), row["agrees"], row["differs"])
        for row in kept[:MAX_LINKS]
    ]  # fmt: skip
    caption = f"{len(kept)} links, the strongest first" + (f" ({MAX_LINKS} shown)" if len(kept) > MAX_LINKS else "")
    return [Table(caption, columns, rows), *(_waterfall(row, names) for row in waterfalls)]


def _waterfall(row: Row, names: Mapping[str, str]) -> Plot:
    """What each comparison of the model adds or takes, from the prior to the sum, in bits."""
    steps = row["steps"]
    limit = max((abs(bits) for _, _, bits in steps), default=1.0) or 1.0
    bars = [(f"{name}: {level}".rstrip(": "), *_side(-bits), *_side(bits)) for name, level, bits in steps]
    total = 0.0
    rows = []
    for name, level, bits in steps:
        total += bits
        rows.append((name, level, bits, total))
    title = f"{_named(row, 1, names)} and {_named(row, 2, names)}"
    text = f"The model's evidence in bits (powers of two of the odds); they add up to {total:.1f}."
    table = Table(title, ("Comparison", "Level", "Bits", "Sum so far"), rows)
    return Plot(title, text, butterfly(title, ("against", "for"), bars, limit), table)


def _side(bits: float) -> tuple[float, str]:
    """A bar and its text; nothing for evidence of the other side."""
    return (bits, f"{bits:.1f}") if bits > 0 else (0.0, "")


def _refused(links: Sequence[Row], names: Mapping[str, str]) -> list[Part]:
    lost = [row for row in links if row["edge_status"] not in KEPT]
    if not lost:
        return [Text("No link was refused or cut.", "note")]
    columns = (
        "First record",
        "Second record",
        "Rules for it",
        "Bits",
        "Against it",
        "Agree",
        "Differ",
        "Other customer",
    )
    rows = [
        (_named(row, 1, names), _named(row, 2, names), row["match_rules"].replace(",", ", "), row["match_weight"],
         row["refused_reason"] or _reason_of_cut(row), row["agrees"],
         row["differs"], row["other_customer_id"])
        for row in lost[:MAX_LINKS]
    ]  # fmt: skip
    return [Table(f"{len(lost)} links that a guard refused or a cut removed", columns, rows)]


def _reason_of_cut(link: Row) -> str:
    known = {
        "their records contradict each other": link["customers_contradict"],
        "the customers differ in": link["customers_differ"],
        "one of them fits as well": link["also_fits"],
    }
    said = "; ".join(f"{reason}: {what}" for reason, what in known.items() if what)
    return (
        said
        or "what differs between their records, their days or hotels, or another person of that name says two people"
    )


def _fields(fields: Sequence[Row], names: Mapping[str, str]) -> Table:
    columns = ("Field", "Value", "Won by", "Source", "Record", "Observed")
    rows = [
        (row["field_name"], row["field_value"], row["survivorship_rule"], row["source_system"],
         names.get(row["source_record_id"], row["source_record_id"]), str(row["observed_at"] or ""))
        for row in fields
    ]  # fmt: skip
    return Table("Each field with the source that won and the rule that decided", columns, rows)


def _candidates(candidates: Sequence[Row], names: Mapping[str, str]) -> Table:
    columns = ("Fields", "Values", "Rank", "Records", "Verdict", "Best record")
    rows = [
        (row["field_group"], " | ".join(value or "–" for value in json.loads(row["field_values"])),
         row["candidate_rank"], row["record_count"], row["survivorship_rule"],
         names.get(row["source_record_id"], row["source_record_id"]))
        for row in candidates
    ]  # fmt: skip
    return Table("All values that any record shows; unfit ones are never golden", columns, rows)


def _rules(records: Sequence[Row], links: Sequence[Row]) -> Table:
    used = {row["match_rule"] for row in records} | {rule for row in links for rule in row["match_rules"].split(",")}
    why = {rule.name: rule.why for rule in rule_book().rules} | OTHER_REASONS
    rows = [(name, why.get(name, "A rule of an earlier version.")) for name in sorted(used)]
    return Table("Why each rule speaks for one person", ("Rule", "Why"), rows)


def _named(row: Row, side: int, names: Mapping[str, str]) -> str:
    record_id = str(row[f"source_record_id_{side}"])
    return names.get(record_id, f"another's record {record_id}")

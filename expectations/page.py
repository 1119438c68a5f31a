"""The gate page of a night: one offline HTML file, readable on a phone and by screen readers."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from expectations.record import overrides_of, results_of
from expectations.rules import load_rules
from guestbook.files import write_text_atomic
from guestbook.labels import Labels
from guestbook.page import template_environment
from guestbook.settings import FEEDS, Settings

TEMPLATES = Path(__file__).parent / "templates"
SUITES = (*FEEDS, "customers", "scores")
FAILED = ("blocked", "overridden", "warned")
WORDS = {
    "blocked": "Blocked",
    "overridden": "Overridden",
    "warned": "Warning",
    "passed": "Passed",
    "not_judged": "Not judged",
}


def gate_page_file(settings: Settings, night_date: date) -> Path:
    """Where the gate page of a night is."""
    return settings.reports_dir / night_date.isoformat() / "gates.html"


def write_gate_page(settings: Settings, night_date: date) -> Path:
    """Write the page from the recorded results; every gate of the night writes it again. Returns its path."""
    results = results_of(settings, night_date)
    suites = [_suite(name, [row for row in results if row["suite_name"] == name]) for name in SUITES]
    template = template_environment(TEMPLATES).get_template("gates.html.j2")
    html = template.render(
        night_date=night_date.isoformat(),
        verdict=_verdict([row["gate_status"] for row in results]),
        suites=suites,
        overrides=overrides_of(settings, night_date),
        next_steps={rule.rule: rule.next for rule in load_rules()},
        words=WORDS,
    )
    path = gate_page_file(settings, night_date)
    write_text_atomic(html, path)
    return path


def title_of(name: str) -> str:
    """A feed or suite as a heading; these pages are in English."""
    text = Labels("en").known("feed", name)
    return text[0].upper() + text[1:]


def _suite(name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A suite as the page shows it: failures one by one, the rest counted by rule."""
    failures = sorted((row for row in rows if row["gate_status"] in FAILED), key=_order)
    rest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["gate_status"] not in FAILED:
            entry = rest.setdefault((row["rule_name"], row["gate_status"]), {**row, "count": 0})
            entry["count"] += 1
    counts = {status: sum(row["gate_status"] == status for row in rows) for status in WORDS}
    return {
        "name": name,
        "title": title_of(name),
        "verdict": _verdict([row["gate_status"] for row in rows]),
        "counts": {status: count for status, count in counts.items() if count},
        "failures": failures,
        "rest": list(rest.values()),
        "files": len({row["file_name"] for row in rows if row["file_name"]}),
    }


def _order(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    return FAILED.index(row["gate_status"]), row["file_name"] or "", row["rule_name"], row["column_name"] or ""


def _verdict(statuses: Sequence[str]) -> str:
    for status in FAILED:
        if status in statuses:
            return status
    return "passed" if statuses else "not_judged"

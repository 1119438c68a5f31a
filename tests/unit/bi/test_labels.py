"""Every code that people are shown has a name in every language: the codes are read from where they are made."""

import re
from itertools import product

import pytest

from bi.card_page import FIELDS
from bi.diff import CAUSES, FIGURES
from expectations.page import WORDS
from guestbook.contracts import FEEDS
from guestbook.labels import LANGUAGES, Labels, label_groups
from guestbook.life_stages import LAST_STAGE, STAGE_LIMITS
from guestbook.settings import PROJECT_ROOT
from ml.rfm import LAST_TIER, TIERS
from ml.scoring import BANDS
from ml.segment_names import RECENCY_WORDS, SPEND_WORDS, VISIT_WORDS

MODELS = PROJECT_ROOT / "dbt_project" / "models"


def made_by(model: str, pattern: str) -> set[str]:
    """Codes that a model's SQL makes."""
    [path] = list(MODELS.rglob(f"{model}.sql"))
    found = set(re.findall(pattern, path.read_text()))
    assert found, f"{model}: {pattern} finds {found}"
    return found


SPECS = r"'(\w+)': \["
TIER_CODES = {code for code, _ in TIERS} | {LAST_TIER}
STAGE_CODES = {code for code, _ in STAGE_LIMITS} | {LAST_STAGE, "new", "won_back", "prospect"}
SHOWN = {
    "tier": TIER_CODES,
    "from_tier": TIER_CODES | {"none"},
    "stage": STAGE_CODES,
    "risk_band": {code for _, code in BANDS} | {"not_scored"},
    "action": made_by("next_best_action", r"    '(\w+)': \[\d") | {"none"},
    "allowed_channel": {"service", "phone", "email", "sms", "at_next_visit", "none"},
    "warning_reason": made_by("early_warning", r"(?:then|else) '([a-z]+_?[a-z]*)'\n"),
    "warning_action": made_by("early_warning", r"(?:then|else) '([^']*[ -][^']*)'"),
    "call_reason": made_by("care_call_list", SPECS),
    "churn_type": made_by("lost_customer", r"(?:then|else) '([a-z_]+)'"),
    "programme": made_by("segment_profile", r"(?:then|else) '([a-z-]+[^']{12,})'"),
    "check": made_by("reconciliation", SPECS),
    "event": made_by("fct_customer_event", r"'(\w+)' as event_type") | {"complaint", "interaction"},
    "preference": made_by("preference_profile", r"select customer_id, '(\w+)'"),
    "bed": {code for found in made_by("preference_profile", r"\\b\(([a-z|]+)\)\\b") for code in found.split("|")},
    "feed": set(FEEDS) | {"property", "fx_rate", "suppression"},
    "gate_status": set(WORDS),
    "figure": set(FIGURES),
    "change_cause": set(CAUSES),
    "field": set(FIELDS),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", SHOWN)
def test_every_code_has_a_label(group: str, language: str) -> None:
    labels = Labels(language)
    assert all(labels(group, code) for code in SHOWN[group])


def test_every_segment_name_can_be_said_in_chinese() -> None:
    words = [[word for _, word in group] for group in (RECENCY_WORDS, SPEND_WORDS, VISIT_WORDS)]
    ranks = ["", ", highest spend", ", no. 2 spend", ", lowest spend"]
    for recency, spend, visits in product(*words):
        for rank in ranks:
            name = " ".join(part for part in (recency, spend, visits) if part) + rank
            assert re.search("[A-Za-z]", Labels("zh").phrase("segment_words", name)) is None, name
            assert Labels("en").phrase("segment_words", name) == name


def test_no_label_is_left_that_nothing_shows() -> None:
    """Groups whose codes are written in the pages' own source."""
    source = "\n".join(
        path.read_text()
        for folder in ("bi", "guestbook", "ml", "identity", "expectations")
        for path in [*(PROJECT_ROOT / folder).rglob("*.py"), *(PROJECT_ROOT / folder).rglob("*.j2")]
    )
    unused = {
        f"{group}.{code}"
        for group in ("section", "plot", "say", "tile", "column", "ui")
        for code in label_groups()[group]
        if not re.search(rf"[\"']{code.removeprefix('tile_') if group == 'say' else code}[\"']", source)
    }
    assert unused == set(), sorted(unused)

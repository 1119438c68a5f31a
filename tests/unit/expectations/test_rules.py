"""The thresholds file is validated: unknown keys, measures and columns are refused by name."""

from pathlib import Path

import pytest
import yaml

from expectations.errors import ThresholdError
from expectations.rules import Rule, load_rules, rules_of
from guestbook.settings import FEEDS

GOOD = {
    "rule": "r",
    "suite": "reservations",
    "measure": "null",
    "of": "status",
    "at_most": 0.1,
    "severity": "warn",
    "since": "2026-11-22",
    "why": "a stated reason",
}


def load(tmp_path: Path, *entries: dict) -> tuple[Rule, ...]:
    path = tmp_path / "thresholds.yml"
    path.write_text(yaml.safe_dump({"rules": list(entries)}))
    return load_rules(path)


def test_every_suite_has_rules_that_block_and_rules_that_warn() -> None:
    for suite in (*FEEDS, "customers", "scores"):
        assert {rule.severity for rule in rules_of(suite)} == {"warn", "block"}, suite


def test_every_limit_says_since_when_and_why() -> None:
    rules = load_rules()
    assert len(rules) > 60
    assert [rule.rule for rule in rules if len(rule.why.split()) < 5] == []


def test_a_share_reads_as_percent_and_a_count_as_a_number(tmp_path: Path) -> None:
    share, count = load(
        tmp_path, GOOD, {**GOOD, "rule": "c", "measure": "delivered", "of": None, "at_most": None, "at_least": 1}
    )
    assert (share.threshold, count.threshold) == ("at most 10%", "at least 1")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at_moost": 1}, "at_moost"),
        ({"measure": "nul"}, "measure 'nul' is not known in suite reservations; allowed: null"),
        ({"of": "statuss"}, "statuss is neither a column nor a value of reservations"),
        ({"severity": "critical"}, "severity = 'critical'"),
        ({"at_most": None}, "needs at_least or at_most"),
        ({"low": 3}, "low and high belong to the measure `outside`"),
        ({"measure": "repeated_key"}, "`of` belongs to the measures"),
        ({"why": "short"}, "why = 'short'"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_name_and_what_is_allowed(tmp_path: Path, change: dict, said: str) -> None:
    with pytest.raises(ThresholdError, match="rule 'r'") as error:
        load(tmp_path, {**GOOD, **change})
    assert said in str(error.value)
    assert error.value.exit_code == 2


def test_a_rule_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ThresholdError, match="r is there more than once"):
        load(tmp_path, GOOD, GOOD)

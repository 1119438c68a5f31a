"""docker-compose.yml: valid, pinned, without a default secret, and BI sees nothing but the published data."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from guestbook.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SECRETS = {
    "AIRFLOW_ADMIN_PASSWORD",
    "AIRFLOW_API_SECRET",
    "AIRFLOW_DB_PASSWORD",
    "AIRFLOW_FERNET_KEY",
    "AIRFLOW_JWT_SECRET",
    "SUPERSET_ADMIN_PASSWORD",
    "SUPERSET_SECRET_KEY",
}
REQUIRED = SECRETS | {"LANDING_DIR"}
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<operator>:[?-])(?P<word>[^}]*))?\})")
EXACT_TAG = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?[\w.-]*$")
LONG_RUNNING = {"postgres", "api-server", "scheduler", "dag-processor", "triggerer", "superset"}


class RefusedError(Exception):
    """Compose would refuse to start."""


def interpolated(text: str, environment: dict[str, str]) -> str:
    """The file as compose reads it; a `${NAME:?message}` without a value is refused."""

    def value(match: re.Match[str]) -> str:
        name, operator, word = match["name"], match["operator"], match["word"]
        if name is None:
            return "$"
        if environment.get(name):
            return environment[name]
        if operator == ":?":
            raise RefusedError(f"{name}: {word}")
        return word or ""

    return VARIABLE.sub(value, text)


@pytest.fixture(scope="module")
def complete() -> dict[str, str]:
    return {name: f"{name.lower()}_value" for name in REQUIRED}


@pytest.fixture(scope="module")
def compose(complete: dict[str, str]) -> dict[str, Any]:
    return dict(yaml.safe_load(interpolated(COMPOSE.read_text(), complete)))


def test_follows_the_compose_schema(compose: dict[str, Any], tmp_path: Path) -> None:
    resolved = tmp_path / "docker-compose.json"
    resolved.write_text(json.dumps(compose))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(resolved)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_schema_check_can_fail(compose: dict[str, Any], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(compose | {"services": {"api-server": {"imagine": "x"}}}))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken)]
    assert subprocess.run(command, capture_output=True, check=False, timeout=120).returncode != 0


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_refuses_to_start_without(complete: dict[str, str], name: str) -> None:
    for value in (None, ""):
        environment = {key: kept for key, kept in complete.items() if key != name} | ({name: value} if value else {})
        with pytest.raises(RefusedError, match=rf"{name}.*set {name}"):
            interpolated(COMPOSE.read_text(), environment)


def test_no_secret_has_a_default() -> None:
    for match in VARIABLE.finditer(COMPOSE.read_text()):
        if re.search(r"PASSWORD|SECRET|KEY", match["name"] or ""):
            assert match["operator"] == ":?", f"{match['name']} has a default"


def test_no_secret_is_written_in_the_file() -> None:
    lines = [line for line in COMPOSE.read_text().splitlines() if re.search(r"(PASSWORD|SECRET|FERNET_KEY)\w*:", line)]
    assert len(lines) >= len(SECRETS)
    assert [line for line in lines if "${" not in line and "PASSWORDS_FILE" not in line] == []


def test_env_example_names_every_required_variable() -> None:
    example = (ROOT / ".env.example").read_text()
    assert {name for name in REQUIRED if not re.search(rf"^{name}=\s*(#.*)?$", example, re.MULTILINE)} == set()


def test_env_example_names_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(rf"^#({PREFIX}\w+)=", example, re.MULTILINE)) == SETTINGS


def test_every_setting_reaches_airflow(compose: dict[str, Any], complete: dict[str, str]) -> None:
    """Home and landing are volumes; each other setting is what .env says, and unset where it says nothing."""
    given = complete | {name: f"{name.lower()}_value" for name in SETTINGS}
    told = yaml.safe_load(interpolated(COMPOSE.read_text(), given))["services"]["scheduler"]["environment"]
    passed = SETTINGS - {"GUESTBOOK_HOME", "GUESTBOOK_LANDING"}
    assert {name: told.get(name) for name in passed} == {name: given[name] for name in passed}
    environment = compose["services"]["scheduler"]["environment"]
    assert Settings.load({name: environment[name] or "" for name in SETTINGS}) == Settings.load(
        {}, home="/data", landing="/landing"
    )


def test_images_are_pinned(compose: dict[str, Any]) -> None:
    images = {service["image"] for service in compose["services"].values()}
    bases = set(re.findall(r"^FROM (\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE))
    assert images
    assert bases
    assert [image for image in images | bases if not EXACT_TAG.match(image)] == []


def test_the_airflow_of_the_issue(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) >= LONG_RUNNING | {"init"}
    connection = compose["services"]["scheduler"]["environment"]["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert connection.startswith("postgresql+psycopg://")


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_long_running_services_report_their_health(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


def test_nothing_listens_beyond_loopback(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_bi_reads_the_published_data_and_nothing_else(compose: dict[str, Any]) -> None:
    assert compose["services"]["superset"]["volumes"] == ["superset:/superset", "published:/published:ro"]


def test_the_project_and_the_landing_are_mounted_read_only(compose: dict[str, Any]) -> None:
    volumes = compose["services"]["scheduler"]["volumes"]
    assert ".:/opt/guestbook:ro" in volumes
    binds = [volume for volume in volumes if isinstance(volume, dict)]
    assert [bind["read_only"] for bind in binds] == [True]


def test_same_user_writes_and_reads_the_snapshot(compose: dict[str, Any]) -> None:
    """The snapshot has mode 0600."""
    assert compose["services"]["superset"]["user"] == compose["services"]["scheduler"]["user"]


def test_schedule_zone_and_task_zone_are_one_setting(compose: dict[str, Any]) -> None:
    environment = compose["services"]["scheduler"]["environment"]
    assert environment["AIRFLOW__CORE__DEFAULT_TIMEZONE"] == environment["GUESTBOOK_TIME_ZONE"]

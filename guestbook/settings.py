"""One frozen settings object, built once from the environment, `<home>/guestbook.toml` and explicit arguments."""

import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from guestbook.contracts import FEEDS
from guestbook.errors import ConfigError, GuestbookError
from guestbook.privacy import read_or_make_key

PREFIX = "GUESTBOOK_"
CONFIG_FILE = "guestbook.toml"
DEFAULT_HOME = ".guestbook"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
ADDRESS = r"[^@\s,]+@[^@\s,]+"
# Set by the project for its own child processes, never by a user.
INTERNAL_NAMES = frozenset({"GUESTBOOK_WAREHOUSE_FILE"})


class Settings(BaseModel):
    """Everything that a run can be told. Money is reported in `reporting_currency`; days and seconds are whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(description="folder that holds everything a run writes")
    landing: str = Field(description="where feeds are delivered: a local path or an fsspec URL")
    landing_marker: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]+$",
        description="files wait for it beside them: a name (_SUCCESS) for the folder, an ending (.done) for each",
    )
    landing_quiet_seconds: int = Field(0, ge=0, description="a file waits until it has not changed for so long")
    feeds: tuple[str, ...] | None = Field(None, description="feeds expected every night; default: those ever delivered")
    time_zone: str = Field("UTC", description="IANA zone of the night's schedule")
    churn_horizon_days: int = Field(365, ge=1, le=1825, description="no visit in so many days is churn")
    churn_window_days: int = Field(730, ge=1, le=3650, description="a visit in so many days makes a customer to lose")
    reporting_currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="ISO 4217 code of reported money")
    language: str = Field("en", pattern=r"^(en|zh)$", description="language of pages and lists: en or zh")
    random_seed: int = Field(20261122, ge=0, description="seed of every model")
    warehouse_memory: str = Field("1200MB", pattern=r"^[0-9]+(MB|GB)$", description="what DuckDB may hold in memory")
    identity_change_limit: float = Field(
        0.05, gt=0, le=1, description="share of known records or customers that may be re-identified without approval"
    )
    alert_email: str | None = Field(
        None,
        pattern=rf"^{ADDRESS}(\s*,\s*{ADDRESS})*$",
        description="who is mailed when a task is red or waits for an answer: addresses, separated by commas",
    )
    lock_wait_seconds: int = Field(3600, ge=0, description="how long a task waits for the warehouse")

    @field_validator("feeds", mode="before")
    @classmethod
    def _split_feeds(cls, value: Any) -> Any:
        feeds = tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        unknown = [feed for feed in feeds or () if feed not in FEEDS]
        if unknown:
            raise ValueError(f"unknown feed {', '.join(unknown)}; allowed: {', '.join(FEEDS)}")
        return feeds

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("not an IANA time zone; allowed: names such as UTC or Europe/Lisbon") from error
        return value

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, home: Path | str | None = None, **overrides: Any) -> Self:
        """Settings from arguments, else environment, else `<home>/guestbook.toml`, else defaults.

        Raises ConfigError that names every wrong key with its value and what is allowed.
        """
        given = _from_environment(os.environ if environ is None else environ)
        resolved = Path(home or given.pop("home", None) or DEFAULT_HOME).expanduser().absolute()
        given.pop("home", None)
        values = {**_from_file(resolved / CONFIG_FILE), **given}
        values |= {name: value for name, value in overrides.items() if value is not None}
        values.setdefault("landing", str(resolved / "landing"))
        try:
            return cls(home=resolved, **values)
        except ValidationError as error:
            raise ConfigError(_explain(error)) from None

    @property
    def lake(self) -> Path:
        """Folder of the lake: accepted rows, quarantine and records."""
        return self.home / "lake"

    @property
    def warehouse_file(self) -> Path:
        """The pipeline's DuckDB file; one process at a time."""
        return self.home / "warehouse" / "guestbook.duckdb"

    @property
    def published_dir(self) -> Path:
        """Folder of the published snapshots."""
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        """The current snapshot that BI reads."""
        return self.published_dir / "guestbook.duckdb"

    @property
    def models_dir(self) -> Path:
        """Folder of saved models."""
        return self.home / "models"

    @property
    def reports_dir(self) -> Path:
        """Folder of HTML pages, one folder per night."""
        return self.home / "reports"

    @property
    def exports_dir(self) -> Path:
        """Folder of audiences that people exported; personal data."""
        return self.home / "exports"

    @property
    def airflow_home(self) -> Path:
        """AIRFLOW_HOME of this home: database and logs."""
        return self.home / "airflow"

    @property
    def sources_dir(self) -> Path:
        """Folder of the user's own vendor mappings."""
        return self.home / "sources"

    @cached_property
    def installation_key(self) -> bytes:
        """The secret key of this installation's keyed hashes (`<home>/installation.key`, mode 0600)."""
        return read_or_make_key(self.home / "installation.key")

    def prepare_home(self) -> None:
        """Make the home and make sure that it can be written."""
        probe = self.home / f".write_probe.{os.getpid()}"
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise unwritable(self.home, error) from None


def unwritable(home: Path, error: OSError) -> GuestbookError:
    """What to tell of a home that refuses to be written."""
    reason = error.strerror or type(error).__name__
    return GuestbookError(f"home {home} can't be written ({reason}): choose another with --home or GUESTBOOK_HOME")


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {name for name in environ if name.startswith(PREFIX) and name not in INTERNAL_NAMES and environ[name]}
    allowed = {PREFIX + field.upper() for field in Settings.model_fields}
    if names - allowed:
        raise ConfigError(_unknown(names - allowed, "environment variable", allowed))
    return {name.removeprefix(PREFIX).lower(): environ[name] for name in names}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    allowed = set(Settings.model_fields) - {"home"}
    if set(content) - allowed:
        raise ConfigError(_unknown(set(content) - allowed, f"key in {path}", allowed))
    return content


def _unknown(names: set[str], what: str, allowed: set[str]) -> str:
    return f"unknown {what}: {', '.join(sorted(names))}; allowed: {', '.join(sorted(allowed))}"


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        field = str(problem["loc"][0])
        about = Settings.model_fields[field].description if field in Settings.model_fields else "unknown setting"
        reason = problem["msg"].removeprefix("Value error, ")  # pydantic's words before ours
        lines.append(f"{PREFIX}{field.upper()} = {problem['input']!r}: {reason} ({about})")
    return "\n".join(lines)

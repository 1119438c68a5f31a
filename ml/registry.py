"""Saved models: `<home>/models/<model_name>/<model_version>/` holds model.joblib and card.json.

`<home>/models/<model_name>/current.json` names the version in use.

A model file is loaded only when its hash is the one on its card. The card is written last: without it a version does
not exist.
"""

import hashlib
import json
import platform
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from guestbook.errors import UsageError
from guestbook.files import atomic_path, write_json_atomic
from guestbook.settings import Settings
from ml.errors import ModelError

MODEL_NAMES = ("churn", "segment", "value")
FORMAT = 6  # raise when saved models of older code can no longer be used
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")
CARD, FILE, CURRENT = "card.json", "model.joblib", "current.json"


@dataclass(frozen=True)
class SavedModel:
    """A loaded model with its card."""

    model_name: str
    model_version: str
    model: Any
    card: dict[str, Any]


def library_versions() -> dict[str, str]:
    """Versions that a model's numbers depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def to_json(content: Any) -> str:
    """JSON with sorted keys; what is not a number or text is written as text."""
    return json.dumps(content, sort_keys=True, default=str)


def code_digest() -> str:
    """Hash of this package's code: the same data in other hands are another model."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def make_version(trained_as_of: date, *ingredients: Any) -> str:
    """Training date and a hash of all that the model is a function of.

    Same data, settings, seed and libraries give the same version.
    """
    content = to_json([FORMAT, code_digest(), library_versions(), *ingredients])
    return f"{trained_as_of.isoformat()}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def save(settings: Settings, model_name: str, model_version: str, model: Any, card: dict[str, Any]) -> None:
    """Write the model, then its card with the file's hash."""
    folder = _folder(settings, model_name) / model_version
    with atomic_path(folder / FILE) as draft:
        joblib.dump(model, draft, compress=3)
    content = {
        "model_name": model_name,
        "model_version": model_version,
        "format": FORMAT,
        "code": code_digest(),
        "libraries": library_versions(),
        "sha256": _sha256(folder / FILE),
        **card,
    }
    write_json_atomic(content, folder / CARD)


def load(settings: Settings, model_name: str, model_version: str) -> SavedModel:
    """A saved model after its hash was checked. Raises ModelError when it is missing, altered or of another format."""
    card = read_card(settings, model_name, model_version)
    path = _folder(settings, model_name) / model_version / FILE
    if not path.is_file() or _sha256(path) != card["sha256"]:
        raise ModelError(
            f"model {model_name} {model_version}: {path} is missing or not the file on its card; "
            "run `guestbook train` or roll back to another version"
        )
    if wrong := _other_format(card):
        raise ModelError(f"model {model_name} {model_version} {wrong}; run `guestbook train`")
    return SavedModel(model_name, model_version, joblib.load(path), card)


def read_card(settings: Settings, model_name: str, model_version: str) -> dict[str, Any]:
    """The card of a version."""
    saved = versions(settings, model_name)
    if model_version not in saved:  # asked by name: a version is no path, which could lead to another home's files
        raise ModelError(f"model {model_name} has no version {model_version}; saved: {', '.join(saved) or 'none'}")
    path = _folder(settings, model_name) / model_version / CARD
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def is_loadable(settings: Settings, model_name: str, model_version: str) -> bool:
    """Whether a version is still saved, in today's format."""
    is_saved = model_version in versions(settings, model_name)
    return is_saved and _other_format(read_card(settings, model_name, model_version)) is None


def versions(settings: Settings, model_name: str) -> list[str]:
    """Saved versions, oldest training first."""
    return sorted(path.parent.name for path in _folder(settings, model_name).glob(f"*/{CARD}"))


def current_version(settings: Settings, model_name: str) -> str | None:
    """The version in use."""
    served = served_versions(settings, model_name)
    return served[-1] if served else None


def served_versions(settings: Settings, model_name: str) -> list[str]:
    """Versions that were ever put to use, in the order of it; the last one is in use."""
    path = _folder(settings, model_name) / CURRENT
    return list(json.loads(path.read_text(encoding="utf-8"))["served"]) if path.is_file() else []


def promote(settings: Settings, model_name: str, model_version: str) -> None:
    """Put a saved version to use.

    Raises ModelError for a version that is not saved or can't be loaded, UsageError for one that today's settings and
    libraries can't score with: the next night would train over it.
    """
    if wrong := misfit(settings, read_card(settings, model_name, model_version)):
        raise UsageError(
            f"model {model_name} {model_version} {wrong}; change that, or choose another version"
            " (`guestbook models list`)"
        )
    load(settings, model_name, model_version)
    served = served_versions(settings, model_name)
    if not served or served[-1] != model_version:
        write_json_atomic({"served": [*served, model_version]}, _folder(settings, model_name) / CURRENT)


def roll_back(settings: Settings, model_name: str) -> str:
    """Put the version before the one in use to use again; returns it. Raises UsageError when there is none."""
    served = served_versions(settings, model_name)
    before = [version for version in served if version != served[-1]]
    if not before:
        raise UsageError(
            f"model {model_name} has no version before {served[-1] if served else 'the first'} to go back to"
        )
    promote(settings, model_name, before[-1])
    return before[-1]


def overview(settings: Settings) -> list[dict[str, Any]]:
    """One row per saved version, newest training last within a model: for `guestbook models list`."""
    kept = ("model_name", "model_version", "trained_as_of", "is_promoted", "promotion_reason")
    return [
        {**{name: read_card(settings, model_name, model_version).get(name) for name in kept}, "is_current": is_current}
        for model_name in MODEL_NAMES
        for model_version in versions(settings, model_name)
        for is_current in (model_version == current_version(settings, model_name),)
    ]


def is_usable(settings: Settings, model_name: str) -> bool:
    """Whether the version in use can score with today's settings and libraries; if not, the night trains again."""
    in_use = current_version(settings, model_name)
    if in_use is None:
        return False
    return misfit(settings, read_card(settings, model_name, in_use)) is None


def misfit(settings: Settings, card: dict[str, Any]) -> str | None:
    """Why a version can't score with today's settings and libraries, to follow its name; None when it can."""
    if wrong := _other_format(card):
        return wrong
    for name, value in (("horizon_days", settings.churn_horizon_days), ("window_days", settings.churn_window_days)):
        if card.get(name) not in (None, value):
            return f"has {name} {card[name]}, the setting GUESTBOOK_CHURN_{name.upper()} is {value}"
    saved_by, installed = card["libraries"]["scikit-learn"], library_versions()["scikit-learn"]
    if saved_by != installed:
        return f"was saved by scikit-learn {saved_by}, {installed} is installed"
    return None


def champion_before(settings: Settings, model_name: str, as_of_date: date) -> dict[str, Any] | None:
    """The card of the version put to use last among those trained before a date; None when there is none."""
    cards = [read_card(settings, model_name, version) for version in served_versions(settings, model_name)]
    before = [card for card in cards if card["trained_as_of"] < as_of_date.isoformat()]
    return before[-1] if before else None


def load_as_of(settings: Settings, model_name: str, night_date: date) -> SavedModel | None:
    """The model for a date: of those that were put to use, the last one trained by then.

    If none was trained by then, the first one: nothing else can score.
    """
    served = served_versions(settings, model_name)
    if not served:
        return None
    limit = night_date.isoformat()
    by_then = [v for v in served if read_card(settings, model_name, v)["trained_as_of"] <= limit]
    return load(settings, model_name, by_then[-1] if by_then else served[0])


def _other_format(card: dict[str, Any]) -> str | None:
    return None if card["format"] == FORMAT else f"has format {card['format']}, {FORMAT} is needed"


def _folder(settings: Settings, model_name: str) -> Path:
    if model_name not in MODEL_NAMES:
        raise UsageError(f"unknown model {model_name!r}; allowed: {', '.join(MODEL_NAMES)}")
    return settings.models_dir / model_name


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

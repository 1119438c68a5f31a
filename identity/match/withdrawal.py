"""A match model that was trained as of a night which is taken back."""

import json
from datetime import date
from pathlib import Path

from guestbook.files import write_json_atomic
from guestbook.settings import Settings
from guestbook.withdrawal import put_away
from identity.match.model import CARD, CURRENT, MANIFEST, SHAPE, models_folder


def withdraw_model(settings: Settings, night_date: date, folder: Path) -> None:
    """Put away what was learned as of a night, also that there are too few people for a model.

    The newest model before, if today's code can use it, is in force again; else the next night trains.
    """
    models = models_folder(settings)
    taken = sorted(models.glob(f"{night_date}-*"))
    pointer = models / CURRENT
    current = json.loads(pointer.read_text(encoding="utf-8")) if pointer.exists() else {}
    version = current.get("model_version")
    if str(night_date) == (version[: len("YYYY-MM-DD")] if version else current.get("trained_as_of")):
        kept = [path.parent.name for path in models.glob(f"*/{MANIFEST}") if path.parent not in taken]
        usable = sorted(name for name in kept if _shape_of(models / name) == SHAPE)
        if usable:
            write_json_atomic({"model_version": usable[-1], "shape": SHAPE}, pointer)
        else:
            pointer.unlink()
    for path in taken:
        put_away(path, folder / "models" / models.name)


def _shape_of(model: Path) -> str | None:
    """What a saved model knows; None of one that was saved before cards said so."""
    shape: str | None = json.loads((model / CARD).read_text(encoding="utf-8")).get("shape")
    return shape

"""A match model that was trained as of a night which is taken back."""

import json
from datetime import date
from pathlib import Path

from guestbook.files import write_json_atomic
from guestbook.settings import Settings
from guestbook.withdrawal import put_away
from identity.match.model import CURRENT, MANIFEST, models_folder


def withdraw_model(settings: Settings, night_date: date, folder: Path) -> None:
    """Put away the models trained as of a night; the newest before is in force again, else the next night trains."""
    models = models_folder(settings)
    taken = sorted(models.glob(f"{night_date}-*"))
    kept = sorted({path.parent for path in models.glob(f"*/{MANIFEST}")} - set(taken))
    pointer = models / CURRENT
    current = json.loads(pointer.read_text(encoding="utf-8")) if pointer.exists() else {}
    if current.get("model_version") in {path.name for path in taken}:
        if kept:
            write_json_atomic(current | {"model_version": kept[-1].name}, pointer)
        else:
            pointer.unlink()
    for path in taken:
        put_away(path, folder / "models" / models.name)

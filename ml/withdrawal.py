"""Models that were trained as of a night which is taken back."""

from datetime import date
from pathlib import Path

from guestbook.files import write_json_atomic
from guestbook.settings import Settings
from guestbook.withdrawal import put_away
from ml.registry import CURRENT, MODEL_NAMES, served_versions


def withdraw_models(settings: Settings, night_date: date, folder: Path) -> None:
    """Put away the versions trained as of a night; the one in use before them is in use again, if there was one."""
    trained = f"{night_date}-"
    for name in MODEL_NAMES:
        models = settings.models_dir / name
        served = served_versions(settings, name)
        kept = [version for version in served if not version.startswith(trained)]
        if kept != served:
            write_json_atomic({"served": kept}, models / CURRENT)
        for path in sorted(models.glob(f"{trained}*")):
            put_away(path, folder / "models" / name)

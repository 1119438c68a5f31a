"""Where pages are written, and what they are called."""

import re
from datetime import date
from hashlib import sha256
from pathlib import Path

from guestbook.settings import Settings

INDEX = "index.html"
PROPERTIES = "properties"


def night_folder(settings: Settings, night_date: date) -> Path:
    """Folder of a night's pages."""
    return settings.reports_dir / night_date.isoformat()


def file_stem(code: str) -> str:
    """A hotel's code as a file name; what no file name should hold is replaced, and told apart by a short hash."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", code)
    return plain if plain == code and plain else f"{plain}-{sha256(code.encode()).hexdigest()[:6]}"

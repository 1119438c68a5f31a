"""What exports call the contracts' columns and codes (`synonyms.yml`): known when a mapping is proposed."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml


def words(name: str) -> str:
    """`lastModifyDateTime`, `Last-Modify Date.Time` -> last_modify_date_time."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", re.sub(r"\[\d+\]", "", name))
    return re.sub(r"[^\w]+", "_", split).strip("_").lower().replace("__", "_")


@cache
def vocabulary() -> dict[str, Any]:
    """`names`: canonical column -> names in exports; `codes`: column -> our code -> theirs."""
    return yaml.load((Path(__file__).parent / "synonyms.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


@cache
def known_names() -> frozenset[str]:
    """Every name that some column goes by."""
    names = vocabulary()["names"]
    return frozenset([*names, *(name for found in names.values() for name in found)])

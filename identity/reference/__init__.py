"""Word lists of the identity stage, as data."""

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def word_list(name: str) -> Any:
    """The content of `<name>.yml` with every scalar as text (`no` and `null` are words here)."""
    text = resources.files(__name__).joinpath(f"{name}.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader builds only text, lists and mappings

"""Scores of customers: segments, churn risk, lifetime value.

Importing this package is cheap; the heavy libraries load inside the calls.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Public name -> module and name there.
_HOME = {
    "training_dates": ("ml.training", "training_dates"),
    "has_models": ("ml.training", "has_models"),
    "ensure_models": ("ml.training", "ensure_models"),
    "train": ("ml.training", "train"),
    "score": ("ml.scoring", "score"),
    "list_models": ("ml.registry", "overview"),
    "show_model": ("ml.registry", "read_card"),
    "promote_model": ("ml.registry", "promote"),
    "roll_back_model": ("ml.registry", "roll_back"),
    "withdraw_models": ("ml.withdrawal", "withdraw_models"),
}
__all__ = [
    "ensure_models",
    "has_models",
    "list_models",
    "promote_model",
    "roll_back_model",
    "score",
    "show_model",
    "train",
    "training_dates",
    "withdraw_models",
]


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in _HOME:
        raise AttributeError(f"module 'ml' has no attribute {name!r}")
    module, attribute = _HOME[name]
    return getattr(import_module(module), attribute)

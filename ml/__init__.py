"""Scores of customers: segments, churn risk, lifetime value.

Importing this package is cheap; the heavy libraries load inside the calls.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

_HOME = {
    "training_dates": "ml.training",
    "has_models": "ml.training",
    "needs_training": "ml.training",
    "ensure_models": "ml.training",
    "train": "ml.training",
    "score": "ml.scoring",
}
__all__ = ["ensure_models", "has_models", "needs_training", "score", "train", "training_dates"]


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in _HOME:
        raise AttributeError(f"module 'ml' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

"""The small gradient boosting that churn and value share: shallow, slow, well regularised."""

from typing import Any

SMALL_BOOSTING: dict[str, Any] = {
    "max_iter": 80,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "max_bins": 64,  # 255 say no more about eight leaves, and weighted ones take most of the fitting
    "min_samples_leaf": 100,
    "l2_regularization": 30.0,
    "early_stopping": False,
}

"""Reasons for a churn probability in words that a front desk understands.

A surrogate: the log odds of the model are explained by a few plain facts, each of which may push one way only (a longer
silence never lowers the risk), fitted by non-negative least squares. Its fidelity (R2 to the model) is kept beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from ml.churn_features import log_odds
from ml.visit_rhythm import Floats

REASON_COUNT = 3
LEAST_PUSH = 0.05  # log odds; less is not a reason
NEUTRAL_WEIGHT = 1e-3  # neutral facts come after every real reason
MAX_FIT_ROWS = 50_000


Rows = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Fact:
    """A plain fact: `push` grows with the risk.

    The words say it when it raises and when it lowers the risk (None: it then says nothing). A customer differs from
    the median one, but the words must be true of the customer: `raises_of` and `lowers_of` say of whom they are (None:
    of anybody).
    """

    push: Rows
    raises: str | None
    lowers: str | None
    is_neutral: bool = False  # true of anybody, so it may be told of customers who do not differ from the median one
    raises_of: Rows | None = None
    lowers_of: Rows | None = None


def _log(values: pd.Series) -> pd.Series:
    return np.log1p(values.clip(lower=0.0))


def _came_again(f: pd.DataFrame) -> pd.Series:
    return f["visit_count"] > 1  # "has come only once" says it better


FACTS: dict[str, Fact] = {
    "silence": Fact(lambda f: _log(f["rfm_recency_days"]), "Last visit {recency}", "Was here {recency}", True),
    "overdue": Fact(
        lambda f: (np.log((f["rfm_recency_days"] + 1) / (f["mean_gap_days"] + 1))).clip(-3, 3).fillna(0.0),
        "Usually comes every {gap}, last visit {recency}",
        "Usually comes every {gap}, so not overdue yet",
        raises_of=lambda f: f["rfm_recency_days"] > f["mean_gap_days"],
        lowers_of=lambda f: f["rfm_recency_days"] <= f["mean_gap_days"],
    ),
    "first_timer": Fact(lambda f: (f["visit_count"] <= 1).astype(float), "Has come only once so far", None),
    "visits": Fact(
        lambda f: -_log(f["visit_count"]),
        "Visits so far: {visits}",
        "Visits so far: {visits}",
        is_neutral=True,
        raises_of=_came_again,
        lowers_of=_came_again,
    ),
    "visits_year": Fact(
        lambda f: -_log(f["visit_trailing_year_count"]),
        "Visits in the last 12 months: {visits_year}",
        "Visits in the last 12 months: {visits_year}",
        True,
    ),
    "spend_year": Fact(
        lambda f: -_log(f["spend_trailing_year_amount"]),
        "Spent less than most in the last 12 months",
        "Spent more than most in the last 12 months",
    ),
    "booking": Fact(lambda f: -(f["on_books_count"] > 0).astype(float), None, "Has a booking, arriving {next_arrival}"),
    "complaint": Fact(
        lambda f: np.exp(-f["days_since_complaint"].clip(lower=0) / 180.0).fillna(0.0),
        "Complained {complaint}",
        None,
        raises_of=lambda f: f["days_since_complaint"].notna(),
    ),
    "cancelled": Fact(
        lambda f: (f["cancelled_count"] / f["booking_count"].clip(lower=1)).clip(0, 1),
        "Cancelled {cancelled} of {bookings}",
        None,
        raises_of=lambda f: f["cancelled_count"] > 0,
    ),
    "no_show": Fact(lambda f: (f["no_show_count"] > 0).astype(float), "Booked and did not come: {no_show}", None),
    "member": Fact(lambda f: -f["is_member"].clip(0, 1), "Not a loyalty member", "Loyalty member"),
    "direct": Fact(
        lambda f: -f["direct_share"].fillna(0.0),
        "Books mostly through agencies and portals",
        "Books mostly with us directly",
        raises_of=lambda f: f["direct_share"] < 0.5,
        lowers_of=lambda f: f["direct_share"] > 0.5,
    ),
    "properties": Fact(
        lambda f: -_log(f["property_count"]),
        None,
        "Has stayed in {properties} of our hotels",
        lowers_of=lambda f: f["property_count"] > 1,
    ),
}


class ReasonModel:
    """One weight per fact, and the median customer that reasons are told against."""

    def fit(self, features: pd.DataFrame, probability: Floats) -> Self:
        """Learn how far each fact explains the model's log odds."""
        step = -(-len(features) // MAX_FIT_ROWS)
        push = _pushes(features.iloc[::step])
        target = log_odds(np.asarray(probability)[::step])
        self.center_ = np.median(push, axis=0)
        self.safe_, self.risky_ = np.quantile(push, [0.05, 0.95], axis=0)
        design = push - push.mean(axis=0)
        weights, _ = nnls(
            np.vstack([design, 0.1 * np.sqrt(len(design)) * np.diag(design.std(axis=0))]),
            np.concatenate([target - target.mean(), np.zeros(design.shape[1])]),
        )
        self.weights_ = np.where(design.std(axis=0) > 1e-9, weights, 0.0)
        spread = float(np.var(target))
        self.fidelity_ = 0.0 if spread == 0 else max(0.0, 1.0 - float(np.var(target - design @ weights)) / spread)
        return self

    def explain(self, features: pd.DataFrame, probability: Floats) -> list[list[str | None]]:
        """Three columns of one text per row.

        The strongest reasons first, in the direction in which the customer differs from the median one.
        """
        push = _pushes(features)
        is_risky = np.asarray(probability) >= 0.5
        signed = np.where(is_risky[:, None], push - self.center_, self.center_ - push) * self.weights_
        from_far_end = np.where(is_risky[:, None], push - self.safe_, self.risky_ - push)
        for column, fact in enumerate(FACTS.values()):
            unsaid = (is_risky & (fact.raises is None)) | (~is_risky & (fact.lowers is None))
            weak = signed[:, column] <= LEAST_PUSH
            if fact.is_neutral:
                signed[weak, column] = (
                    NEUTRAL_WEIGHT * (1.0 + np.maximum(from_far_end[weak, column], 0.0)) * (self.weights_[column] > 0)
                )
                signed[signed[:, column] == 0, column] = -np.inf
            else:
                signed[weak, column] = -np.inf
            for is_side, said_of in ((is_risky, fact.raises_of), (~is_risky, fact.lowers_of)):
                if said_of is not None:
                    unsaid |= is_side & ~said_of(features).to_numpy()
            signed[unsaid, column] = -np.inf
        order = np.argsort(-signed, axis=1, kind="stable")[:, :REASON_COUNT]
        words = _words(features)
        names = list(FACTS)
        columns: list[list[str | None]] = []
        for rank in range(REASON_COUNT):
            chosen = order[:, rank]
            strength = signed[np.arange(len(signed)), chosen]
            text: NDArray[np.object_] = np.full(len(signed), None, dtype=object)
            for column, name in enumerate(names):
                for risky, template in ((True, FACTS[name].raises), (False, FACTS[name].lowers)):
                    rows = np.flatnonzero((chosen == column) & (is_risky == risky) & np.isfinite(strength))
                    if template is not None and len(rows):
                        text[rows] = _fill(template, words, rows)
            columns.append(text.tolist())
        return columns


def _pushes(features: pd.DataFrame) -> Floats:
    return (
        np.column_stack([fact.push(features).to_numpy(dtype=np.float64) for fact in FACTS.values()])
        if len(features)
        else np.empty((0, len(FACTS)))
    )


def _ago(days: int) -> str:
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def _ahead(days: int) -> str:
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def _number_of(one: str, many: str) -> Callable[[int], str]:
    return lambda count: f"{count} {one if count == 1 else many}"


# Word of a template: the column that it tells and how its number is said.
WORDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "recency": ("rfm_recency_days", _ago),
    "gap": ("mean_gap_days", lambda days: "day" if days <= 1 else f"{days} days"),
    "visits": ("visit_count", str),
    "visits_year": ("visit_trailing_year_count", str),
    "next_arrival": ("on_books_next_arrival_days", _ahead),
    "complaint": ("days_since_complaint", _ago),
    "cancelled": ("cancelled_count", str),
    "bookings": ("booking_count", _number_of("booking", "bookings")),
    "no_show": ("no_show_count", _number_of("time", "times")),
    "properties": ("property_count", str),
}


def _words(features: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    columns = {word: column for word, (column, _) in WORDS.items()}
    return {word: np.rint(features[column].fillna(0.0).to_numpy()).astype(np.int64) for word, column in columns.items()}


def _fill(template: str, words: dict[str, NDArray[np.int64]], rows: NDArray[np.int64]) -> list[str]:
    used = [word for word in words if "{" + word + "}" in template]
    if not used:
        return [template] * len(rows)
    values = np.column_stack([words[word][rows] for word in used])
    distinct, inverse = np.unique(values, axis=0, return_inverse=True)
    said = [[WORDS[word][1](int(value)) for word, value in zip(used, row, strict=True)] for row in distinct]
    texts = [template.format(**dict(zip(used, row, strict=True))) for row in said]
    return [texts[i] for i in inverse.ravel()]

"""Behavioural segments of recency, visits and spend: fitted, named, and with codes that outlive a retraining."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from threadpoolctl import threadpool_limits

from ml.lifecycle import typical_gap_days
from ml.segment_axes import AXES, WEIGHTS, log_axes, plain_axes, standards
from ml.segment_choice import Choice
from ml.segment_names import describe, name_segments
from ml.segment_plans import K_CHOICES, Grouping, Plan
from ml.segment_search import search
from ml.segment_yardstick import Yardstick
from ml.visit_rhythm import Floats

MIN_CUSTOMERS = 50
MATCH_LIMIT = 1.0  # middles further apart than so many standard deviations are different segments
SINGLE_CODE, SINGLE_NAME = "s0", "All guests"


class SegmentModel:
    """Segments of customers; a single one where nothing better can be had."""

    plan_: Plan | None
    grouping_: Grouping | None
    choice_: Choice | None
    middles_: Floats
    codes_: list[str]
    names_: list[str]
    descriptions_: list[str]
    reason_: str
    issued_: int

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state

    def fit(
        self,
        features: pd.DataFrame,
        champion: "SegmentModel | None" = None,
        earlier: Sequence[pd.DataFrame] = (),
    ) -> Self:
        """Choose a plan and fit it; codes and names are taken over from the champion's matching segments.

        `earlier` are features of dates before: segments that would have suited those seasons too are preferred.
        """
        self.typical_gap_days_ = typical_gap_days(features)
        self.tried_: list[Choice] = []
        plain = plain_axes(features)
        logs = log_axes(plain)
        self.center_, self.scale_ = standards(logs) if len(logs) else (np.zeros(len(AXES)), np.zeros(len(AXES)))
        distinct = len(np.unique(logs, axis=0))
        if len(plain) < MIN_CUSTOMERS:
            return self._single(f"one segment for all: {len(plain)} customers, {MIN_CUSTOMERS} needed", champion)
        if distinct <= max(K_CHOICES):
            return self._single(f"one segment for all: only {distinct} different customers", champion)
        yardstick = Yardstick(plain, self.random_state, [plain_axes(rows) for rows in earlier])
        with threadpool_limits(1):
            chosen, self.reason_, self.tried_ = search(yardstick, _in_use(champion))
        if chosen is None:
            return self._single(
                "one segment for all: no number of segments keeps every segment between 2% and 60%", champion
            )
        self.plan_, self.grouping_, self.choice_ = chosen.plan, chosen.grouping, chosen.choice
        self._label(plain, logs, chosen.grouping, champion)
        return self

    def predict(self, features: pd.DataFrame) -> tuple[NDArray[np.object_], Floats]:
        """Code and confidence (0.5-1: 0.5 on the border of two segments) per row."""
        if self.grouping_ is None or features.empty:
            return np.array([self.codes_[0]] * len(features), dtype=np.object_), np.ones(len(features))
        plain = plain_axes(features)
        return np.array(self.codes_, dtype=np.object_)[self.grouping_.assign(plain)], self.grouping_.confidence(plain)

    @property
    def names(self) -> dict[str, str]:
        """Readable name by code."""
        return dict(zip(self.codes_, self.names_, strict=True))

    def space(self, features: pd.DataFrame) -> Floats:
        """One row per customer: the standardised axes that the segments look at, as silhouettes are taken of."""
        looked_at = np.array([self.plan_ is None or name in self.plan_.axes for name in AXES])
        return (log_axes(plain_axes(features)) - self.center_) * self.scale_ * np.array(WEIGHTS) * looked_at

    def record(self) -> dict[str, Any]:
        """The steps of the choice, for the model run."""
        return {
            "reason": self.reason_,
            "chosen": None if self.choice_ is None else self.choice_.figures(),
            "missed_bars": ["number"] if self.choice_ is None else self.choice_.missed(),
            "typical_gap_days": self.typical_gap_days_,
            "tried": [choice.figures() for choice in self.tried_],
            "segments": [
                {
                    "segment_code": self.codes_[segment],
                    "segment_name": self.names_[segment],
                    "description": self.descriptions_[segment],
                }
                for segment in _recent_first(self.middles_)
            ],
        }

    def _label(self, plain: Floats, logs: Floats, grouping: Grouping, champion: "SegmentModel | None") -> None:
        number = grouping.assign(plain)
        self.middles_ = np.array([logs[number == segment].mean(axis=0) for segment in range(grouping.count)])
        names = name_segments(self.middles_, np.median(logs, axis=0))
        self.codes_, self.issued_ = match_codes(self.middles_, self.scale_, champion)
        known = {} if champion is None else champion.names
        self.names_ = _unique([known.get(code, name) for code, name in zip(self.codes_, names, strict=True)])
        self.descriptions_ = [describe(middle, grouping.rule(segment)) for segment, middle in enumerate(self.middles_)]

    def _single(self, reason: str, champion: "SegmentModel | None") -> Self:
        self.plan_ = self.grouping_ = self.choice_ = None
        self.reason_ = reason
        self.middles_ = np.zeros((1, len(AXES)))
        self.codes_, self.names_ = [SINGLE_CODE], [SINGLE_NAME]
        self.descriptions_ = ["Everybody: too little to tell guests apart by."]
        self.issued_ = 0 if champion is None else champion.issued_
        return self


def match_codes(middles: Floats, scale: Floats, champion: SegmentModel | None) -> tuple[list[str], int]:
    """One code per segment, and the highest number ever issued.

    The champion's code for the segment that it matches, a new number for others, most recent guests first.
    """
    issued = 0 if champion is None else champion.issued_
    codes = [""] * len(middles)
    if champion is not None and champion.grouping_ is not None:
        distance = cdist(middles * scale, champion.middles_ * scale)
        for new, old in zip(*linear_sum_assignment(distance), strict=True):
            if distance[new, old] <= MATCH_LIMIT:
                codes[new] = champion.codes_[old]
    for segment in _recent_first(middles):
        if not codes[segment]:
            issued += 1
            codes[segment] = f"s{issued}"
    return codes, issued


def _recent_first(middles: Floats) -> list[int]:
    return [int(segment) for segment in np.lexsort(middles.T[::-1])]


def _in_use(champion: SegmentModel | None) -> tuple[Plan, Grouping] | None:
    if champion is None or champion.plan_ is None or champion.grouping_ is None:
        return None
    return champion.plan_, champion.grouping_


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique

"""Behavioural segments of recency, visits and spend: fitted, named, and with codes that outlive a retraining."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml.lifecycle import typical_gap_days
from ml.segment_axes import AXES, WEIGHTS, log_axes, plain_axes, preparation, standards, typical_axes
from ml.segment_choice import LULL_SEASONS, Choice
from ml.segment_codes import Meaning, give_codes, likeness
from ml.segment_names import describe, name_segments
from ml.segment_outlook import months_ahead
from ml.segment_plans import K_CHOICES, Grouping, Plan
from ml.segment_search import search
from ml.segment_yardstick import Yardstick
from ml.visit_rhythm import Floats

MIN_CUSTOMERS = 50
LONGEST_LULL_DAYS = 92
SINGLE_CODE, SINGLE_NAME = "s0", "All guests"


class SegmentModel:
    """Segments of customers; a single one where nothing better can be had."""

    plan_: Plan | None
    grouping_: Grouping | None
    choice_: Choice | None
    typical_: Floats
    middles_: Floats
    codes_: list[str]
    meanings_: dict[str, Meaning]
    names_: list[str]
    descriptions_: list[str]
    reason_: str
    issued_: int
    kept_share_: float | None
    meaning_kept_: dict[str, float]

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state
        self.missing_since_: date | None = None

    def fit(
        self,
        features: pd.DataFrame,
        champion: "SegmentModel | None" = None,
        earlier: Sequence[pd.DataFrame] = (),
        as_of_date: date | None = None,
    ) -> Self:
        """Choose a plan and fit it; codes and names are taken over from the champion's matching segments.

        Segments that would suit the coming months too are preferred; where too little is known of these, those that
        would have suited dates before, whose features `earlier` are.
        `as_of_date`, where given, limits how long segments in use may go on missing a bar.
        """
        self.typical_gap_days_ = typical_gap_days(features)
        self.tried_: list[Choice] = []
        self.typical_ = typical_axes(features)
        plain = plain_axes(features, self.typical_)
        logs = log_axes(plain)
        self.center_, self.scale_ = standards(logs) if len(logs) else (np.zeros(len(AXES)), np.zeros(len(AXES)))
        distinct = len(np.unique(logs, axis=0))
        if len(plain) < MIN_CUSTOMERS:
            return self._single(f"one segment for all: {len(plain)} customers, {MIN_CUSTOMERS} needed", champion)
        if distinct <= max(K_CHOICES):
            return self._single(f"one segment for all: only {distinct} different customers", champion)
        seasons = months_ahead(features, plain, MIN_CUSTOMERS)
        if len(seasons) < LULL_SEASONS:
            seasons += [plain_axes(rows) for rows in earlier]
        yardstick = Yardstick(plain, self.random_state, seasons)
        with threadpool_limits(1):
            chosen, self.reason_, self.tried_ = search(yardstick, _in_use(champion), _may_wait(champion, as_of_date))
        if chosen is None:
            return self._single(
                "one segment for all: no number of segments keeps every segment between 2% and 60%", champion
            )
        self.plan_, self.grouping_, self.choice_ = chosen.plan, chosen.grouping, chosen.choice
        self._label(plain, logs, chosen.grouping, champion)
        self._compare(features, champion)
        if not chosen.choice.passes:
            is_kept = champion is not None and chosen.grouping is champion.grouping_
            self.missing_since_ = (champion.missing_since_ if champion and is_kept else None) or as_of_date
        return self

    def predict(self, features: pd.DataFrame) -> tuple[NDArray[np.object_], Floats]:
        """Code and confidence (0.5-1: 0.5 on the border of two segments) per row."""
        if self.grouping_ is None or features.empty:
            return np.array([self.codes_[0]] * len(features), dtype=np.object_), np.ones(len(features))
        plain = plain_axes(features, self.typical_)
        return np.array(self.codes_, dtype=np.object_)[self.grouping_.assign(plain)], self.grouping_.confidence(plain)

    @property
    def names(self) -> dict[str, str]:
        """Readable name by code."""
        return dict(zip(self.codes_, self.names_, strict=True))

    def space(self, features: pd.DataFrame) -> Floats:
        """One row per customer: the standardised axes that the segments look at, as silhouettes are taken of."""
        looked_at = np.array([self.plan_ is None or name in self.plan_.axes for name in AXES])
        logs = log_axes(plain_axes(features, self.typical_))
        return (logs - self.center_) * self.scale_ * np.array(WEIGHTS) * looked_at

    def record(self) -> dict[str, Any]:
        """The steps of the choice, for the model run."""
        return {
            "reason": self.reason_,
            "chosen": None if self.choice_ is None else self.choice_.figures(),
            "missed_bars": ["number"] if self.choice_ is None else self.choice_.missed(),
            "codes_kept_share": self.kept_share_,
            "typical_gap_days": self.typical_gap_days_,
            "features": preparation(self.center_, self.scale_, self.plan_.axes if self.plan_ else ()),
            "tried": [choice.figures() for choice in self.tried_],
            "segments": [
                {
                    "segment_code": self.codes_[segment],
                    "segment_name": self.names_[segment],
                    "description": self.descriptions_[segment],
                    "meaning_kept_share": self.meaning_kept_.get(self.codes_[segment]),
                }
                for segment in _recent_first(self.middles_)
            ],
        }

    def _label(self, plain: Floats, logs: Floats, grouping: Grouping, champion: "SegmentModel | None") -> None:
        number = grouping.assign(plain)
        is_kept = champion is not None and grouping is champion.grouping_
        former = champion.middles_ if champion is not None and is_kept else np.zeros((grouping.count, len(AXES)))
        rows = [logs[number == segment] for segment in range(grouping.count)]  # one in use may have nobody in a lull
        self.middles_ = np.array([r.mean(axis=0) if len(r) else middle for r, middle in zip(rows, former, strict=True)])
        names = name_segments(self.middles_, np.median(logs, axis=0))
        if champion is not None and is_kept:
            self.codes_, self.meanings_, self.issued_ = champion.codes_, champion.meanings_, champion.issued_
        else:
            meanings, issued = ({}, 0) if champion is None else (champion.meanings_, champion.issued_)
            order = _recent_first(self.middles_)
            self.codes_, self.meanings_, self.issued_ = give_codes(plain, grouping, order, meanings, issued)
        known = {} if champion is None else champion.names
        self.names_ = _unique([known.get(code, name) for code, name in zip(self.codes_, names, strict=True)])
        self.descriptions_ = [describe(middle, grouping.rule(segment)) for segment, middle in enumerate(self.middles_)]

    def _compare(self, features: pd.DataFrame, champion: "SegmentModel | None") -> None:
        """On these customers: share whose code is that of the champion, and how like what a code was given out for."""
        codes = self.predict(features)[0]
        self.kept_share_ = (
            None if champion is None else round(float((champion.predict(features)[0] == codes).mean()), 4)
        )
        plain = plain_axes(features, self.typical_)
        self.meaning_kept_ = {
            code: round(float(likeness((codes == code)[:, None], meaning.holds(plain)[:, None])[0, 0]), 4)
            for code, meaning in self.meanings_.items()
        }

    def _single(self, reason: str, champion: "SegmentModel | None") -> Self:
        self.plan_ = self.grouping_ = self.choice_ = None
        self.reason_ = reason
        self.middles_ = np.zeros((1, len(AXES)))
        self.codes_, self.names_ = [SINGLE_CODE], [SINGLE_NAME]
        self.descriptions_ = ["Everybody: too little to tell guests apart by."]
        self.meanings_, self.issued_ = ({}, 0) if champion is None else (champion.meanings_, champion.issued_)
        self.kept_share_, self.meaning_kept_ = None, {}
        return self


def _recent_first(middles: Floats) -> list[int]:
    return [int(segment) for segment in np.lexsort(middles.T[::-1])]


def _in_use(champion: SegmentModel | None) -> tuple[Plan, Grouping] | None:
    if champion is None or champion.plan_ is None or champion.grouping_ is None:
        return None
    return champion.plan_, champion.grouping_


def _may_wait(champion: SegmentModel | None, as_of_date: date | None) -> bool:
    since = None if champion is None else champion.missing_since_
    return since is None or as_of_date is None or (as_of_date - since).days < LONGEST_LULL_DAYS


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique

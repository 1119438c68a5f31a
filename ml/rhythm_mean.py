"""The visit models together: on real and made-up histories their mean was closer to what came than the likelier one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ml.judge import clipped
from ml.visit_rhythm import Floats, VisitRhythm


@dataclass(frozen=True)
class RhythmMean:
    """One or more fitted visit models as one: mean log odds of no visit, mean of visits and of being alive."""

    members: tuple[VisitRhythm, ...]

    @property
    def family(self) -> str:
        """Names of the members."""
        return "+".join(member.family for member in self.members)

    @property
    def r(self) -> float:
        """Mean shape of the visit rate."""
        return float(np.mean([member.r for member in self.members]))

    @property
    def customer_count(self) -> int:
        """Customers that the models were fitted on."""
        return self.members[0].customer_count

    def parameters(self) -> dict[str, Any]:
        """Fitted parameters by member."""
        return {member.family: vars(member) for member in self.members}

    def p_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """One value per row: probability of not having left for good by the end of `age`."""
        return np.mean([member.p_alive(frequency, recency, age) for member in self.members], axis=0)

    def p_none(self, frequency: Floats, recency: Floats, age: Floats, horizon: float) -> Floats:
        """One value per row: probability of no visit in (now, now + horizon]."""
        odds = [logit(clipped(member.p_none(frequency, recency, age, horizon))) for member in self.members]
        return expit(np.mean(odds, axis=0))

    def expected_visits(self, frequency: Floats, recency: Floats, age: Floats, horizon: float) -> Floats:
        """One value per row: expected visits in (now, now + horizon]."""
        return np.mean([member.expected_visits(frequency, recency, age, horizon) for member in self.members], axis=0)

"""What the match model compares: `settings.yml`, validated."""

from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(gt=0, lt=1)]

#: What speaks for a pair, or against it: eight to one.
DECISIVE_BITS = 3.0


class Level(BaseModel):
    """One way in which two values agree; `m` is the share of one person's pairs expected there before training.

    `kin`: namesakes who agree so are kin, whose share is fixed (namesake_share).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    m: Share
    sql: str
    frequency: str | None = None
    kin: bool = False


class Comparison(BaseModel):
    """Levels from the best agreement down; the rest is disagreement, `unknown` says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["given_name", "family_name", "background", "shared", "own"]
    unknown: str
    levels: tuple[Level, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _leaves_room_for_disagreement(self) -> Self:
        if sum(level.m for level in self.levels) >= 1:
            raise ValueError("the levels' m must leave something for disagreement")
        return self

    @property
    def is_of_household(self) -> bool:
        """Whether members of a household share it, in their own measure."""
        return self.kind in {"family_name", "shared"}

    @property
    def is_name(self) -> bool:
        """Whether it is a part of the name."""
        return self.kind in {"given_name", "family_name"}

    @property
    def starting_m(self) -> list[float]:
        """The m of each level and of disagreement; they add up to one."""
        shares = [level.m for level in self.levels]
        return [*shares, 1 - sum(shares)]


class MatchSpec(BaseModel):
    """The match model before it is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_profiles: int
    prior_pairs: float
    namesake_share: Share
    name_only_bits: float
    sampled_pairs: int
    training_pairs: int
    pairs_per_profile: float
    blocks: tuple[tuple[str, ...], ...]
    wide_pairs: int
    wide_blocks: tuple[tuple[str, ...], ...]
    comparisons: dict[str, Comparison]

    def frequency_columns(self) -> list[str]:
        """Columns whose values count by their frequency."""
        levels = [level for comparison in self.comparisons.values() for level in comparison.levels]
        return sorted({level.frequency for level in levels if level.frequency})


@cache
def match_spec() -> MatchSpec:
    """The project's match model before training."""
    text = resources.files("identity.match").joinpath("settings.yml").read_text(encoding="utf-8")
    return MatchSpec.model_validate(yaml.safe_load(text))

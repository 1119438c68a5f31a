"""What the match model compares: `settings.yml`, validated, as Splink settings."""

from functools import cache
from importlib import resources
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

STARTING_PRIOR = 1e-4


class Level(BaseModel):
    """One way in which two values agree."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    sql: str
    term_frequency: str | None = None

    def as_splink(self) -> dict[str, Any]:
        """The level in Splink's settings."""
        frequency = {"tf_adjustment_column": self.term_frequency, "tf_adjustment_weight": 1.0}
        condition = {"sql_condition": self.sql, "label_for_charts": self.label}
        return condition | (frequency if self.term_frequency else {})


class Comparison(BaseModel):
    """Levels from the best agreement down; anything else is disagreement, null in `needs` says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs: tuple[str, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = Field(min_length=1)

    def as_splink(self, name: str) -> dict[str, Any]:
        """The comparison in Splink's settings."""
        is_null = " or ".join(f"{column}_{side} is null" for column in self.needs for side in "lr")
        null_level = {"sql_condition": is_null, "label_for_charts": "unknown", "is_null_level": True}
        otherwise = {"sql_condition": "ELSE", "label_for_charts": "different"}
        return {
            "output_column_name": name,
            "comparison_levels": [null_level, *(level.as_splink() for level in self.levels), otherwise],
        }


class MatchSpec(BaseModel):
    """The match model before it is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_profiles: int
    minimum_filled_share: Annotated[float, Field(ge=0, le=1)]
    minimum_training_pairs: int
    link_threshold_bits: float
    recall_of_rules: Annotated[float, Field(gt=0, le=1)]
    certain: tuple[tuple[str, ...], ...]
    training_blocks: tuple[tuple[str, ...], ...]
    blocks: tuple[tuple[str, ...], ...]
    comparisons: dict[str, Comparison]

    def columns(self) -> set[str]:
        """Columns that comparisons and blocks read."""
        compared = {column for comparison in self.comparisons.values() for column in comparison.needs}
        return compared | {column for block in (*self.certain, *self.training_blocks) for column in block}

    def as_splink(self, filled: set[str]) -> dict[str, Any]:
        """Untrained Splink settings over the columns that are filled in."""
        return {
            "link_type": "dedupe_only",
            "linker_uid": "guestbook",  # Splink draws one otherwise, and the same training would give another version
            "unique_id_column_name": "unique_id",
            "probability_two_random_records_match": STARTING_PRIOR,
            "blocking_rules_to_generate_predictions": [{"blocking_rule": block_sql(block)} for block in self.blocks],
            "comparisons": [
                comparison.as_splink(name)
                for name, comparison in self.comparisons.items()
                if filled >= set(comparison.needs)
            ],
            "retain_intermediate_calculation_columns": False,
            "retain_matching_columns": False,
        }


def block_sql(columns: tuple[str, ...]) -> str:
    """A block as Splink's blocking rule."""
    return " and ".join(f"l.{column} = r.{column}" for column in columns)


@cache
def match_spec() -> MatchSpec:
    """The project's match model before training."""
    text = resources.files("identity.match").joinpath("settings.yml").read_text(encoding="utf-8")
    return MatchSpec.model_validate(yaml.safe_load(text))

"""A trained match model on disk: settings, term frequencies and card under `<home>/models/identity/<version>/`.

Edges depend on the model alone, never on the population at hand: its term-frequency tables are frozen with it, and a
value that training never saw counts as rare as the rarest.
"""

import hashlib
import json
import math
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guestbook.errors import GuestbookError
from guestbook.files import write_json_atomic, write_parquet_atomic
from guestbook.settings import Settings
from identity.groups import DOCUMENT_BITS, PROFILE_BITS
from identity.hotels import HotelHabits

#: What a model knows; one of another shape was made by other code and is trained again.
SHAPE = "hotels and consonants"
#: Pairs of a block grow with the square of the register: wide ones serve up to this many times the trained records.
MOST_GROWTH = 2
#: What of the card decides a weight, beside settings and frequencies.
DECISIVE = ("others", "hotels", "blocks", "wide_blocks", "record_count", "waived_guards", "link_threshold_bits")
CURRENT, MANIFEST, SETTINGS, CARD = "current.json", "manifest.json", "settings.json", "card.json"


class ModelRefused(GuestbookError):
    """A saved match model is not what was saved."""


@dataclass(frozen=True)
class MatchModel:
    """Splink settings with learned probabilities; `term_frequencies` has a table (value, tf) per column."""

    splink_settings: dict[str, Any]
    term_frequencies: dict[str, pa.Table]
    card: dict[str, Any]

    @property
    def model_version(self) -> str:
        """Night of training and a hash of all that decides a weight."""
        digest = hashlib.sha256(json.dumps(self.splink_settings, sort_keys=True).encode())
        for name, table in sorted(self.term_frequencies.items()):
            digest.update(name.encode())
            digest.update(json.dumps(table.sort_by("value").to_pydict()).encode())
        decisive = [self.card[name] for name in DECISIVE]
        digest.update(json.dumps(decisive, sort_keys=True).encode())
        return f"{self.card['trained_as_of']}-{digest.hexdigest()[:12]}"

    @property
    def others(self) -> dict[str, Any]:
        """What two people may be who look like one: the priors and levels of households and namesakes."""
        return dict(self.card["others"])

    @property
    def blocks(self) -> list[tuple[str, ...]]:
        """Lists of columns; two profiles that are equal in those of one list are compared."""
        return [tuple(block) for block in self.card["blocks"] + self.card["wide_blocks"]]

    def for_register(self, record_count: int) -> "MatchModel":
        """The model for so many person records: without wide blocks where the register has outgrown its training."""
        if record_count <= MOST_GROWTH * self.card["record_count"]:
            return self
        rules = self.splink_settings["blocking_rules_to_generate_predictions"][: len(self.card["blocks"])]
        return replace(
            self,
            splink_settings=self.splink_settings | {"blocking_rules_to_generate_predictions": rules},
            card=self.card | {"wide_blocks": []},
        )

    @property
    def waived_guards(self) -> list[str]:
        """Reasons to refuse a pair that don't stand in this data (identity.match.guards)."""
        return [str(reason) for reason in self.card["waived_guards"]]

    @property
    def second_profile_bits(self) -> float:
        """What another profile of one property says against one person: the rarer, the more; at least PROFILE_BITS."""
        share = self._shares_of_one_person("profile")
        return max(PROFILE_BITS, math.log2((share["equal"] + share["same property"]) / share["same property"]))

    @property
    def second_document_bits(self) -> float:
        """What another document says against one person: the fewer people have two, the more; at most DOCUMENT_BITS."""
        return min(DOCUMENT_BITS, -math.log2(self._shares_of_one_person("document")["different"]))

    @property
    def hotels(self) -> list[str]:
        """Property codes that the model knows, in the order of their numbers."""
        return sorted(self.card["hotels"]["shares"])

    @property
    def hotel_habits(self) -> HotelHabits:
        """How guests choose hotels; a hotel's number is its place in `hotels`, from 1 on."""
        learned = self.card["hotels"]
        shares = {number: learned["shares"][code] for number, code in enumerate(self.hotels, start=1)}
        return HotelHabits(shares, learned["same_person"], learned["same_family"])

    @property
    def link_threshold_bits(self) -> float:
        """Evidence from which the model links alone."""
        return float(self.card["link_threshold_bits"])

    def _shares_of_one_person(self, comparison: str) -> dict[str, float]:
        """By level of a comparison, the share among pairs of one person."""
        (levels,) = (
            one["comparison_levels"]
            for one in self.splink_settings["comparisons"]
            if one["output_column_name"] == comparison
        )
        return {level["label_for_charts"]: level.get("m_probability", 0.0) for level in levels}


def models_folder(settings: Settings) -> Path:
    """Where match models are kept."""
    return settings.models_dir / "identity"


def save_model(settings: Settings, model: MatchModel) -> Path:
    """Keep a model and make it the current one; the last file written is the one that makes it count."""
    folder = models_folder(settings) / model.model_version
    write_json_atomic(model.splink_settings, folder / SETTINGS)
    write_json_atomic(model.card | {"model_version": model.model_version, "shape": SHAPE}, folder / CARD)
    for column, table in model.term_frequencies.items():
        write_parquet_atomic(table, folder / f"tf_{column}.parquet")
    files = sorted(path for path in folder.iterdir() if path.name != MANIFEST and not path.name.startswith("."))
    write_json_atomic({path.name: _sha256(path) for path in files}, folder / MANIFEST)
    write_json_atomic({"model_version": model.model_version, "shape": SHAPE}, models_folder(settings) / CURRENT)
    return folder


def save_no_model(settings: Settings, as_of_date: date) -> None:
    """Go without a model, as was learned on a date: rules stand alone until the next training."""
    content = {"model_version": None, "shape": SHAPE, "trained_as_of": as_of_date.isoformat()}
    write_json_atomic(content, models_folder(settings) / CURRENT)


def was_trained(settings: Settings) -> bool:
    """Whether a training has said which model is in force, or that there is none, and this code can use it."""
    pointer = models_folder(settings) / CURRENT
    if not pointer.exists():
        return False
    return json.loads(pointer.read_text(encoding="utf-8")).get("shape") == SHAPE


def current_model(settings: Settings) -> MatchModel | None:
    """The model in force; None without one, or with one of another shape.

    Raises ModelRefused when a file is not the one saved.
    """
    pointer = models_folder(settings) / CURRENT
    model_version = json.loads(pointer.read_text(encoding="utf-8"))["model_version"] if was_trained(settings) else None
    if model_version is None:
        return None
    folder = models_folder(settings) / model_version
    if not (folder / MANIFEST).exists():
        raise ModelRefused(f"match model {folder} is incomplete: restore the folder, or remove {pointer} to go without")
    for name, sha256 in json.loads((folder / MANIFEST).read_text(encoding="utf-8")).items():
        path = folder / name
        if not path.exists() or _sha256(path) != sha256:
            raise ModelRefused(f"{path} is not the file that was saved: restore it, or remove {pointer} to go without")
    tables = {path.stem.removeprefix("tf_"): pq.read_table(path) for path in sorted(folder.glob("tf_*.parquet"))}
    return MatchModel(
        splink_settings=json.loads((folder / SETTINGS).read_text(encoding="utf-8")),
        term_frequencies=tables,
        card=json.loads((folder / CARD).read_text(encoding="utf-8")),
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

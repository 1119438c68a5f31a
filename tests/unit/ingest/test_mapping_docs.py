"""The reference in ingest/README.md names every key of the mapping language."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from ingest.mapping import CsvStyle, FeedMapping, ListOf, Mapping, NumberStyle, Unpivot, Value

README = (Path(__file__).parents[3] / "ingest" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", [Mapping, FeedMapping, CsvStyle, Unpivot, Value, ListOf, NumberStyle])
def test_every_key_is_in_the_reference(model: type[BaseModel]):
    keys = [field.alias or name for name, field in model.model_fields.items() if name not in ("sha256", "description")]
    assert keys
    assert [key for key in keys if f"{key}:" not in README and f"`{key}`" not in README] == []

"""A mapping's YAML: read as written, with the codes of its files, and every mistake told with its line."""

import csv
import hashlib
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ingest.errors import MappingError
from ingest.mapping.feed import Mapping
from ingest.mapping.meaning import problems
from ingest.mapping.mistakes import Mistake, of_validation

Place = tuple[int | str, ...]


class _TextLoader(yaml.BaseLoader):
    """YAML in which every value is text as written (`No` is not false, 007 not 7) and no key comes twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A dict; raises ConstructorError for a key that was there before."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"key {key.value!r} is there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file. Raises MappingError that names each wrong key, its line and what is allowed."""
    text, content = _content(path)
    digest = hashlib.sha256(text.encode())
    content = _with_codes(content, path.parent, digest)
    mistakes: list[Mistake] = problems(content)
    try:
        mapping = Mapping.model_validate({**content, "sha256": digest.hexdigest()})
    except ValidationError as error:
        mistakes = of_validation(error) + mistakes
    if mistakes:
        lines = _lines(yaml.compose(text, Loader=yaml.BaseLoader))
        shown = "\n".join(f"  {mistake.told(_line(lines, mistake.place))}" for mistake in mistakes)
        raise MappingError(f"mapping {path} is not valid:\n{shown}")
    return mapping


def _content(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = yaml.load(text, Loader=_TextLoader)  # noqa: S506  # makes nothing but texts, lists and dicts
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise MappingError(f"mapping {path} is not YAML{line}: {error.problem}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingError(f"mapping {path} can't be read: {type(error).__name__}; it must be YAML in UTF-8") from None
    if not isinstance(content, dict):
        raise MappingError(f"mapping {path} is not a YAML mapping; it starts with: vendor, feeds")
    return text, content


def _lines(node: Any, place: Place = ()) -> dict[Place, int]:
    """Place in the YAML -> its line, 1-based."""
    found: dict[Place, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, key.value)
            found |= _lines(value, here) | {here: key.start_mark.line + 1}
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*place, number)
            found |= _lines(value, here) | {here: value.start_mark.line + 1}
    return found


def _line(lines: dict[Place, int], place: Place) -> int | None:
    """The line of a place, or of the nearest one around it that the YAML has."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


def _with_codes(content: Any, folder: Path, digest: Any) -> Any:
    """The mapping's content with each `codes_file` replaced by the codes it holds; they count for the hash."""
    if isinstance(content, list):
        return [_with_codes(item, folder, digest) for item in content]
    if not isinstance(content, dict):
        return content
    found = {key: _with_codes(item, folder, digest) for key, item in content.items()}
    wanted = found.get("codes_file")
    if isinstance(wanted, str):
        wanted = {"file": wanted}
    if isinstance(wanted, dict) and set(wanted) <= {"file", "key", "value"} and isinstance(wanted.get("file"), str):
        found.pop("codes_file")
        found["codes"] = _file_codes(folder / wanted["file"], wanted, digest) | found.get("codes", {})
    return found


def _file_codes(path: Path, wanted: dict[str, str], digest: Any) -> dict[str, str]:
    """Their code -> ours from a CSV: the columns that `key` and `value` name, else the first two."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"codes_file {path} can't be read ({type(error).__name__}): UTF-8 CSV") from None
    digest.update(text.encode())
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if row]
    header = [name.strip() for name in rows[0]] if rows else []
    unknown = [wanted[part] for part in ("key", "value") if part in wanted and wanted[part] not in header]
    if unknown:
        raise MappingError(f"codes_file {path} has no column {', '.join(unknown)}; it has {', '.join(header)}")
    theirs, ours = (header.index(wanted[part]) if part in wanted else n for n, part in enumerate(("key", "value")))
    if any(len(row) <= max(theirs, ours) for row in rows):
        raise MappingError(f"codes_file {path}: each line has two columns, their code and ours")
    return {row[theirs]: row[ours] for row in rows[1:]}

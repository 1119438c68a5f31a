"""Words that people see, by language: one file (`labels.yml`), so that a code is called the same everywhere."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from guestbook.errors import GuestbookError

LABELS_FILE = Path(__file__).parent / "labels.yml"
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Labels:
    """The labels of one language."""

    language: str

    def __call__(self, group: str, code: str | None) -> str:
        """The label of a code; null is `none`. Raises GuestbookError for a code that the label file does not hold."""
        if code is None:
            return self("ui", "none")
        entry = label_groups().get(group, {}).get(code)
        if entry is None:
            raise GuestbookError(
                f"no label for {group} {code!r}: add it to {LABELS_FILE.name} in {', '.join(LANGUAGES)}"
            )
        return entry[self.language]

    def known(self, group: str, code: str | None) -> str:
        """The label of a code that vendors choose; without a label the code itself, readable."""
        if code is not None and code not in label_groups().get(group, {}):
            return code.replace("_", " ")
        return self(group, code)

    def phrase(self, group: str, text: str | None) -> str:
        """A text made of known words (`Recent high-spending regulars, no. 2 spend`), word by word in this language.

        The words are taken longest first; what no label names stays as it is.
        """
        if text is None:
            return self("ui", "none")
        words = sorted(label_groups().get(group, {}).items(), key=lambda item: -len(item[0]))
        for word, entry in words:
            text = text.replace(word, entry[self.language])
        return text


@cache
def label_groups() -> dict[str, dict[str, dict[str, str]]]:
    """All labels: group -> code -> language -> label."""
    content = yaml.safe_load(LABELS_FILE.read_text(encoding="utf-8"))
    return {str(group): {str(code): entry for code, entry in codes.items()} for group, codes in content.items()}

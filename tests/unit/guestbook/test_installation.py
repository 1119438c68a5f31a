"""A pull may bring packages that the environment lacks: the night says so before it starts."""

from pathlib import Path

import pytest

from guestbook.errors import GuestbookError
from guestbook.installation import check_installed


def test_this_environment_serves_this_project() -> None:
    check_installed()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a-package-nobody-has>=1", "a-package-nobody-has is not installed"),
        ("duckdb>=999", r"duckdb is .*, needed is >=999"),
    ],
)
def test_a_missing_or_old_package_is_named_with_the_next_step(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\ndependencies = ["pandas", "{line}"]\n')
    with pytest.raises(GuestbookError, match=f"older than the code: {said}. Run `make setup`"):
        check_installed(tmp_path)

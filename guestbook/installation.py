"""Whether the environment has what the project asks for: a pull may bring a package that is not installed yet."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from guestbook.errors import GuestbookError
from guestbook.settings import PROJECT_ROOT


def check_installed(project: Path = PROJECT_ROOT) -> None:
    """Raise GuestbookError when a package that the project's `pyproject.toml` asks for is missing or too old."""
    wanted = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    wrong = [problem for line in wanted if (problem := _problem(Requirement(line)))]
    if wrong:
        raise GuestbookError(
            f"this environment is older than the code: {'; '.join(wrong)}. Run `make setup` (or `uv sync --frozen`)"
        )


def _problem(requirement: Requirement) -> str | None:
    """What is wrong with an installed package; None when it serves, or is not for this platform."""
    if requirement.marker and not requirement.marker.evaluate():
        return None
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is not installed"
    if requirement.specifier.contains(installed, prereleases=True):
        return None
    return f"{requirement.name} is {installed}, needed is {requirement.specifier}"

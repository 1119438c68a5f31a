"""What must never be in the repository."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Written in parts so that this file does not find itself.
REGISTRY_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "deb.debian" + ".org")
MACHINE_PATHS = ("/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/", "/Us" + "ers/")
SECRETS = re.compile("BEGIN [A-Z ]*PRIVATE " + r"KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}")
DATA = (".parquet", ".duckdb", ".xlsx", ".zip")
LARGEST_FILE_BYTES = 1_000_000


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    assert len(files) > 100
    return files


def lines_with(needles: tuple[str, ...], skip: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.name not in skip
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if any(needle in line for needle in needles)
    ]


def test_no_registry_host_but_in_the_lock_file_whose_format_wants_it() -> None:
    assert lines_with(REGISTRY_HOSTS, skip={"uv.lock"}) == []


def test_no_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATHS, skip={"uv.lock"}) == []


def test_no_secret() -> None:
    found = [path for path in tracked() if SECRETS.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


def test_no_data_file_and_nothing_large() -> None:
    assert [path.name for path in tracked() if path.suffix in DATA] == []
    assert [path.name for path in tracked() if path.stat().st_size > LARGEST_FILE_BYTES] == []

"""How tests are spread over the workers of pytest-xdist: by file, but what shares costly fixtures on one worker."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

#: Warehouses that dbt builds are made once per session, and every worker is a session of its own.
TOGETHER = ("tests/dbt/",)


class ByFile(LoadFileScheduling):
    """A file goes to one worker, a folder of TOGETHER as well."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Only where `--dist loadfile` was asked for."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None

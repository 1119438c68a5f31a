from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from simulator import simulate

ARGUMENTS = {"customers": 400, "start": date(2024, 11, 1), "end": date(2026, 11, 20), "seed": 5}


class World(NamedTuple):
    landing: Path
    truth: Path
    summary: dict

    def known(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.truth / f"{name}.parquet")


def make(folder: Path, **more: object) -> World:
    summary = simulate(folder / "landing", folder / "truth", **(ARGUMENTS | more))
    return World(folder / "landing", folder / "truth", summary)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make(tmp_path_factory.mktemp("clean"), dirt=0.0)


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make(tmp_path_factory.mktemp("usual"), dirt=3.0)

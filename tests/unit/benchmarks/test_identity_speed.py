"""The steps of the speed benchmark run on today's columns; how fast they are is not asked here."""

from pathlib import Path

from benchmarks.bench_identity_speed import from_nothing, later_night, plain_splink, train
from benchmarks.person_records import make_records


def test_each_step_runs_on_a_few_records(tmp_path: Path) -> None:
    make_records(tmp_path / "records.parquet", record_count=1_500, new_count=30)

    assert train(tmp_path)["trained"]
    assert from_nothing(tmp_path)["counts"]["person_records"] > 1_000
    assert plain_splink(tmp_path)["pairs"] > 500
    assert 0 < later_night(tmp_path)["counts"]["changed_records"] <= 30

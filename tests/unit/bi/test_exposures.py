"""dbt's exposures say what the pages, cards, audiences and dashboards really read, so that lineage can be trusted."""

import re

import pytest
import yaml

from guestbook.settings import PROJECT_ROOT

DBT = PROJECT_ROOT / "dbt_project"
EXPOSURES = DBT / "models" / "marts" / "exposures.yml"
MODELS = {path.stem: path for path in (DBT / "models").rglob("*.sql")}
READ_BY = {
    "nightly_page": "bi/pages/sql.py",
    "front_desk_card": "bi/card_sql.py",
    "audience_export": "bi/export_sql.py",
    "superset_dashboards": "deploy/superset/datasets",
}
#: Read by all of `bi` to find a customer or a name, and what is read for another exposure in the same file.
ELSEWHERE = {"customer_id_history", "dim_property"}
#: Stages of the night, by their folder.
STAGES = {"identity": "identity", "scores": "ml", "gates": "expectations"}


def named_by(exposure: str) -> set[str]:
    """The models that an exposure names."""
    exposures = {entry["name"]: entry for entry in yaml.safe_load(EXPOSURES.read_text())["exposures"]}
    return {ref.removeprefix("ref('").removesuffix("')") for ref in exposures[exposure]["depends_on"]}


@pytest.mark.parametrize("name", READ_BY)
def test_an_exposure_names_what_is_read(name: str) -> None:
    source = PROJECT_ROOT / READ_BY[name]
    if source.is_dir():
        read = {path.stem for path in source.glob("*.yaml")}
    else:
        read = set(re.findall(r"\b(?:core|marts)\.(\w+)", source.read_text())) - ELSEWHERE
    calls = {"care_call_list"} if name == "audience_export" else set()
    assert named_by(name) == read - calls


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_names_the_models_that_it_reads(name: str) -> None:
    files = [path for path in (PROJECT_ROOT / STAGES[name]).rglob("*") if path.suffix in {".py", ".sql"}]
    schemas = r"\b(?:staging|helper|core|features|marts)\.(\w+)"
    read = {word for path in files for word in re.findall(schemas, path.read_text(encoding="utf-8"))}
    assert named_by(name) == read & set(MODELS)


def test_somebody_reads_every_model() -> None:
    """Another model, a test of what is conserved, or an exposure."""
    queries = [*MODELS.values(), *(DBT / "tests").rglob("*.sql"), *(DBT / "macros").rglob("*.sql")]
    read = {name for path in queries for name in re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8"))}
    exposed = set(re.findall(r"ref\('(\w+)'\)", EXPOSURES.read_text(encoding="utf-8")))
    assert set(MODELS) - read - exposed == set()

"""dbt's exposures say what the pages, cards, audiences and dashboards really read, so that lineage can be trusted."""

import re

import pytest
import yaml

from guestbook.settings import PROJECT_ROOT

EXPOSURES = PROJECT_ROOT / "dbt_project" / "models" / "marts" / "exposures.yml"
READ_BY = {
    "nightly_page": "bi/pages/sql.py",
    "front_desk_card": "bi/card_sql.py",
    "audience_export": "bi/export_sql.py",
    "superset_dashboards": "deploy/superset/datasets",
}
#: Read by all of `bi` to find a customer or a name, and what is read for another exposure in the same file.
ELSEWHERE = {"customer_id_history", "customer_field_candidate", "dim_property"}


@pytest.mark.parametrize("name", READ_BY)
def test_an_exposure_names_what_is_read(name: str) -> None:
    exposures = {entry["name"]: entry for entry in yaml.safe_load(EXPOSURES.read_text())["exposures"]}
    named = {ref.removeprefix("ref('").removesuffix("')") for ref in exposures[name]["depends_on"]}
    source = PROJECT_ROOT / READ_BY[name]
    if source.is_dir():
        read = {path.stem for path in source.glob("*.yaml")}
    else:
        read = set(re.findall(r"\b(?:core|marts)\.(\w+)", source.read_text())) - ELSEWHERE
    calls = {"care_call_list"} if name == "audience_export" else set()
    assert named == read - calls

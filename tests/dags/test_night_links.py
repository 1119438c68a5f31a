"""From a run to the pages of its night: links on tasks, and a server that shows two pages to whoever is logged in."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guestbook.settings import PROJECT_ROOT, Settings

NIGHT = "2026-11-20"
BOTH = {"Deliveries of the night", "Gates of the night"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GUESTBOOK_HOME", str(tmp_path))
    folder = tmp_path / "reports" / NIGHT
    folder.mkdir(parents=True)
    (folder / "gates.html").write_text("<h1>Gates</h1>")
    (folder / "call_list.html").write_text("<h1>People</h1>")
    return Settings.load()


@pytest.mark.parametrize(
    ("dag_id", "task_id", "names"),
    [
        ("ingest_reservations", "gate_and_commit", BOTH),
        ("run_night", "ingest_pos_checks.gate_and_commit", BOTH),
        ("build_customer_view", "gate_customers", {"Gates of the night"}),
        ("run_night", "score_customers.gate_scores", {"Gates of the night"}),
        ("publish_bi", "publish", BOTH),
    ],
)
def test_a_task_that_judges_links_to_its_pages(
    dags: dict[str, Any], dag_id: str, task_id: str, names: set[str]
) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.from_dict(DagSerialization.to_dict(dags[dag_id]))
    assert set(stored.get_task(task_id).extra_links) == names


def test_a_link_leads_to_the_night_of_the_run(dags: dict[str, Any], settings: Settings) -> None:
    run = SimpleNamespace(dag_id="publish_bi", run_id="r", partition_key=NIGHT, conf=None)
    running = SimpleNamespace(get_template_context=lambda: {"dag_run": run})
    links = dags["publish_bi"].get_task("publish").operator_extra_links
    addresses = {link.get_link(None, ti_key=running) for link in links}
    assert addresses == {f"/guestbook/nights/{NIGHT}/{page}.html" for page in ("gates", "loads")}


class TestServer:
    @pytest.fixture
    def plugin(self, dags: dict[str, Any]) -> dict[str, Any]:
        return runpy.run_path(str(PROJECT_ROOT / "plugins" / "guestbook_pages.py"))

    @pytest.fixture
    def client(self, plugin: dict[str, Any], settings: Settings) -> Iterator[Any]:
        from fastapi.testclient import TestClient

        with TestClient(plugin["app"]) as client:
            yield client

    def test_nobody_reads_without_logging_in(self, client: Any) -> None:
        assert client.get(f"/nights/{NIGHT}/gates.html").status_code == 401

    def test_a_page_that_holds_people_is_not_served(self, plugin: dict[str, Any], client: Any) -> None:
        plugin["app"].dependency_overrides[plugin["may_read"]] = lambda: None
        answers = {page: client.get(f"/nights/{NIGHT}/{page}").status_code for page in ("gates.html", "loads.html")}
        assert answers == {"gates.html": 200, "loads.html": 404}
        for path in ("call_list.html", "..%2F..%2Fguestbook.toml", "gates.html%2F..%2Fcall_list.html"):
            assert client.get(f"/nights/{NIGHT}/{path}").status_code in (404, 422)
        assert (
            client.get(f"/nights/{NIGHT}/gates.html")
            .headers["content-security-policy"]
            .startswith("default-src 'none'")
        )

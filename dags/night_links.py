"""Links from a task in the UI to the pages of its night, which the plugin `guestbook_pages` serves."""

from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import DAG, BaseOperatorLink, conf
from night_date import night_of


class NightPage(BaseOperatorLink):
    """A page of the run's night."""

    page = ""

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Its address on the server that shows the run; the worker asks, so `ti_key` is the running task."""
        from guestbook.settings import Settings

        night_date = night_of(ti_key.get_template_context()["dag_run"], Settings.load())
        below = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        return f"{below}/guestbook/nights/{night_date}/{self.page}.html"


class GatePage(NightPage):
    """What the gates found."""

    name = "Gates of the night"
    page = "gates"


class LoadPage(NightPage):
    """What was delivered, and what became of it."""

    name = "Deliveries of the night"
    page = "loads"


LINKS = {
    "gate_and_commit": (LoadPage(), GatePage()),
    "gate_customers": (GatePage(),),
    "gate_scores": (GatePage(),),
    "publish": (LoadPage(), GatePage()),
}


def link_pages(dag: DAG) -> None:
    """Give the tasks of a DAG that judge or publish their links."""
    for task in dag.tasks:
        task.operator_extra_links = LINKS.get(task.task_id.split(".")[-1], task.operator_extra_links)

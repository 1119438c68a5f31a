"""Airflow plugin: the pages of a night that hold no personal data, behind Airflow's own login.

Tasks link to them (`dags/night_links.py`). Customer cards and call lists lie in the same folder and are not served.
"""

from datetime import date
from typing import Annotated, Literal

from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse

from guestbook.settings import Settings

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
#: Whoever may look at the runs may look at their pages.
may_read = requires_access_dag("GET", param_dag_id="run_night")

app = FastAPI(title="Guestbook pages", docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/nights/{night_date}/{page}")
def night_page(
    night_date: date, page: Literal["gates.html", "loads.html"], _: Annotated[None, Depends(may_read)]
) -> FileResponse:
    """One page of one night; 404 when that night has none."""
    path = Settings.load().reports_dir / night_date.isoformat() / page
    if not path.is_file():
        raise HTTPException(404, f"the night of {night_date} has no page {page}: was it run?")
    return FileResponse(path, media_type="text/html; charset=utf-8", headers=HEADERS)


class GuestbookPages(AirflowPlugin):
    """What Airflow loads from this file."""

    name = "guestbook_pages"
    fastapi_apps = [{"app": app, "url_prefix": "/guestbook", "name": "Guestbook pages"}]  # noqa: RUF012 - Airflow's form

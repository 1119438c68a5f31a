"""The one button: a whole night in one DAG, with the tasks of the stage DAGs."""

import night_tasks as tasks
from airflow.sdk import DAG, Param, TaskGroup, chain
from night_approval import approve_identity
from night_links import link_pages
from night_wiring import DAG_ARGS, FEEDS, Tag

DOC = """
### Run one night, from delivered files to BI

Give the date of the hotel day that ended. Runs the same tasks as `ingest_*`, `build_customer_view`, `score_customers`
and `publish_bi`. Running a night again is safe: it changes no row. Nights move forward: for a date before the newest
completed night no file is loaded, only that date's history is computed again.

**Reads** landing files, the lake, saved models.
**Writes** the lake, the warehouse, the published snapshot.

**When red** see the DAG of the stage that the task group is named after. A blocked gate leaves the published data in
place.
"""

with DAG(
    "run_night",
    description="Run one night, from delivered files to BI",
    schedule=None,
    params={"night_date": Param(type="string", format="date", description="The hotel day that ended, YYYY-MM-DD")},
    tags=[Tag.BUTTON],
    is_paused_upon_creation=False,
    doc_md=DOC,
    **DAG_ARGS,
) as dag:
    ingest = []
    for feed in FEEDS:
        with TaskGroup(f"ingest_{feed}") as group:
            loaded = tasks.load_batch.partial(feed=feed).expand(files=tasks.discover(feed))
            loaded >> tasks.gate_and_commit(feed)
        ingest.append(group)
    with TaskGroup("build_customer_view") as customer_view:
        chain(
            tasks.stage_rows(),
            tasks.resolve_identity(),
            tasks.build_core(),
            tasks.gate_customers(),
            approve_identity(),
            tasks.commit_identity(),
        )
    with TaskGroup("score_customers") as score_customers:
        chain(tasks.ensure_models(), tasks.score(), tasks.gate_scores(), tasks.build_marts())
    with TaskGroup("publish_bi") as publish_bi:
        tasks.close_books() >> tasks.publish() >> tasks.write_pages()
    chain(ingest, customer_view, score_customers, publish_bi)
    link_pages(dag)

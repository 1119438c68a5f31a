"""The one button: a whole night in one DAG, with the tasks of the stage DAGs."""

import night_bi_tasks as bi
import night_customer_tasks as customers
import night_ingest_tasks as feeds
import night_score_tasks as scores
from airflow.sdk import DAG, Param, TaskGroup, chain
from night_approval import approve_identity
from night_links import link_pages
from night_wiring import DAG_ARGS, FEEDS, Tag

DOC = """
### Run one night, from delivered files to BI

Give the date of the hotel day that ended. Runs the same tasks as `ingest_*`, `build_customer_view`, `score_customers`
and `publish_bi`. Running a night again is safe: it changes no row. Nights move forward: for a date before the newest
completed night no file is loaded, only that date's history is computed again. A mistyped date far ahead is taken back
by `guestbook withdraw`.

**Reads** landing files, the lake, saved models.
**Writes** the lake, the warehouse, the published snapshot.

**When red** see the DAG of the stage that the task group is named after. A blocked gate leaves the published data in
place.
"""

with DAG(
    "run_night",
    description="Run one night, from delivered files to BI",
    schedule=None,
    params={
        "night_date": Param(
            type="string",
            format="date",
            description="The hotel day that ended, YYYY-MM-DD. After a night of the future no earlier one loads a file",
        )
    },
    tags=[Tag.BUTTON],
    is_paused_upon_creation=False,
    doc_md=DOC,
    **DAG_ARGS,
) as dag:
    ingest = []
    for feed in FEEDS:
        with TaskGroup(f"ingest_{feed}") as group:
            loaded = feeds.load_batch.partial(feed=feed).expand(files=feeds.discover(feed))
            loaded >> feeds.gate_and_commit(feed)
        ingest.append(group)
    with TaskGroup("build_customer_view") as customer_view:
        chain(
            customers.stage_rows(),
            customers.resolve_identity(),
            customers.build_core(),
            customers.gate_customers(),
            approve_identity(),
            customers.commit_identity(),
        )
    with TaskGroup("score_customers") as score_customers:
        chain(scores.ensure_models(), scores.score(), scores.gate_scores(), scores.build_marts())
    with TaskGroup("publish_bi") as publish_bi:
        bi.close_books() >> bi.publish() >> bi.write_pages()
    chain(ingest, customer_view, score_customers, publish_bi)
    link_pages(dag)

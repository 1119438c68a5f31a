"""One DAG: the lake's new rows -> staging -> identity -> golden record, facts, features."""

from airflow.sdk import DAG, chain
from night_approval import approve_identity
from night_customer_tasks import build_core, commit_identity, gate_customers, resolve_identity, stage_rows
from night_links import link_pages
from night_wiring import CUSTOMER_VIEW, DAG_ARGS, FEED_ASSETS, Tag, after

DOC = """
### The lake's new rows -> the customer view

Starts when all three feeds have the night's key. Identity writes candidates; customer ids become permanent in the last
task, after the gate.

**Reads** the load ledger, `lake/accepted`, `lake/reference`, id history, steward list.
**Writes** schemas `staging`, `identity`, `core`, `features` of the warehouse; identity records in the lake.

**When red**
- `stage_rows`, `build_core`: dbt names the model or test that failed; its log is `<home>/dbt/logs/dbt.log`. A failed
  test means that rows broke a stated rule: look at the rows before the rule. Clear the task to run it again.
- `resolve_identity`, `commit_identity`: clear the task; both give the same ids again.
- `gate_customers`: the customer dimension looks wrong. Open `reports/<night>/gates.html`. No id became permanent and BI
  still reads the last good night.
- `approve_identity`: many known records would change customer and somebody said no, or nobody could be asked (in
  process). It waits for an answer under Required Actions; `guestbook identity approve` is the same yes.
- Warehouse lost or damaged: move the file away and run the night again; it is rebuilt from the lake, ids included.
"""

with DAG(
    "build_customer_view",
    description="The lake's new rows -> one trustworthy view of each customer",
    schedule=after(*FEED_ASSETS.values()),
    tags=[Tag.CUSTOMER_VIEW],
    doc_md=DOC,
    **DAG_ARGS,
) as dag:
    chain(
        stage_rows(),
        resolve_identity(),
        build_core(),
        gate_customers(),
        approve_identity(),
        commit_identity.override(outlets=[CUSTOMER_VIEW])(),
    )
    link_pages(dag)

"""One DAG: features -> segments, churn risk and value -> marts."""

from airflow.sdk import DAG, chain
from night_links import link_pages
from night_score_tasks import build_marts, ensure_models, gate_scores, score
from night_wiring import CUSTOMER_VIEW, DAG_ARGS, SCORES, Tag, after

DOC = """
### Features -> scores -> marts

Scores every customer as of the night with the saved models. Where none is saved (the first night) it trains first.

**Reads** schemas `features` and `core`, saved models under `<home>/models`.
**Writes** schema `ml` and its history in the lake, schema `marts`, `core.customer_360`.

**When red**
- `ensure_models`: training failed. Too little history is not a failure (the fallback is stated in `ml.model_run`), so
  read the message; clear the task.
- `score`: a saved model does not fit its stated hash, or features are missing. Train again (`train_models`), clear.
- `gate_scores`: scores look wrong. Open `reports/<night>/gates.html`; BI still reads the last good night.
- `build_marts`: dbt names the model or test that failed; its log is `<home>/dbt/logs/dbt.log`.
"""

with DAG(
    "score_customers",
    description="Segments, churn risk and value of every customer, and the marts",
    schedule=after(CUSTOMER_VIEW),
    tags=[Tag.SCORES],
    doc_md=DOC,
    **DAG_ARGS,
) as dag:
    chain(ensure_models(), score(), gate_scores(), build_marts.override(outlets=[SCORES])())
    link_pages(dag)

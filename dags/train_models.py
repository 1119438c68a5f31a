"""One DAG, weekly: train again on what was known by the newest completed night."""

from airflow.sdk import DAG
from night_train_tasks import train
from night_wiring import DAG_ARGS, Tag, weekly_schedule

DOC = """
### Train the models again

Trains on the past, judges on a later period against the baselines and the champion, and promotes only what is not
worse. The night to train as of is the newest completed one, or `night_date` of the run's conf.

**Reads** schemas `features` and `core`.
**Writes** `<home>/models`, `ml.model_run` and its record in the lake.

**When red**
- `train`: the message names what is missing. The saved models stay in use, so the nights go on; clear the task after
  the cause is gone. A model that was trained and not promoted is not red: `ml.model_run` says why.
"""

with DAG(
    "train_models",
    description="Train again, weekly; promote only what is not worse",
    schedule=weekly_schedule(),
    tags=[Tag.SCORES],
    doc_md=DOC,
    **DAG_ARGS,
):
    train()

"""Three DAGs, one per feed: `ingest_reservations`, `ingest_pos_checks`, `ingest_interactions`."""

from airflow.sdk import DAG
from night_ingest_tasks import discover, gate_and_commit, load_batch
from night_links import link_pages
from night_wiring import DAG_ARGS, FEED_ASSETS, FEEDS, Tag, nightly_schedule

DOC = """
### Delivered files of one feed -> the lake

Takes every file of the feed that was not loaded before and whose folder date is the night's or earlier. No file is a
night with 0 rows, not an error. Touches no database, so the three feeds run at the same time.

**Reads** `landing/<feed>/<vendor>/<folder_date>/`, `landing/reference`, vendor mappings.
**Writes** `lake/accepted/<feed>`, `lake/quarantine/<feed>`, `lake/reference`, the load ledger, gate results, and the
pages of the deliveries and of the gates: links of the task `gate_and_commit`.

**When red**
- `discover`: the landing can't be reached. Check GUESTBOOK_LANDING and the credentials, then clear the task.
- `load_batch`: the machine failed, not the data (a bad file is refused and the rest loads). Clear the task.
- `gate_and_commit`: a batch is blocked and held; it is in no table. Open `reports/<night>/gates.html`. Ask for a better
  file, or release the held one with an override; then run the night again. Yesterday's published data stays in place.
"""

for feed in FEEDS:
    with DAG(
        f"ingest_{feed}",
        description=f"Delivered files of the feed {feed} -> the lake",
        schedule=nightly_schedule(),
        tags=[Tag.INGEST],
        doc_md=DOC,
        **DAG_ARGS,
    ) as dag:
        loaded = load_batch.partial(feed=feed).expand(files=discover(feed))
        loaded >> gate_and_commit.override(outlets=[FEED_ASSETS[feed]])(feed)
        link_pages(dag)

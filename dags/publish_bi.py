"""One DAG: the warehouse -> the read-only snapshot that BI reads."""

from airflow.sdk import DAG
from night_bi_tasks import close_books, publish, write_pages
from night_links import link_pages
from night_wiring import DAG_ARGS, SCORES, Tag, after

DOC = """
### The warehouse -> what BI reads

Closes the night's books: what every headline figure is and why it moved (`guestbook diff`). Then copies the warehouse
to a new read-only file and switches BI to it in one step. A reader never sees half a night.

**Reads** schemas `core`, `ml`, `marts`, `ops` of the warehouse.
**Writes** the night's books (`ops.headline_figure`, `ops.headline_change`), `<home>/published`,
`<home>/reports/<night>`, the row of the night in `ops.run`.

**When red**
- `close_books`: it reads tables the night has made and writes small files to the lake, so a red one is a full disk or a
  table changed by hand; clear the task.
- `publish`: most often a full disk (a snapshot needs as much room as the warehouse; the newest three are kept). Make
  room, clear the task. BI still reads the last good night.
- `write_pages`: the night is published and done; only its pages are missing. The message names what could not be shown;
  clear the task, or run `guestbook pages`.
"""

with DAG(
    "publish_bi",
    description="The warehouse -> the read-only snapshot that BI reads",
    schedule=after(SCORES),
    tags=[Tag.PUBLISH],
    doc_md=DOC,
    **DAG_ARGS,
) as dag:
    close_books() >> publish() >> write_pages()
    link_pages(dag)

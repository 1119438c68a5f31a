"""Tasks of a feed's load. XCom holds counts and lists of delivered files, never a row."""

from typing import Any

from night_stage import Counts, Stage, night_task

Batch = list[dict[str, Any]]


@night_task("ingest_{feed}.discover", in_past=True)
def discover(now: Stage, feed: str) -> list[Batch]:
    """The night's new files of a feed, in batches: one mapped load task per batch, none for no file.

    Newer property, rate and suppression files go to the lake first: rows take time zone and currency from them. The
    three feeds may do that at the same moment: they write the same files.
    """
    import ingest

    ingest.load_reference(now.settings, now.night_date)
    batches = ingest.discover(now.settings, feed, now.night_date)
    problems = ingest.landing_problems(now.settings)
    now.log.count(files=sum(map(len, batches)), batches=len(batches), landing_problems=problems)
    return batches


@night_task("ingest_{feed}.load_batch_{map_index}", in_past=True)
def load_batch(now: Stage, feed: str, files: Batch) -> Counts:
    """Read one batch of files into the lake: accepted rows and quarantine, not yet in the ledger."""
    import ingest

    return ingest.load_batch(now.settings, feed, now.night_date, files)


@night_task("ingest_{feed}.gate_and_commit", in_past=True, trigger_rule="none_failed")
def gate_and_commit(now: Stage, feed: str) -> Counts:
    """Judge the staged files and write the ledger; a held file blocks the night. Runs when there is no file, too."""
    import expectations
    import ingest

    files = ingest.staged_files(now.settings, feed, now.night_date)
    outcome = expectations.gate_feed(now.settings, feed, now.night_date, files)
    counts = ingest.commit(now.settings, feed, now.night_date, outcome.decisions)
    expectations.write_load_page(now.settings, now.night_date)
    now.log.count(**counts)
    outcome.raise_if_blocked()
    return counts

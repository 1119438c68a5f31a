"""Tasks that close the books and publish to BI."""

from night_stage import Counts, Stage, night_task
from night_wiring import WAREHOUSE_POOL


@night_task("publish_bi.close_books", pool=WAREHOUSE_POOL)
def close_books(now: Stage) -> Counts:
    """Write what the night's tables add up to, and what moved it since the night before."""
    import bi

    with now.warehouse() as con:
        return bi.close_books(con, now.settings, now.night_date)


@night_task("publish_bi.publish", in_past=True, is_last=True, pool=WAREHOUSE_POOL)
def publish(now: Stage) -> Counts:
    """Switch BI to a new read-only snapshot; then the night is done. The page of its deliveries tells every feed."""
    import bi
    import expectations

    expectations.write_load_page(now.settings, now.night_date)
    return {"rows": sum(bi.publish(now.settings, now.night_date).values())}


@night_task("publish_bi.write_pages")
def write_pages(now: Stage) -> Counts:
    """The night's pages and call lists, from what was published."""
    import bi

    return {"files": len(bi.write_pages(now.settings, now.night_date))}

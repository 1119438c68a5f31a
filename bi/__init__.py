"""The publish stage: the snapshot that BI reads, the PostgreSQL copy, pages of a night, files for people."""

from bi.audience import export_audience
from bi.card import read_card
from bi.card_page import card_page
from bi.diff import close_books
from bi.exports import export_table
from bi.pages import write_pages
from bi.postgres import publish_to
from bi.publish import publish
from bi.snapshot import published_night, withdraw_snapshot
from bi.status import status, summary

__all__ = [
    "card_page",
    "close_books",
    "export_audience",
    "export_table",
    "publish",
    "publish_to",
    "published_night",
    "read_card",
    "status",
    "summary",
    "withdraw_snapshot",
    "write_pages",
]

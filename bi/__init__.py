"""The publish stage: the snapshot that BI reads, the PostgreSQL copy, what people are told of a night."""

from bi.diff import close_books
from bi.pages import write_pages
from bi.postgres import publish_to
from bi.publish import publish
from bi.status import status, summary

__all__ = ["close_books", "publish", "publish_to", "status", "summary", "write_pages"]

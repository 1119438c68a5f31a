"""The publish stage: the read-only snapshot that BI reads, the PostgreSQL copy, and what a person is told of a night."""

from bi.publish import publish
from bi.status import status, summary

__all__ = ["publish", "status", "summary"]

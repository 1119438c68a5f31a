"""Errors of publishing."""

from guestbook.errors import GuestbookError


class PublishError(GuestbookError):
    """What would have been published is not what the warehouse holds; what was published before stays."""

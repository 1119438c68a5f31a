"""Errors of publishing."""

from guestbook.errors import GuestbookError


class PublishError(GuestbookError):
    """What would have been published is not what the warehouse holds; what was published before stays."""


class CustomerNotFound(GuestbookError):
    """Nobody, or more than one, has what was asked for."""

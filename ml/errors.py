"""Errors of the scores."""

from guestbook.errors import GuestbookError


class ModelError(GuestbookError):
    """A saved model can't be used, or a score can't be made."""

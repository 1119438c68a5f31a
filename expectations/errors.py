"""Errors of the gates that are not a verdict on the data."""

from guestbook.errors import ConfigError, GuestbookError


class GateError(GuestbookError):
    """A gate could not be evaluated: neither passed nor failed."""


class ThresholdError(ConfigError):
    """The thresholds file is not valid."""

"""Errors that a user can act on. Each message names the thing, the value, the limit and the next step."""


class GuestbookError(Exception):
    """The run failed; the message says what and what to do."""

    exit_code = 1


class UsageError(GuestbookError):
    """The command was called in a way that can't work."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting is missing, unknown or has a value that is not allowed."""


class GateBlocked(GuestbookError):
    """A gate found a critical failure. Published data stays as it was."""

    exit_code = 3

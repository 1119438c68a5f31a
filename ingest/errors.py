"""What can be wrong with a delivery or a mapping. Messages never show a row's content."""

from guestbook.errors import ConfigError, GuestbookError


class FileRefused(GuestbookError):
    """The whole file is unreadable or not allowed: 0 rows of it load. The night's other files are not touched."""


class MappingError(ConfigError):
    """A vendor's mapping is not valid, or there is none."""


class LandingMissing(ConfigError):
    """The landing root does not exist or can't be listed."""

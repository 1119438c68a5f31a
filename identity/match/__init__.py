"""The match model: Splink weights learned once and kept with everything that they depend on.

`scoring` and `training` load Splink (a second), so whoever needs them imports them where needed.
"""

from identity.match.model import MatchModel, current_model, save_model, save_no_model

__all__ = ["MatchModel", "current_model", "save_model", "save_no_model"]

"""The match model: weights learned once and kept, as Splink's settings, with everything that they depend on."""

from identity.match.model import MatchModel, current_model, save_model, save_no_model, was_trained

__all__ = ["MatchModel", "current_model", "save_model", "save_no_model", "was_trained"]

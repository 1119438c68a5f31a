"""The match model: Splink weights learned once and kept with everything that they depend on."""

from identity.match.model import MatchModel, current_model, is_decided, save_model, save_no_model
from identity.match.scoring import score_profiles
from identity.match.training import train_match_model

__all__ = [
    "MatchModel",
    "current_model",
    "is_decided",
    "save_model",
    "save_no_model",
    "score_profiles",
    "train_match_model",
]

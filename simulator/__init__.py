"""A hotel group that exists only on disk, with its truth; nothing of the pipeline imports it, nor it the pipeline."""

from simulator.simulation import simulate

__all__ = ["simulate"]

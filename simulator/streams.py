"""Random streams: one per topic, so that a change in one module leaves the draws of the others alone."""

import zlib

import numpy as np


def stream(seed: int, topic: str) -> np.random.Generator:
    """The generator of one topic of one world."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(topic.encode())]))


def pick(rng: np.random.Generator, values: list | tuple, weights: list | tuple | None, size: int) -> np.ndarray:
    """Weighted draw with replacement; an object array for strings."""
    shares = None if weights is None else np.asarray(weights, dtype=float) / np.sum(weights)
    index = rng.choice(len(values), size=size, p=shares)
    kind = object if isinstance(values[0], str) or values[0] is None else None
    return np.asarray(values, dtype=kind)[index]


def pick_rows(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """One column index per row, drawn with that row's weights."""
    cumulative = np.cumsum(weights, axis=1)
    needle = rng.random(len(weights)) * cumulative[:, -1]
    return np.minimum((cumulative < needle[:, None]).sum(axis=1), weights.shape[1] - 1)


def blank(values: np.ndarray, is_kept: np.ndarray) -> np.ndarray:
    """The values with None where they are not kept."""
    kept = np.asarray(values).astype(object)
    kept[~np.asarray(is_kept)] = None
    return kept


def object_array(values: list) -> np.ndarray:
    """A list as a one-dimensional object array, also when it is empty or holds lists."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def codes(prefix: str, numbers: np.ndarray, width: int = 0) -> np.ndarray:
    """Identifiers such as P000012 as an object array."""
    return np.array([f"{prefix}{int(number):0{width}d}" for number in numbers], dtype=object)

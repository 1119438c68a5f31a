"""Names and one-sentence descriptions of segments, from what their typical customer looks like."""

import numpy as np

from ml.visit_rhythm import Floats

# Days since the last visit, visits, and spend over the typical customer's: up to the limit the word holds.
RECENCY_WORDS = ((120.0, "Recent"), (365.0, "Fairly recent"), (730.0, "Lapsing"), (np.inf, "Long gone"))
VISIT_WORDS = ((1.6, "one-time guests"), (3.5, "returning guests"), (np.inf, "regulars"))
SPEND_WORDS = ((0.5, "low-spending"), (2.0, ""), (np.inf, "high-spending"))


def name_segments(centroids: Floats, typical: Floats) -> list[str]:
    """One name per centroid (log days since last visit, log repeat visits, log spend).

    Segments with the same words are told apart by their order in spend.
    """
    words = [_words(centroid, typical) for centroid in centroids]
    names = list(words)
    for word in set(words):
        same = [i for i, other in enumerate(words) if other == word]
        if len(same) > 1:
            by_spend = sorted(same, key=lambda i: (-centroids[i][2], centroids[i][0]))
            for rank, i in enumerate(by_spend):
                names[i] = f"{word}, {_nth(rank, len(same))} spend"
    return names


def describe(centroid: Floats, rule: str = "") -> str:
    """One sentence on the typical customer of a segment, after the rule that cuts it out, where there is one."""
    recency, repeats, spend = np.expm1(centroid)
    visits = _visits(repeats + 1.0)
    typical = f"ypically last here {recency:.0f} days ago, with {visits} and {spend:,.0f} spent so far."
    return f"{rule[0].upper()}{rule[1:]}: t{typical}" if rule else f"T{typical}"


def _visits(count: float) -> str:
    return "one visit" if count < 1.05 else f"{count:.1f} visits" if count < 3 else f"{count:.0f} visits"


def _words(centroid: Floats, typical: Floats) -> str:
    recency, repeats, spend = np.expm1(centroid)
    relative = (spend + 1.0) / (np.expm1(typical[2]) + 1.0)
    parts = [_pick(RECENCY_WORDS, recency), _pick(SPEND_WORDS, relative), _pick(VISIT_WORDS, repeats + 1.0)]
    return " ".join(part for part in parts if part)


def _pick(words: tuple[tuple[float, str], ...], value: float) -> str:
    return next(word for limit, word in words if value <= limit)


def _nth(rank: int, count: int) -> str:
    return "highest" if rank == 0 else "lowest" if rank == count - 1 else f"no. {rank + 1}"

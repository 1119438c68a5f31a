"""Which segments to use: those in use as long as they meet the bars; else plans are tried rung by rung.

A plan that passes is judged once more on other draws, and those figures are on record.
"""

from collections.abc import Iterator

from ml.segment_choice import LASTING, Choice, is_clearly_better, least_bad
from ml.segment_codes import kept_share
from ml.segment_plans import BANDS, LADDER, RULES, Grouping, Plan
from ml.segment_yardstick import Tried, Yardstick

LEAST_KEPT = 0.8  # of the customers, to call segments mended and not others


def search(
    yardstick: Yardstick, in_use: tuple[Plan, Grouping] | None = None, may_wait: bool = True
) -> tuple[Tried | None, str, list[Choice]]:
    """What to use, why, and all that was tried; None where no plan keeps every segment between the limits of size.

    The first rung with a plan that meets every bar with room to spare wins, and there the clearest one; else the first
    plan that only just meets them, rather one that will last (`Choice.endurance`). Segments in use stay if
    no other is clearly better; where they miss a bar, the plan that meets all of them and keeps most customers together
    mends them.
    """
    kept = None if in_use is None else yardstick.hold(*in_use)
    if in_use is not None and kept is not None and not kept.choice.passes:
        mended, near = _mended(yardstick, *in_use)
        if mended is not None:
            return mended, mended.choice.words("as before, mended to meet every bar"), near
        if may_wait and kept.choice.is_passing_lull:
            return kept, kept.choice.words(_lull(kept.choice)), [kept.choice]
        kept = kept if kept.choice.is_usable else None
    best, tried = _climbed(yardstick, kept)
    record = [t.choice for t in tried]
    if kept is not None and (best is None or not _replaces(best.choice, kept.choice)):
        return kept, kept.choice.words("as before; no other is clearly better"), record
    if best is not None:
        return best, best.choice.words("meets every bar"), record
    sound = [t for t in tried if t.choice.is_sound]
    if not sound:
        return None, "no sound number of segments", record
    last = yardstick.confirm(max(sound, key=lambda t: least_bad(t.choice)))
    return last, last.choice.words(f"none meets every bar, this one misses {', '.join(last.choice.missed())}"), record


def _climbed(yardstick: Yardstick, kept: Tried | None) -> tuple[Tried | None, list[Tried]]:
    """The best plan of the ladder that meets every bar, None without any, and all that was tried."""
    tried: list[Tried] = [] if kept is None else [kept]
    best = None
    for rung in (*LADDER, RULES, BANDS):
        if rung is RULES and (kept is not None or (best is not None and best.choice.endurance == LASTING)):
            break
        if rung is BANDS and (kept is not None or (best is not None and best.choice.held_share > 0.5)):
            break
        found = list(_measured(yardstick, rung, kept))
        tried += found
        best = _confirmed(yardstick, found, best)
        if best is not None and best.choice.is_steady:
            break
    return best, tried


def _replaces(other: Choice, current: Choice) -> bool:
    return is_clearly_better(other, current) and other.held_share >= current.held_share


def _lull(choice: Choice) -> str:
    return (
        f"as before; tonight misses {', '.join(choice.missed())}, {choice.held_share:.0%} of other months would meet it"
    )


def _mended(yardstick: Yardstick, plan: Plan, grouping: Grouping) -> tuple[Tried | None, list[Choice]]:
    """The plan nearest to segments in use that meets every bar, and all that were near enough to be judged."""
    before = grouping.assign(yardstick.small)

    def kept(tried: Tried) -> float:
        return kept_share(before, tried.grouping.assign(yardstick.small))

    starts = [(plan, grouping), *((other, None) for rung in (*LADDER, RULES, BANDS) for other in rung)]
    measured = (yardstick.measure(p, start, lambda t: kept(t) >= LEAST_KEPT) for p, start in starts)
    near = [t for t in measured if t is not None and kept(t) >= LEAST_KEPT]
    for tried in sorted(near, key=lambda t: (round(kept(t), 1), t.choice.endurance, kept(t)), reverse=True):
        again = yardstick.confirm(tried) if tried.choice.passes else tried
        if again.choice.passes:
            return again, [t.choice for t in near]
    return None, []


def _measured(yardstick: Yardstick, rung: list[Plan], kept: Tried | None) -> Iterator[Tried]:
    for plan in rung:
        tried = yardstick.measure(plan, is_worth=lambda t: kept is None or is_clearly_better(t.choice, kept.choice))
        if tried is not None:
            yield tried


def _confirmed(yardstick: Yardstick, found: list[Tried], narrow: Tried | None) -> Tried | None:
    """The first steady plan of a rung, judged again; else one that only just passes, of an earlier rung or this."""
    for tried in sorted((t for t in found if t.choice.passes), key=_order):
        if narrow is not None and not tried.choice.is_steady and tried.choice.endurance <= narrow.choice.endurance:
            continue
        again = yardstick.confirm(tried)
        if again.choice.is_steady:
            return again
        if again.choice.passes and (narrow is None or again.choice.endurance > narrow.choice.endurance):
            narrow = again
    return narrow


def _order(tried: Tried) -> tuple[bool, float, float, float, int, float]:
    """Steady ones first, then those that last, then the clearest; of equals few segments, then stable ones."""
    choice = tried.choice
    held_share, room = choice.endurance
    return not choice.is_steady, -held_share, -room, -choice.silhouette_all_axes, choice.k, -choice.ari_mean

"""Which segments to use: those in use as long as they meet the bars; else plans are tried rung by rung.

A plan that passes is judged once more on other draws, and those figures are on record.
"""

from collections.abc import Iterator

from ml.segment_choice import Choice, is_clearly_better, least_bad
from ml.segment_plans import BANDS, LADDER, RULES, Grouping, Plan
from ml.segment_yardstick import Tried, Yardstick


def search(yardstick: Yardstick, in_use: tuple[Plan, Grouping] | None = None) -> tuple[Tried | None, str, list[Choice]]:
    """What to use, why, and all that was tried; None where no plan keeps every segment between the limits of size.

    The first rung with a plan that meets every bar with room to spare wins, and there the clearest one; else the first
    plan that only just meets them, rather one that will last (`Choice.endurance`). Segments in use stay if
    no other is clearly better.
    """
    kept = None if in_use is None else _kept(yardstick, *in_use)
    tried: list[Tried] = [] if kept is None else [kept]
    best = None
    for rung in (*LADDER, RULES, BANDS):
        if rung is RULES and (kept is not None or (best is not None and best.choice.endurance == (1.0, True))):
            break
        if rung is BANDS and (kept is not None or (best is not None and best.choice.held_share > 0.0)):
            break
        found = list(_measured(yardstick, rung, kept))
        tried += found
        best = _confirmed(yardstick, found, best)
        if best is not None and best.choice.is_steady:
            break
    record = [t.choice for t in tried]
    if kept is not None and (best is None or not is_clearly_better(best.choice, kept.choice)):
        return kept, kept.choice.words("as before; no other is clearly better"), record
    if best is not None:
        return best, best.choice.words("meets every bar"), record
    sound = [t for t in tried if t.choice.is_sound]
    if not sound:
        return None, "no sound number of segments", record
    last = yardstick.confirm(max(sound, key=lambda t: least_bad(t.choice)))
    return last, last.choice.words(f"none meets every bar, this one misses {', '.join(last.choice.missed())}"), record


def _kept(yardstick: Yardstick, plan: Plan, grouping: Grouping) -> Tried | None:
    """Segments in use as they are, or fitted again from there where only so they meet the bars; None if unusable."""
    held = yardstick.hold(plan, grouping)
    if held.choice.passes:
        return held
    fitted = yardstick.measure(plan, grouping)
    fitted = None if fitted is None else yardstick.confirm(fitted)
    if fitted is not None and fitted.choice.passes:
        return fitted
    return next((t for t in (held, fitted) if t is not None and t.choice.is_usable), None)


def _measured(yardstick: Yardstick, rung: list[Plan], kept: Tried | None) -> Iterator[Tried]:
    for plan in rung:
        tried = yardstick.measure(plan, is_worth=lambda choice: kept is None or is_clearly_better(choice, kept.choice))
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


def _order(tried: Tried) -> tuple[bool, float, bool, float, int, float]:
    """Steady ones first, then those that last, then the clearest; of equals few segments, then stable ones."""
    choice = tried.choice
    held_share, has_room = choice.endurance
    return not choice.is_steady, -held_share, not has_room, -choice.silhouette_all_axes, choice.k, -choice.ari_mean

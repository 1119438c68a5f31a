"""A first mapping for an export that nobody has mapped: by names and content; what is doubtful is marked."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from guestbook.contracts import FEEDS, Column, contract
from guestbook.settings import Settings
from ingest.catalogue import CANONICAL, SHIPPED_DIR
from ingest.errors import MappingError
from ingest.proposal import Guess, Proposal, mapping_text
from ingest.sample import Sample, read_sample
from ingest.vocabulary import vocabulary, words

SURE, LIKELY = 0.9, 0.6
DATE_FORMATS = (
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y",
    "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%Y%m%d", "%Y%m%d%H%M%S",
    "%d-%b-%Y", "%d-%b-%y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d/%m/%y %H:%M", "%d.%m.%y %H:%M",
    "%b %d, %Y", "%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z",
)  # fmt: skip
ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}.*)?")
NUMBER = re.compile(r"[(+-]?[€$£¥]? ?\d[\d.,' ]*\)?-?")
COMMA = re.compile(r"[(+-]?[€$£¥]? ?(\d{1,3}([.' ]\d{3})*|\d+),\d{1,2}\)?")
DURATION = r"\d+:\d\d(:\d\d)?|(?:\d+ ?h[a-z]* ?)?(?:\d+ ?m[a-z]* ?)?(?:\d+ ?s[a-z]*)?(?<=[a-z])"
#: Last words of names that hold numbers or times, never names or codes.
QUANTITIES = ("seconds", "ms", "time", "duration", "count", "amount", "total", "date", "utc", "at", "fee")
#: Last words that say little without what is before them.
GENERIC = ("name", "id", "code", "number", "value", "type", "status", "date")
#: A feed whose telltale columns are all missing is hardly the one.
TELLTALES = {
    "reservations": ("arrival_date", "departure_date"),
    "pos_checks": ("item_code", "net_amount", "gross_amount"),
}
SHAPES: dict[str, Callable[[str], bool]] = {
    "email": lambda text: re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None,
    "phone": lambda text: re.fullmatch(r"(tel:)?[+(]?\d[\d ()./-]{5,}", text) is not None,
    "currency": lambda text: re.fullmatch(r"[A-Za-z]{3}", text) is not None,
    "int": lambda text: re.fullmatch(rf"[+-]?\d+([.]0*)?|{DURATION}", text) is not None,
}


def propose(vendor: str, path: Path, feed: str | None = None) -> Proposal:
    """A proposed mapping of one sample file. Raises MappingError for a name or feed that can't be, FileRefused."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", vendor):
        raise MappingError(f"vendor name {vendor!r}: use small letters, digits and _, beginning with a letter")
    if feed is not None and feed not in FEEDS:
        raise MappingError(f"unknown feed {feed!r}; allowed: {', '.join(FEEDS)}")
    if not path.is_file():
        raise MappingError(f"sample {path} is not a file")
    options = [(found, read_sample(path, found)) for found in ([feed] if feed else FEEDS)]
    chosen, sample = max(options, key=lambda option: _fit(*option))
    if not sample.columns:
        raise MappingError(f"sample {path.name} has no rows with named columns")
    guesses = _guesses(chosen, sample)
    taken = {guess.column for guess in guesses}
    spec = contract(chosen)
    optional = {"source_system"} | {c.name for c in spec.columns if c.default or c.default_from_property}
    missing = [name for name in spec.required if name not in taken | optional]
    sources = {guess.source for guess in guesses}
    unmapped = [name for name in sample.columns if name not in sources]
    proposal = Proposal(vendor, chosen, "", guesses, missing, unmapped)
    proposal.text = mapping_text(proposal, sample, path.name)
    return proposal


def write_proposal(settings: Settings, proposal: Proposal, overwrite: bool = False) -> Path:
    """Write it to `<home>/sources/<vendor>/mapping.yml`. Raises MappingError rather than overwrite a mapping."""
    target = settings.sources_dir / proposal.vendor / "mapping.yml"
    if target.exists() and not overwrite:
        raise MappingError(f"mapping {target} exists already: edit it, or say --overwrite")
    if proposal.vendor == CANONICAL or (SHIPPED_DIR / proposal.vendor).exists():
        raise MappingError(f"vendor {proposal.vendor!r} is shipped with Guestbook: choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(proposal.text, encoding="utf-8")
    proposal.path = target
    return target


def _fit(feed: str, sample: Sample) -> float:
    """How much of the feed's required columns, and then of the others, the sample's names offer."""
    spec = contract(feed)
    best = {column.name: _best(column, sample)[1] for column in spec.columns if column.name != "source_system"}
    fit = sum(score * (5 if spec.column(name).required else 1) for name, score in best.items())
    telltales = [best[name] for name in TELLTALES.get(feed, ())]
    return fit / 3 if telltales and not any(telltales) else fit


def _guesses(feed: str, sample: Sample) -> list[Guess]:
    spec = contract(feed)
    scored = []
    for column in spec.columns:
        if column.name == "source_system":
            continue
        for source in sample.columns:
            score = _score(column, source, sample.columns[source])
            if score >= LIKELY:
                scored.append((score, column.required, column.name, source))
    scored.sort(key=lambda entry: (-entry[0], not entry[1]))
    chosen: dict[str, tuple[str, float]] = {}
    used: set[str] = set()
    for score, _, name, source in scored:
        if name not in chosen and source not in used:
            chosen[name] = (source, score)
            used.add(source)
    for name, other in (("updated_at", "started_at"), ("business_date", "updated_at"), ("updated_at", "closed_at")):
        if name in spec.required and name not in chosen and other in chosen:
            chosen[name] = (chosen[other][0], 0.0)
    guesses = [_guess(spec.column(name), *chosen[name], sample) for name in spec.column_names if name in chosen]
    return [part for guess in guesses for part in _split_name(guess, sample, set(chosen))]


def _split_name(guess: Guess, sample: Sample, taken: set[str]) -> list[Guess]:
    """A column `Last, First` as two."""
    values = sample.columns[guess.source]
    commas = sum("," in text for text in values)
    if guess.column != "guest_last_name" or "guest_first_name" in taken or commas < max(1, len(values) / 2):
        return [guess]
    parts = {"guest_first_name": ", *(.+)$", "guest_last_name": "^([^,]+)"}
    doubt = "split at the comma; titles?"
    return [Guess(name, guess.source, {"from": guess.source, "extract": by}, doubt) for name, by in parts.items()]


def _best(column: Column, sample: Sample) -> tuple[str | None, float]:
    scores = {source: _score(column, source, values) for source, values in sample.columns.items()}
    source = max(scores, key=lambda name: scores[name], default=None)
    return (source, scores[source]) if source and scores[source] >= LIKELY else (None, 0.0)


def _score(column: Column, source: str, values: list[str]) -> float:
    """0-1: how well the name fits; nothing when the content can't be of the column's type."""
    name = words(source.removeprefix("^.").removeprefix("$."))
    last = words(re.split(r"[.\]]", source)[-1])
    known = vocabulary()["names"].get(column.name, [])
    if column.name in (name, last):
        score = 1.0 if name == column.name else 0.93
    elif name in known:
        score = SURE + 0.05 - 0.001 * known.index(name)
    elif last in known:
        score = (LIKELY + 0.1 if last in GENERIC and last != name else 0.85) - 0.001 * known.index(last)
    elif any(len(item) > 3 and re.search(rf"(^|_){re.escape(item)}(_|$)", name) for item in [column.name, *known]):
        score = LIKELY + 0.05
    else:
        score = 0.0
    if score and values and _share(column, values) < 0.5:
        return 0.0
    if score < SURE and column.type == "string" and name.rsplit("_", 1)[-1] in QUANTITIES:
        return 0.0
    if not score and values and _is_email_column(column.name) and _shape(values, "email") > 0.9:
        return LIKELY + 0.02
    return score - 0.02 * (source.count(".") + source.startswith(("^", "$"))) if score else 0.0


def _is_email_column(name: str) -> bool:
    return name in ("guest_email", "customer_email")


def _share(column: Column, values: list[str]) -> float:
    """Share of the values that the column's type could hold."""
    if _is_email_column(column.name) or column.name == "booker_email":
        return _shape(values, "email")
    if column.name in ("guest_phone", "customer_phone", "booker_phone"):
        return _shape(values, "phone")
    if column.name == "currency_code":
        return _shape(values, "currency")
    if column.type in ("date", "ts"):
        return max(_iso_share(values), *(_format_share(values, item) for item in DATE_FORMATS), _epoch_share(values))
    if column.type == "decimal":
        return sum(NUMBER.fullmatch(text) is not None for text in values) / len(values)
    if column.type == "int":
        return _shape(values, "int")
    return 1.0


def _guess(column: Column, source: str, score: float, sample: Sample) -> Guess:
    values = sample.columns[source]
    doubts = [] if score >= 0.8 else ["the name only resembles it" if score else "no better column found"]
    value: Any = source
    if column.type in ("date", "ts") and values and _iso_share(values) < 0.9:
        value, doubt = _dated(source, values)
        doubts += [doubt] if doubt else []
    elif column.type == "date" and values and any(re.search(r"[T ]\d{1,2}:.*(Z|[+]00:?00)$", text) for text in values):
        value = {"local_date": source}
    elif column.type == "date" and values and any(len(text) > 10 for text in values):
        value = {"from": source, "extract": "^([0-9-]{10})"}
    elif column.type == "decimal" and any(COMMA.fullmatch(text) for text in values):
        value = {"from": source, "number": {"decimal": ",", "thousands": _thousands(values)}}
        doubts += ["is it net of tax?"] if "gross" in source.lower() or "brutto" in source.lower() else []
    elif column.type == "int" and any(re.fullmatch(DURATION, text) for text in values):
        value = {"from": source, "duration": "true"}
    elif column.allowed and values:
        value, unknown = _coded(column, source, values)
        doubts += [f"codes to decide: {', '.join(unknown)}"] if unknown else []
    if not values:
        doubts.append("empty in the sample")
    return Guess(column.name, source, value, "; ".join(doubts) or None)


def _dated(source: str, values: list[str]) -> tuple[Any, str | None]:
    if _epoch_share(values) > 0.9:
        return {"from": source, "epoch": "milliseconds" if len(values[0].split(".")[0]) >= 12 else "seconds"}, None
    shares = {item: _format_share(values, item) for item in DATE_FORMATS}
    fitting = [item for item, share in shares.items() if share > 0.99]
    if not fitting:
        best = max(shares, key=lambda item: shares[item])
        return {"from": source, "date_format": best}, "not every value fits the format"
    day_first = [item for item in fitting if item.startswith("%d/")]
    month_first = [item for item in fitting if item.startswith("%m/")]
    doubt = "day first or month first?" if day_first and month_first else None
    return {"from": source, "date_format": fitting[0]}, doubt


def _coded(column: Column, source: str, values: list[str]) -> tuple[Any, list[str]]:
    known = {theirs: ours for ours, texts in vocabulary()["codes"].get(column.name, {}).items() for theirs in texts}
    distinct = sorted(set(values))[:30]
    if all(words(text) in (column.allowed or ()) for text in distinct):
        return source, []
    codes = {text: known[words(text)] for text in distinct if words(text) in known}
    return {"from": source, "codes": codes}, [text for text in distinct if words(text) not in known]


def _thousands(values: list[str]) -> str:
    return next(
        (mark for mark in (".", "'", " ") if any(re.search(rf"\d{re.escape(mark)}\d{{3}}", text) for text in values)),
        ".",
    )


def _iso_share(values: list[str]) -> float:
    return sum(ISO.fullmatch(text) is not None for text in values) / len(values)


def _epoch_share(values: list[str]) -> float:
    return sum(re.fullmatch(r"1\d{9}(\d{3})?([.]\d+)?", text) is not None for text in values) / len(values)


def _format_share(values: list[str], date_format: str) -> float:
    return sum(_fits(text, date_format) for text in values[:100]) / len(values[:100])


def _fits(text: str, date_format: str) -> bool:
    try:
        return 1900 < datetime.strptime(text, date_format).year < 2200  # noqa: DTZ007
    except ValueError:
        return False


def _shape(values: list[str], name: str) -> float:
    return sum(SHAPES[name](text) for text in values) / len(values)

"""What a text file is made of: its encoding, and whether DuckDB can read it as it is.

Encodings are found, not guessed at will: a byte order mark, valid UTF-8, UTF-16 by its zero bytes, GB18030 when the
result is Chinese, Latin-1 when the result is letters inside words. Anything else refuses the file.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import FileRefused

BLOCK = 1 << 22
SAMPLE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_LATIN = re.compile(r"[A-Za-z]")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass
class TextFacts:
    """What one pass over the bytes found. `needs_rewrite`: DuckDB can't read it as it is, or not with certainty."""

    encoding: str
    needs_rewrite: bool
    line_count: int
    warnings: list[str] = field(default_factory=list)


def examine(path: Path, declared: str | None) -> TextFacts:
    """Encoding and line ends of a text file. Raises FileRefused when its bytes are no text in any encoding we know."""
    census = _census(path)
    encoding = _encoding(path, declared, census)
    warnings = []
    if declared is None and encoding in ("cp1252", "gb18030"):
        warnings.append(f"encoding not declared; read as {encoding}")
    if census.nul_count and encoding.startswith("utf-8"):
        warnings.append(f"{census.nul_count} NUL bytes removed")
    mixed = census.lone_cr_count > 0 or (0 < census.crlf_count < census.lf_count)
    rewrite = encoding != "utf-8" or census.nul_count > 0 or mixed or census.has_blank_line
    return TextFacts(encoding, rewrite, census.lf_count + (not census.ends_with_line_end), warnings)


@dataclass
class _Census:
    is_utf8: bool = True
    nul_count: int = 0
    crlf_count: int = 0
    lf_count: int = 0
    lone_cr_count: int = 0
    has_blank_line: bool = False
    ends_with_line_end: bool = True


def _census(path: Path) -> _Census:
    found = _Census()
    decoder = codecs.getincrementaldecoder("utf-8")()
    last = b"\n"
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            while block.endswith(b"\r") and (more := stream.read(1)):
                block += more
            found.is_utf8 = found.is_utf8 and _decodes(decoder, block)
            found.nul_count += block.count(b"\0")
            cr_count = block.count(b"\r")
            crlf = block.count(b"\r\n") if cr_count else 0
            found.crlf_count += crlf
            found.lf_count += block.count(b"\n")
            found.lone_cr_count += cr_count - crlf
            found.has_blank_line = found.has_blank_line or _has_blank_line(last, block, has_cr=cr_count > 0)
            last = block[-1:]
    found.ends_with_line_end = last == b"\n"
    found.is_utf8 = found.is_utf8 and _decodes(decoder, b"", final=True)
    return found


def _has_blank_line(last: bytes, block: bytes, has_cr: bool) -> bool:
    start = last + block[:2]
    return b"\n\n" in start or b"\n\r\n" in start or b"\n\n" in block or (has_cr and b"\n\r\n" in block)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    if not final and block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(path: Path, declared: str | None, census: _Census) -> str:
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), None)
    if marked or declared:
        chosen = marked or _known(declared or "")
        _check_decodes(path, chosen)
        return chosen
    if sample and sample.count(b"\0") > len(sample) // 5:
        chosen = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
        _check_decodes(path, chosen)
        return chosen
    return "utf-8" if census.is_utf8 else _legacy(path)


def _known(declared: str) -> str:
    name = {"latin-1": "cp1252", "latin1": "cp1252", "iso-8859-1": "cp1252"}.get(declared.lower(), declared)
    try:
        found = codecs.lookup(name).name
    except LookupError:
        raise FileRefused(
            f"encoding {declared!r} of the mapping is unknown; allowed: names such as utf-8, gb18030, latin-1"
        ) from None
    return "utf-8" if found == "ascii" else found


def _check_decodes(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as stream:
        try:
            while block := stream.read(BLOCK):
                decoder.decode(block)
                offset += len(block)
            decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            raise FileRefused(
                f"not {encoding}: it can't be decoded near byte {offset + error.start}; have it sent again,"
                f" or state its encoding in the mapping"
            ) from None


def _legacy(path: Path) -> str:
    """GB18030 or Latin-1, when the text that comes out is plausible; raises FileRefused when it is not."""
    unusual = _unusual_bytes(path)
    sequences = _MULTIBYTE.findall(unusual)
    stray = len(re.sub(rb"[\x00-\x7f]", b"", _MULTIBYTE.sub(b"", unusual)))
    if len(sequences) <= stray:
        for encoding, is_plausible in (("gb18030", _is_chinese), ("cp1252", _is_western)):
            try:
                text = unusual.decode(encoding)
            except UnicodeDecodeError:
                continue
            if is_plausible(text):
                _check_decodes(path, encoding)
                return encoding
    raise FileRefused(
        f"can't be decoded: {stray} bytes are not UTF-8 and no other encoding fits; have it sent again, or"
        f" state its encoding in the mapping"
    )


def _unusual_bytes(path: Path) -> bytes:
    """Pieces of the lines that hold bytes beyond ASCII, up to a sample's size."""
    pieces, size = [], 0
    with path.open("rb") as stream:
        for line in stream:
            if not line.isascii():
                pieces.append(line[:BLOCK])
                size += len(pieces[-1])
                if size > SAMPLE:
                    break
    return b"".join(pieces)


def _is_chinese(text: str) -> bool:
    """Whether the characters beyond ASCII are Chinese, and stand beside each other rather than inside Latin words."""
    other = [place for place, character in enumerate(text) if ord(character) > 127]
    chinese = [place for place in other if _CHINESE.match(text[place])]
    inside_words = sum(_LATIN.match(text[place - 1 : place] or " ") is not None for place in chinese)
    return len(chinese) > 0.9 * len(other) and inside_words < 0.3 * len(chinese)


def _is_western(text: str) -> bool:
    """Whether nearly every character beyond ASCII is a letter that touches a letter, or a usual sign."""
    good = total = 0
    for place, character in enumerate(text):
        if ord(character) < 128:
            continue
        total += 1
        near = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        is_letter = unicodedata.category(character) in ("Lu", "Ll") and _LETTERS.search(near) is not None
        good += is_letter or character in "€£°§–—‘’“”ºª\u00a0"
    return good > 0.9 * total

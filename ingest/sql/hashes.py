"""Numbers of documents and cards as keyed hashes, in SQL: the number itself, and its neighbourhood."""

from guestbook.contracts import Contract
from ingest.sql import checks
from ingest.sql.names import quoted

BLOCK_BYTES = 64
#: Said before a neighbour is hashed, so that none of these hashes is that of a number kept elsewhere.
NEIGHBOUR_PREFIX = "neighbour:"
#: Shorter numbers are so few that neighbourhoods would give them away; longer ones are no numbers of documents.
SHORTEST_NUMBER, LONGEST_NUMBER = 6, 24


def number_text(expression: str) -> str:
    """A number without the differences that writing makes, as `ingest.redact.document_text`; null for none."""
    return f"nullif(regexp_replace(upper({expression}), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"


def hashed(expression: str, key: bytes) -> str:
    """HMAC-SHA256 in SQL: the same as `guestbook.privacy.keyed_hash` of the number without case, blanks and signs."""
    return _keyed_hash(f"encode({number_text(expression)})", key)


def written(name: str) -> str:
    """Draft column beside a hashed one: the number, as long as the file is being loaded."""
    return quoted(f"{name} as written")


def written_columns(contract: Contract) -> str:
    """The numbers of rows that pass, as draft columns; the draft is gone when the file is loaded."""
    return "".join(
        f", case when reasons = '' then {number_text(checks.text(column.name))} end as {written(column.name)}"
        for column in contract.columns
        if column.hashed
    )


def neighbourhoods(contract: Contract, rows: str, key: bytes) -> str:
    """One row per number of a document: document_hash, neighbour_hashes. None of a contract without such numbers.

    A neighbour is the number with one character left out, or the number itself; each is known by 32 bits of a keyed
    hash. Two numbers share one if one substitution, insertion, deletion or swap of neighbouring characters makes one of
    the other, or if one character stands elsewhere.
    """
    numbers = " union ".join(
        f"select {quoted(column.name)} as document_hash, {written(column.name)} as number from {rows}"
        for column in contract.columns
        if column.hashed
    )
    return (
        f"select document_hash, {neighbour_hashes('number', key)} as neighbour_hashes from ({numbers})"
        f" where length(number) between {SHORTEST_NUMBER} and {LONGEST_NUMBER} order by document_hash"
    )


def neighbour_hashes(number: str, key: bytes) -> str:
    """UINTEGER[] without repeats, in the order of the hashes: which character was left out isn't told."""
    left_out = f"left({number}, place - 1) || substr({number}, place + 1)"
    hash_of_one = _keyed_hash(f"encode('{NEIGHBOUR_PREFIX}' || {left_out})", key)
    each = f"lambda place: ('0x' || left({hash_of_one}, 8))::uinteger"
    return f"list_sort(list_distinct(list_transform(range(1, length({number}) + 2), {each})))"


def _keyed_hash(content: str, key: bytes) -> str:
    inner = _blob(bytes(byte ^ 0x36 for byte in key.ljust(BLOCK_BYTES, b"\0")))
    outer = _blob(bytes(byte ^ 0x5C for byte in key.ljust(BLOCK_BYTES, b"\0")))
    return f"sha256({outer} || unhex(sha256({inner} || {content})))"


def _blob(content: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02x}" for byte in content) + "'::blob"

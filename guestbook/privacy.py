"""Keyed hashes: how document and card numbers are known without being kept."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32


def keyed_hash(key: bytes, text: str) -> str:
    """Hex HMAC-SHA256 of a text under the installation's key: equal for equal texts, in one installation only."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def read_or_make_key(path: Path) -> bytes:
    """The installation's key, made with mode 0600 on first use. Two processes that start at once agree on one key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_hex(KEY_BYTES).encode())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key is the key
        finally:
            draft.unlink()
    return bytes.fromhex(path.read_text().strip())

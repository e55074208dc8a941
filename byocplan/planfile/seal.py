"""The seal of a plan file: its last 64 bytes are the SHA-256, in hex, of every byte before them.

It stands at the end of the zip's comment, so that every zip tool reads the file. It shows damage, not forgery. Touches
the open file it is given.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import IO

SEAL_LENGTH = 64
COMMENT = b"byocplan plan, sha256 of every byte before: "
UNSEALED = COMMENT + b"0" * SEAL_LENGTH
CHUNK = 1 << 18


def write_seal(file: IO[bytes]) -> str:
    """Put the digest in the place that ``UNSEALED`` kept for it, and return it."""
    digest = _hash_body(file).encode()
    file.seek(-SEAL_LENGTH, os.SEEK_END)
    file.write(digest)
    return digest.decode()


def read_seal(file: IO[bytes]) -> str | None:
    """Return the digest, None when the file is not what was sealed."""
    size = file.seek(0, os.SEEK_END)
    if size < len(UNSEALED):
        return None
    file.seek(-len(UNSEALED), os.SEEK_END)
    comment = file.read()
    body = _hash_body(file)
    is_whole = comment.startswith(COMMENT) and hmac.compare_digest(comment[-SEAL_LENGTH:], body.encode())
    return body if is_whole else None


def _hash_body(file: IO[bytes]) -> str:
    left = file.seek(0, os.SEEK_END) - SEAL_LENGTH
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()

"""A key in, its shape out, so that left-over keys can be grouped. Pure."""

import re

_MAX_LENGTH = 200
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?=[A-Fa-f]*[0-9])(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{8,}(?![0-9A-Za-z])")
_EXTENSION = re.compile(r"\.[0-9A-Za-z]{0,4}[A-Za-z][0-9A-Za-z]{0,4}\Z")
_DIGITS = re.compile(r"[0-9]+")


def make_key_shape(key: str) -> str:
    """Return the key with ``<uuid>``, ``<hex>`` (8 digits or more) and ``#`` for its numbers: ``#/#/B#.jp2``.

    At most 200 characters; what is cut off ends in ``…``.
    """
    extension = _EXTENSION.search(key)
    end = extension.start() if extension else len(key)
    shape = _DIGITS.sub("#", _HEX.sub("<hex>", _UUID.sub("<uuid>", key[:end]))) + key[end:]
    return shape if len(shape) <= _MAX_LENGTH else f"{shape[: _MAX_LENGTH - 1]}…"

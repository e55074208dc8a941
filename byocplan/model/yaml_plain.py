"""Which texts YAML 1.1 and YAML 1.2 both take for themselves without quotes. Pure."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"(?:[A-Za-z_/]|[0-9]+[ACDF-NP-WYZacdf-np-wyz])(?:[A-Za-z0-9_./+@() -]*[A-Za-z0-9_./+@()-])?",
    re.ASCII,
)
#: Words that YAML 1.1 reads as something else. Source: YAML 1.1, types bool, null and float.
WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"})


def is_plain(text: str) -> bool:
    """Tell whether the text needs no quotes anywhere, in a list in brackets neither. Errs on the side of quotes."""
    return _PLAIN.fullmatch(text) is not None and text.lower() not in WORDS

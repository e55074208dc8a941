"""Words shared by all messages about manifests. Pure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_LENGTH = 60


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?``, empty when nothing known is alike."""
    if len(word) > _MAX_LENGTH:
        return ""
    by_folded = {each.casefold(): each for each in known}
    alike = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"did you mean {by_folded[alike[0]]}?" if alike else ""


def shorten(text: str) -> str:
    """Return the text, cut where it is longer than a message bears."""
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}…"


def join_words(words: Iterable[object], last: str = "or") -> str:
    """Return ``a, b or c``."""
    *head, tail = [str(word) for word in words]
    return f"{', '.join(head)} {last} {tail}" if head else tail

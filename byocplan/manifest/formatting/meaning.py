"""What documents say, whatever they look like: trees as the reader reads them in, values to compare out. Pure.

No second reading of YAML: a text is a date or a number here only where the schema could make one of it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.manifest.scalars import make_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.manifest.yamltree import Raw

#: What is a text under all types at once is one under each of them.
_ALL_TYPES = frozenset({"null", "boolean", "integer", "number", "string"})


def make_meaning(documents: Sequence[Raw]) -> list[object]:
    """Return values that are equal when the documents say the same; the order of keys says nothing."""
    return [_make(document) for document in documents]


def _make(raw: Raw) -> object:
    if isinstance(raw.content, dict):
        return {name: _make(entry.value) for name, entry in raw.content.items()}
    if isinstance(raw.content, list):
        return [_make(each) for each in raw.content]
    # A variable may hold a number: then the quotes around it count.
    keeps_quotes = "${" in raw.content and not raw.is_plain
    return raw.content, make_value(raw.content, _ALL_TYPES, is_plain=raw.is_plain), keeps_quotes

"""Causes of failure, grouped: texts that differ in numbers, ids and paths alone count as one. Pure."""

from __future__ import annotations

import re

MAX_GROUPS = 50
OTHER = "other causes"

_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_URL = re.compile(r"\b[a-z0-9]{2,10}://[^\s'\"<>]{1,2000}")
_QUOTED = re.compile(r"(?<!\w)(['\"`])[^'\"`\n]{0,2000}/[^'\"`\n]{0,2000}\1")
_PATH = re.compile(r"[^\s'\"`:,;<>=]*/[^\s'\"`:,;<>=]*")
_FILE = re.compile(r"[^\s'\"`:,;<>=/]+\.tiff?\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONGEST = 2000


def normalise_cause(text: str) -> str:
    """Return ``text`` with ids, addresses, paths and numbers replaced, so that alike causes are equal."""
    text = " ".join(text[:_LONGEST].split())
    for pattern, word in ((_UUID, "<id>"), (_QUOTED, "<path>"), (_URL, "<path>"), (_PATH, "<path>"), (_FILE, "<file>")):
        text = pattern.sub(word, text)
    return _NUMBER.sub("<n>", text)


class CauseTally:
    """Counts causes by their normalised text.

    A group whose members all read the same is called by that very text. Bounded: causes of more than ``MAX_GROUPS``
    kinds are counted as ``OTHER``.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, tuple[str, str]] = {}
        self._mixed: set[str] = set()

    def add(self, text: str, where: str = "", count: int = 1) -> None:
        """Count failures of one kind; ``where`` (a tile path, an address) is kept for the first of each kind."""
        group = normalise_cause(text)
        if group not in self._counts and len(self._counts) >= MAX_GROUPS:
            group = OTHER
        first, _ = self._examples.setdefault(group, (text, where))
        if first != text:
            self._mixed.add(group)
        self._counts[group] = self._counts.get(group, 0) + count

    @property
    def total(self) -> int:
        """How many failures were counted."""
        return sum(self._counts.values())

    def count_by_cause(self) -> dict[str, int]:
        """Return the counts, largest first."""
        groups = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return {self._label(group): count for group, count in groups}

    def examples(self) -> dict[str, str]:
        """Return one example a cause: where it was and, unless the cause itself says so, the whole text."""
        return {self._label(group): self._example(group) for group in self._counts}

    def _label(self, group: str) -> str:
        return group if group in self._mixed or group == OTHER else self._examples[group][0]

    def _example(self, group: str) -> str:
        text, where = self._examples[group]
        if group not in self._mixed and group != OTHER:
            return where
        return f"{where}: {text}" if where else text

"""A stretch of a listing, and how a long one is parted. Pure.

Ends of stretches are names of folders, but nothing rests on what is in them: the parts of a stretch hold each of its
keys once, whatever their ends are, as long as the bucket lists in order.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.discovery.listing import ObjectPage

#: Parts a long stretch is cut into at most; each costs a request or two more than its keys need.
MAX_PARTS = 16


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The keys that begin with ``prefix`` and lie behind ``after``, up to and with ``until``; None is open.

    ``order`` puts the stretches of a run in order: parts come after the stretch they were cut from, before the next.
    ``folder`` is where the next cut is looked for.
    """

    order: tuple[int, ...]
    prefix: str
    after: str | None = None
    until: str | None = None
    folder: str = ""


def cut_page(page: ObjectPage, stretch: KeyRange) -> tuple[ObjectPage, bool]:
    """Return the page without keys outside of the stretch, and whether its end was passed. Keys must be in order."""
    first = 0 if stretch.after is None else bisect_right(page.keys, stretch.after)
    end = len(page) if stretch.until is None else bisect_right(page.keys, stretch.until)
    if first == 0 and end == len(page):
        return page, False
    keys, etags, sizes = page.keys[first:end], page.etags[first:end], page.sizes[first:end]
    modified_ms, archived = page.modified_ms[first:end], page.archived.intersection(keys)
    kept = replace(page, keys=keys, etags=etags, sizes=sizes, modified_ms=modified_ms, archived=archived)
    return kept, end < len(page)


def is_in_order(keys: Sequence[str]) -> bool:
    """Tell whether keys stand in the order of their characters, as S3 lists them (directory buckets do not)."""
    return list(keys) == sorted(keys)


def find_ends(names: Sequence[str], folders: Sequence[str], last: str, until: str | None) -> list[str]:
    """Return where to cut behind ``last``: folders among ``names``, which are all names of one level, in order.

    Empty where servers may order the level differently: some take ``a/`` for ``a``, and so before ``a-b``.
    """
    if list(folders) != sorted(folders) or sorted(names) != sorted(names, key=lambda name: name.rstrip("/")):
        return []
    ends = [folder for folder in folders if folder > last and (until is None or folder < until)]
    return ends if len(ends) < MAX_PARTS else [ends[len(ends) * part // MAX_PARTS] for part in range(MAX_PARTS - 1)]


def part_range(whole: KeyRange, last: str, ends: Iterable[str], folder: str) -> list[KeyRange]:
    """Return what is left of ``whole`` behind the key ``last``, cut at ``ends``."""
    starts = [last, *ends]
    return [
        KeyRange((*whole.order, number), whole.prefix, after, until, folder)
        for number, (after, until) in enumerate(zip(starts, [*starts[1:], whole.until], strict=True))
    ]


def get_next_folder(folder: str, key: str) -> str | None:
    """Return the folder one level below ``folder`` that the key lies in, None when it lies in none."""
    end = key.find("/", len(folder))
    return key[: end + 1] if key.startswith(folder) and end >= 0 else None

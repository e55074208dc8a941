"""A stretch of a listing, and how a long one is parted. Pure.

Ends of stretches are names of folders, but nothing rests on what is in them: the parts of a stretch hold each of its
keys once, whatever their ends are. S3 lists in order of characters; a server over a file system takes ``a/`` for ``a``,
and so before ``a-b``. Ends are names on which both agree, so that both agree on what lies behind an end.
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


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a page lies in a stretch, and whether the end of the stretch was passed."""

    kept: ObjectPage
    is_over: bool


def cut_page(page: ObjectPage, stretch: KeyRange, *, has_begun: bool = False) -> Cut | None:
    """Return the page without keys outside of the stretch; None where the bucket's order is not to be trusted.

    ``has_begun``: keys of the stretch came before, so that none from before it may follow.
    """
    keys, after, until = page.keys, stretch.after or "", stretch.until
    if is_in_order(keys):
        first, end = bisect_right(keys, after), len(keys) if until is None else bisect_right(keys, until)
    else:
        sides = [-1 if key <= after else int(until is not None and key > until) for key in keys]
        if not is_in_order(sides):
            return None
        first, end = bisect_right(sides, -1), bisect_right(sides, 0)
    if has_begun and first:
        return None
    if first == 0 and end == len(keys):
        return Cut(page, is_over=False)
    keys, etags, modified_ms = page.keys[first:end], page.etags[first:end], page.modified_ms[first:end]
    archived = page.archived.intersection(keys)
    kept = replace(page, keys=keys, etags=etags, modified_ms=modified_ms, archived=archived)
    return Cut(kept, is_over=end < len(page))


def is_in_order(items: Sequence[str] | Sequence[int]) -> bool:
    """Tell whether keys stand in the order of their characters, as S3 lists them (directory buckets do not)."""
    return list(items) == sorted(items)


def find_doubtful(level: ObjectPage) -> frozenset[str]:
    """Return the folders of one level that stand elsewhere among its names with the slash than without it."""
    stems = {folder[:-1] for folder in level.folders}
    doubtful: set[str] = set()
    for name in [*level.keys, *stems]:
        starts = {name[:at] for at, character in enumerate(name) if character < "/"} & stems
        if starts:
            doubtful |= {name, *starts}
    return frozenset(f"{stem}/" for stem in doubtful & stems)


def find_ends(folders: Iterable[str], last: str, until: str | None) -> list[str]:
    """Return where to cut behind the key ``last``: some of the folders of one level, which are in order."""
    ends = [folder for folder in folders if folder > last and (until is None or folder < until)]
    return ends if len(ends) < MAX_PARTS else [ends[len(ends) * part // MAX_PARTS] for part in range(MAX_PARTS - 1)]


def part_range(whole: KeyRange, ends: Sequence[str], folder: str) -> list[KeyRange]:
    """Return a stretch cut at ``ends``; of its first part some pages have been seen."""
    return [
        KeyRange((*whole.order, number), whole.prefix, after, until, folder)
        for number, (after, until) in enumerate(zip([whole.after, *ends], [*ends, whole.until], strict=True))
    ]


def get_next_folder(folder: str, key: str) -> str | None:
    """Return the folder one level below ``folder`` that the key lies in, None when it lies in none."""
    end = key.find("/", len(folder))
    return key[: end + 1] if key.startswith(folder) and end >= 0 else None

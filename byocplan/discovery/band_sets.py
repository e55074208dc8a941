"""Bands of tiles whose collection configures none: counts of sets in, what is unwise about them out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Sets that are named, and characters of each: what shows a note cuts it.
SHOWN, WIDTH = 3, 30


def iter_band_notes(band_sets: Mapping[str, int], limit: int) -> Iterator[str]:
    """Yield a note where tiles differ in their bands; ``band_sets`` has ``limit`` sets at most, largest first.

    What is ingested first decides, and creates are sent by sensing time, not by what is whole. Source: BYOC
    documentation, automatic configuration: names come from the first ingested tile, and bands are never added later.
    """
    if len(band_sets) < 2:  # noqa: PLR2004 - one set fits itself
        return
    shown = [f"{_cut(bands)} in {count:,}" for bands, count in list(band_sets.items())[:SHOWN]]
    if len(band_sets) > SHOWN:
        shown.append("and more")
    many = f"{limit} sets or more" if len(band_sets) >= limit else f"{len(band_sets)} sets"
    yield (
        "write `bands:`; a collection that has none takes those of the tile that it ingests first, for good, and these"
        f" tiles have {many}: {'; '.join(shown)}"
    )


def _cut(bands: str) -> str:
    if len(bands) > WIDTH:
        return f"{bands[: WIDTH - 3]}..."
    return bands or "one file without (BAND)"

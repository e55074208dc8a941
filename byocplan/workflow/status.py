"""Status: live collections in, counts, causes, ranges and gaps out. Reads the service alone."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

from byocplan.model.gaps import TimeTally, count_missing, name_gaps
from byocplan.model.live_status import GroupGaps, LiveStatus
from byocplan.model.source import PatternSource
from byocplan.sets import TileSets
from byocplan.workflow.live import list_tiles
from byocplan.workflow.live_collections import ALL, find_standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.manifest import Loaded
    from byocplan.model.collection import Collection, LiveCollection
    from byocplan.model.pattern import PathPattern
    from byocplan.model.targets import Targets
    from byocplan.state import State

MAX_GROUPS = 10


def look_at_status(
    loaded: Loaded, state: State, client: ReadClient, address: str | None, targets: Targets = ALL
) -> tuple[list[LiveStatus], Mapping[str, str]]:
    """Return the status of all that is described or bound and selected, or of one ``address``.

    And by address why something described stands for nothing live although something is live. Raises ArgumentError and
    InputError for others.
    """
    described = {str(key): each for key, each in loaded.manifests.by_address().items()}
    found = find_standing(loaded, state, client, address, targets)
    statuses = [get_status(key, each, client, described.get(key)) for key, each in found.live.items()]
    return statuses, found.blocked


def get_status(address: str, live: LiveCollection, client: ReadClient, described: Collection | None) -> LiveStatus:
    """Return the status of one collection; one request a page of tiles. Groups follow the patterns of the manifest."""
    with TileSets() as sets:
        tiles = list_tiles(live.id, client, sets)
        first_ms, last_ms, timeless = tiles.get_time_range()
        tally = TimeTally(first_ms, last_ms)
        patterns = _list_patterns(described)
        for path, time_ms in tiles.iter_times():
            tally.add(_find_group(path, patterns), time_ms)
        gaps = tally.find_gaps(tally.seen)
        return LiveStatus(
            address,
            live.id,
            live.name,
            live.s3_bucket,
            tiles.count,
            tiles.by_status(),
            tiles.by_cause(),
            _make_extent(live.extent),
            first_ms,
            last_ms,
            timeless,
            tally.unit,
            name_gaps(gaps, tally.unit),
            count_missing(gaps),
            tuple(_list_group_gaps(tally)),
            len(tally.groups),
            live.requires_metadata_update,
        )


def _list_patterns(described: Collection | None) -> list[PathPattern]:
    sources = described.sources if described is not None else ()
    return [source.pattern for source in sources if isinstance(source, PatternSource)]


def _find_group(path: str, patterns: Sequence[PathPattern]) -> str:
    """Return the text of the first field that is no time, else the first folder."""
    for pattern in patterns:
        match = pattern.match_tile(path)
        if match is not None and pattern.first_field is not None:
            return match.fields.get(pattern.first_field, "")
    return path.partition("/")[0] if "/" in path else ""


def _list_group_gaps(tally: TimeTally) -> Iterator[GroupGaps]:
    """Yield the groups with most missing, at most ``MAX_GROUPS``; none where all tiles are of one group."""
    if len(tally.groups) < 2:  # noqa: PLR2004 - one group is the whole
        return
    missing = ((-count_missing(tally.find_gaps(seen)), name) for name, seen in tally.groups.items())
    for count, name in nsmallest(MAX_GROUPS, (each for each in missing if each[0])):
        gaps = tally.find_gaps(tally.groups[name])
        yield GroupGaps(name, -count, name_gaps(gaps, tally.unit))


def _make_extent(extent: Mapping[str, object] | None) -> tuple[float, float, float, float] | None:
    """Return the bounding box of a GeoJSON geometry, None for what is none."""
    points = list(_iter_points(extent.get("coordinates"))) if extent else []
    if not points:
        return None
    eastings, northings = zip(*points, strict=True)
    return min(eastings), min(northings), max(eastings), max(northings)


def _iter_points(value: object) -> Iterator[tuple[float, float]]:
    match value:
        case [int() | float() as easting, int() | float() as northing, *_]:
            yield float(easting), float(northing)
        case list():
            for each in value:
                yield from _iter_points(each)

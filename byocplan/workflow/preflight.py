"""Preflight: manifests and buckets in, what ingestion would say of the files out. Reads S3; does not know the API."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.discovery.discover import discover_collection
from byocplan.discovery.rule import get_band_texts, make_source_rules
from byocplan.discovery.s3_ranges import open_s3_ranges
from byocplan.model.preflight import BandNeed
from byocplan.model.tile import BAND
from byocplan.sets import TileSets
from byocplan.workflow.fan_out import iter_results
from byocplan.workflow.preflight_tally import PreflightTally
from byocplan.workflow.preflight_task import PreflightTask, TileFiles, judge_tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from byocplan.discovery.listing import Bucket
    from byocplan.discovery.s3_ranges import RangeBucket
    from byocplan.model.collection import Collection, S3Settings
    from byocplan.model.preflight import PreflightReport
    from byocplan.sets import DesiredRow, DesiredTiles

#: Headers a task: handing a task to a cluster costs as much as reading a few headers.
FILES_A_TASK = 50
#: Tasks under way or waiting to be fetched, so that no worker of a cluster of this size is idle.
TASKS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class PreflightOptions:
    """How much is read, and where.

    ``sample`` is how many tiles of each collection are read, None for all. ``resolve`` makes the settings of a bucket
    so whole that another machine reaches the same one.
    """

    sample: int | None
    executor: Executor
    resolve: Callable[[S3Settings], S3Settings]
    open_ranges: Callable[[str, S3Settings], RangeBucket] = open_s3_ranges


def preflight(
    collections: Sequence[Collection], open_bucket: Callable[[Collection], Bucket], options: PreflightOptions
) -> tuple[PreflightReport, ...]:
    """Return a report for each collection; the same whatever the executor.

    Raises AccessError, BucketError or UnreachableError for what would meet every file.
    """
    with TileSets() as sets:
        return tuple(_check_one(collection, open_bucket(collection), sets, options) for collection in collections)


def _check_one(collection: Collection, bucket: Bucket, sets: TileSets, options: PreflightOptions) -> PreflightReport:
    bands = get_band_texts(collection.bands)
    desired = sets.make_desired(make_source_rules(collection.sources, bands))
    found = discover_collection(collection, bands, bucket, desired)
    tally = PreflightTally()
    for verdicts in iter_results(
        options.executor, judge_tiles, _iter_tasks(collection, desired, options), TASKS_AT_ONCE
    ):
        tally.add(verdicts)
    failures = tuple(f"{source.text}: {source.failure}" for source in found.sources if source.failure)
    return replace(tally.make_report(collection.address, found.tiles, failures), notes=found.notes)


def _iter_tasks(collection: Collection, desired: DesiredTiles, options: PreflightOptions) -> Iterator[PreflightTask]:
    rows = desired.iter_complete() if options.sample is None else desired.iter_sample(options.sample)
    bands, s3 = _make_needs(collection), options.resolve(collection.s3)
    for tiles in iter_chunks(rows, get_band_texts(collection.bands) or ()):
        yield PreflightTask(collection.s3_bucket, s3, bands, tiles, options.open_ranges)


def iter_chunks(rows: Iterable[DesiredRow], bands: Sequence[str] = ()) -> Iterator[tuple[TileFiles, ...]]:
    """Yield tiles in groups of about ``FILES_A_TASK`` files; a tile is never parted.

    A tile of a table has the files that ``bands`` make; without bands those of ``(BAND)`` are not known, and it is left
    out.
    """
    chunk: list[TileFiles] = []
    files = 0
    for row in rows:
        sources = _list_sources(row, bands)
        if not sources:
            continue
        chunk.append(TileFiles(row.path, sources))
        files += len(sources)
        if files >= FILES_A_TASK:
            yield tuple(chunk)
            chunk, files = [], 0
    if chunk:
        yield tuple(chunk)


def _list_sources(row: DesiredRow, bands: Sequence[str]) -> tuple[str, ...]:
    if row.files is not None:
        return tuple(line.rpartition("=")[0] for line in row.files.split("\n"))
    return tuple(bands) if BAND in row.path else ("",)


def _make_needs(collection: Collection) -> tuple[BandNeed, ...]:
    return tuple(
        BandNeed(band.name, band.source or band.name, band.band_index or 1, band.bit_depth, band.sample_format)
        for band in (collection.bands or {}).values()
    )

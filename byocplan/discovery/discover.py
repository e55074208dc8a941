"""The sources of one collection in, its desired tile set and a report of what was found out. Lists the bucket."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.discovery.band_sets import iter_band_notes
from byocplan.discovery.inventory_tiles import list_inventories
from byocplan.discovery.path_tiles import list_paths
from byocplan.discovery.pattern_tiles import list_patterns
from byocplan.discovery.progress import make_bounded, make_progress
from byocplan.discovery.rule import get_text
from byocplan.discovery.table_tiles import list_tables
from byocplan.model.discovered import Discovered, SourceReport
from byocplan.model.source import Incomplete, PatternSource

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection
    from collections.abc import Iterator, Sequence

    from byocplan.discovery.listing import Bucket
    from byocplan.discovery.progress import Progress, SourceProgress
    from byocplan.model.collection import Collection
    from byocplan.model.source import TileSource
    from byocplan.sets import DesiredTiles

MAX_SAMPLES = 20


def discover_collection(
    collection: Collection, bands: AnyCollection[str] | None, bucket: Bucket, desired: DesiredTiles
) -> Discovered:
    """Fill and finish ``desired`` from all sources of the collection, and return the report.

    ``bands`` are the texts for ``(BAND)`` of the configured bands, None while there are none. ``desired`` was made with
    the rules of ``make_source_rules(collection.sources, bands)``.

    A listing that fails after the bucket has shown something is recorded as the ``failure`` of its sources. When the
    bucket shows nothing at all, the failure is raised: AccessError, BucketError or UnreachableError. Tables are read
    first, and ManifestError raised for what is wrong with them.

    Where there are no configured bands, tiles that differ in theirs are the first of the notes.
    """
    chosen = None if bands is None else frozenset(bands)
    progress = make_progress(collection.sources, desired)
    list_tables(collection.sources, progress, desired)
    list_paths(collection.sources, chosen, bucket, progress, desired)
    list_patterns(collection.sources, chosen, bucket, progress)
    list_inventories(collection, chosen, bucket, progress)
    failure = progress.find_failure()
    if failure is not None and not progress.pages:
        raise failure
    found = finish_discovery(collection, progress, desired)
    if bands is not None:
        return found
    return replace(found, notes=(*iter_band_notes(found.band_sets, MAX_SAMPLES), *found.notes))


def finish_discovery(collection: Collection, progress: Progress, desired: DesiredTiles) -> Discovered:
    """Hand over what the sources still hold, finish ``desired``, and return the report."""
    for source in progress.sources:
        source.files.flush()
        source.tiles.flush()
    desired.finish()
    counts = desired.count_by_source()
    reports = tuple(
        _make_report(source, own, tiles, incomplete)
        for source, own, (tiles, incomplete) in zip(collection.sources, progress.sources, counts, strict=True)
    )
    problems = [*progress.problems, *_iter_problems(collection.sources, reports)]
    notes = [*progress.notes, *_iter_notes(collection.sources, progress)]
    return Discovered(
        collection.address,
        sources=reports,
        tiles=desired.count,
        incomplete=desired.count_incomplete,
        leftover_keys=progress.left_over.count,
        left_over=progress.left_over.get_shapes(),
        left_over_samples=progress.left_over.get_samples(),
        incomplete_samples=tuple(desired.incomplete_samples(MAX_SAMPLES)),
        band_sets=desired.band_sets(MAX_SAMPLES),
        overlap_count=desired.count_overlaps(),
        overlaps=tuple(desired.overlaps(MAX_SAMPLES)),
        problems=make_bounded(problems),
        notes=make_bounded(notes),
    )


def _make_report(source: TileSource, own: SourceProgress, tiles: int, incomplete: int) -> SourceReport:
    return SourceReport(
        place=source.place,
        text=get_text(source),
        prefixes=own.prefixes,
        keys=own.keys,
        tiles=tiles,
        incomplete=incomplete,
        failure=str(own.failure) if own.failure else "",
        path=own.path,
        listed=own.listed,
        inventory=source.inventory if isinstance(source, PatternSource) else "",
    )


def _iter_problems(sources: Sequence[TileSource], reports: Sequence[SourceReport]) -> Iterator[str]:
    for source, report in zip(sources, reports, strict=True):
        if report.incomplete and source.options.incomplete is Incomplete.ERROR:
            yield (
                f"{source.place}: {report.text}: tiles with a band file missing: {report.incomplete:,}, but"
                " `incomplete: error` allows none; upload the files, or write `incomplete: skip`"
            )


def _iter_notes(sources: Sequence[TileSource], progress: Progress) -> Iterator[str]:
    for source, own in zip(sources, progress.sources, strict=True):
        where = f"{source.place}: {get_text(source)}"
        if own.archived:
            yield (
                f"{where}: files in an archive storage class: {own.archived:,}; Sentinel Hub cannot"
                " read them, so restore them before tiles are created from them"
            )
        if own.refused:
            yield (
                f"{where}: keys that give no tile path the service takes: {own.refused:,}, such as"
                f" {own.refused_sample!r}; a path has no empty folder names"
            )

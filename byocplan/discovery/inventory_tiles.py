"""Tiles of ``pattern:`` sources with ``inventory:``: an S3 Inventory in, rows of the desired tile set out. Reads S3.

The data files are downloaded one at a time; their keys go the way of a listing's, in pages of columns. An inventory
that cannot be read to its end counts as a listing that failed.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.discovery.inventory import AGAIN, download, read_inventory
from byocplan.discovery.listing import ARCHIVED, ObjectPage
from byocplan.discovery.path_index import find_common_start
from byocplan.discovery.pattern_tiles import make_listings
from byocplan.discovery.taker import Taker, offer_page
from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.model.instant import format_instant
from byocplan.model.source import OnContentChange, PatternSource
from byocplan.sets import inventory_file as columns
from byocplan.sets.column_file import ColumnFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.discovery.inventory import FileForm, Inventory
    from byocplan.discovery.listing import Bucket
    from byocplan.discovery.progress import Progress
    from byocplan.model.collection import Collection
    from byocplan.sets.engine import Row

CONFIGURE = "add it to the optional fields of the inventory's configuration"
#: What is lost without a column, where that stops nothing.
LOST = {
    columns.MODIFIED: "a FAILED tile is not tried again when newer files lie there",
    columns.STORAGE_CLASS: "files in an archive storage class are not told from others",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One inventory and the sources that read it. ``prefixes`` are sorted, none begins with another."""

    address: str
    takers: Mapping[int, Taker]
    prefixes: tuple[str, ...]

    @property
    def needs_etags(self) -> bool:
        """Whether a source compares files by their ETags."""
        return any(taker.source.options.on_content_change is OnContentChange.REINGEST for taker in self.takers.values())

    def shows(self, key: str) -> bool:
        """Tell whether a listing of the prefixes would show the key."""
        at = bisect_right(self.prefixes, key) - 1
        return at >= 0 and key.startswith(self.prefixes[at])


def list_inventories(collection: Collection, bands: frozenset[str] | None, bucket: Bucket, progress: Progress) -> None:
    """Read each inventory once, for all sources that name it. One that fails is recorded with its sources."""
    by_address: dict[str, dict[int, Taker]] = {}
    for index, source in enumerate(collection.sources):
        if isinstance(source, PatternSource) and source.inventory:
            own = progress.sources[index]
            own.prefixes = tuple(source.pattern.prefixes(source.where))
            by_address.setdefault(source.inventory, {})[index] = Taker(source, own, bands)
    for address, takers in by_address.items():
        prefixes = make_listings({index: taker.progress.prefixes for index, taker in takers.items()})
        reading = Reading(address, takers, tuple(listing.prefix for listing in prefixes))
        try:
            _read(reading, collection.s3_bucket, bucket, progress)
        except (AccessError, BucketError, UnreachableError) as failure:
            progress.fail(takers, failure)


def _read(reading: Reading, s3_bucket: str, bucket: Bucket, progress: Progress) -> None:
    inventory = read_inventory(reading.address, bucket)
    where = f"{inventory.bucket}/{inventory.key}"
    if inventory.source_bucket != s3_bucket:
        what = f"it is the inventory of {inventory.source_bucket}, and the collection's s3Bucket is {s3_bucket}"
        raise BucketError(where, what, "name an inventory of that bucket")
    if inventory.columns is not None:
        _check_columns(inventory.columns, reading, where)
    place = next(iter(reading.takers.values())).source.place
    progress.notes.append(
        f"{place}: the inventory s3://{where} was made at {format_instant(inventory.created_ms)}; what was uploaded,"
        " replaced or removed since is not in it"
    )
    lost: dict[str, str] = {}
    takers = [reading.takers[index] for index in sorted(reading.takers)]
    with tempfile.TemporaryDirectory(prefix="byocplan-inventory-") as folder:
        for file in inventory.files:
            path = Path(folder, "data")
            download(inventory, file, bucket, path)
            for page in _iter_pages(path, file, inventory, reading, lost):
                progress.pages += 1
                offer_page(page, takers, progress.taken, progress.left_over)
    progress.notes.extend(f"{place}: the inventory s3://{where} has no {name}: {what}" for name, what in lost.items())


def _iter_pages(
    path: Path, file: FileForm, inventory: Inventory, reading: Reading, lost: dict[str, str]
) -> Iterator[ObjectPage]:
    """Yield what a data file lists of the prefixes; ``lost`` gathers what it does not record."""
    where = inventory.locate(file)
    start = find_common_start(reading.prefixes) if reading.prefixes else ""
    try:
        with columns.open_inventory_file(path, inventory.columns, is_gzip=file.key.endswith(".gz")) as opened:
            known = columns.list_columns(opened, inventory.columns)
            _check_columns(known, reading, where)
            lost.update({name: what for name, what in LOST.items() if name not in known})
            for rows in columns.iter_objects(opened, known, start):
                if page := _make_page(rows, reading, where):
                    yield page
    except ColumnFault as fault:
        raise BucketError(where, f"this file of an inventory cannot be read ({fault})", AGAIN) from fault


def _check_columns(names: Sequence[str] | Mapping[str, str], reading: Reading, where: str) -> None:
    """Raise BucketError where a column is missing without which tiles would be judged wrongly."""
    if columns.KEY not in names:
        raise BucketError(where, "the inventory has no column Key", AGAIN)
    for name in (columns.LATEST, columns.DELETED):
        if columns.VERSION in names and name not in names:
            what = f"the inventory lists all versions and has no column {name}, so current files are not to be told"
            raise BucketError(where, what, "make one with all its versions' fields, or of current versions only")
    if columns.ETAG not in names and reading.needs_etags:
        what = "the inventory has no column ETag, so that replaced files would go unseen"
        raise BucketError(where, what, f"{CONFIGURE}, or write `onContentChange: ignore`")


def _make_page(rows: Sequence[Row], reading: Reading, where: str) -> ObjectPage | None:
    """Return the rows as a page, without keys that a listing of the prefixes would not show."""
    if any(not row[0] for row in rows):
        raise BucketError(where, "the inventory has a row without a key", AGAIN)
    shown = [row for row in rows if reading.shows(row[0])]
    if not shown:
        return None
    if reading.needs_etags and any(not row[1] for row in shown):
        raise BucketError(where, "the inventory has a row without an ETag", AGAIN)
    keys, etags, modified_ms, classes = zip(*shown, strict=True)
    archived = frozenset(key for key, kind in zip(keys, classes, strict=True) if kind in ARCHIVED)
    return ObjectPage(keys, [etag or "" for etag in etags], modified_ms, archived)

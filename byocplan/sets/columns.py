"""What goes into tile sets: batches of columns, and the rules of the source they came from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class SourceRule:
    """What holds for every tile of one entry of ``spec.tiles``.

    ``required`` are the sources (texts for ``(BAND)``) of which each tile needs a file; None when no bands are
    configured, and then no tile counts as incomplete. A one-file tile requires ``("",)``.
    ``sensing_managed`` false keeps what is live. ``cover`` is GeoJSON text, None keeps what is live.
    """

    place: str
    required: tuple[str, ...] | None = None
    sensing_managed: bool = True
    cover: str | None = None
    reingest_on_change: bool = True
    prune: bool = True


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Tiles taken at their word, one row a tile, columns of equal length, all from the source with index ``source``.

    ``covers`` are GeoJSON texts, None keeps what is live; the rest is as in ``FileBatch``.
    """

    source: int
    paths: Sequence[str]
    sensing_times_ms: Sequence[int | None]
    covers: Sequence[str | None]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Files found in a bucket, one row a file, columns of equal length, all from the source with index ``source``.

    ``paths`` are tile paths with ``(BAND)``; ``bands`` the texts that stood in its place (``""`` for a one-file tile);
    ``etags`` come without quotes; ``modified_ms`` and ``sensing_times_ms`` are instants; ``groups`` is the text of the
    pattern's first field, else the first folder.
    """

    source: int
    paths: Sequence[str]
    bands: Sequence[str]
    etags: Sequence[str]
    modified_ms: Sequence[int]
    sensing_times_ms: Sequence[int | None]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class TileBatch:
    """Files folded to tiles, one row a tile, columns of equal length, all from the source with index ``source``.

    ``files`` are texts as by ``join_files`` and ``band_counts`` how many bands they name, of required bands alone;
    ``newest_ms`` is when the youngest file was written. A tile may come in several batches. The others as in FileBatch.
    """

    source: int
    paths: Sequence[str]
    files: Sequence[str]
    band_counts: Sequence[int]
    newest_ms: Sequence[int]
    sensing_times_ms: Sequence[int | None]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.paths)


#: What stands between a band and its ETag while tiles are folded: so low that the order is the bands'.
BAND_END = "\1"


def join_files(bands: Iterable[str], etags: Iterable[str]) -> str:
    """Return one text of files, ``band`` U+0001 ``etag`` each: in order, each once, joined by newlines."""
    return "\n".join(sorted(set(map(BAND_END.join, zip(bands, etags, strict=True)))))

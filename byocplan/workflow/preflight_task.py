"""One task of a preflight: some tiles in, verdicts on them out. Runs in any process; reads S3.

Everything here can be pickled by name: a task may run in a thread, in another process, or on another machine. What a
task carries is the bucket and how it is reached, never credentials; those come from the AWS chain where it runs.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from byocplan.cog.judge import judge_file, judge_tile
from byocplan.model.tile import BAND

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.cog.header import Header
    from byocplan.discovery.s3_ranges import RangeBucket
    from byocplan.model.collection import S3Settings
    from byocplan.model.preflight import BandNeed, FileVerdict, TileVerdict

#: Files of one task that are read at once: a read is mostly waiting.
READS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class TileFiles:
    """A tile path and the texts that take the place of ``(BAND)`` in it."""

    path: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreflightTask:
    """``open_bucket`` is a function of a module, so that only its name travels."""

    bucket: str
    s3: S3Settings
    bands: tuple[BandNeed, ...]
    tiles: tuple[TileFiles, ...]
    open_bucket: Callable[[str, S3Settings], RangeBucket]


def judge_tiles(task: PreflightTask) -> tuple[TileVerdict, ...]:
    """Return a verdict a tile, in order; one request a file, and more for long headers.

    Raises what would meet every file: AccessError, BucketError, UnreachableError.
    """
    bucket = task.open_bucket(task.bucket, task.s3)
    keys = [tile.path.replace(BAND, source) for tile in task.tiles for source in tile.sources]
    with ThreadPoolExecutor(READS_AT_ONCE) as pool:
        judged = iter(list(pool.map(partial(_judge_key, bucket), keys)))
    return tuple(
        judge_tile(tile.path, {source: next(judged) for source in tile.sources}, task.bands) for tile in task.tiles
    )


def _judge_key(bucket: RangeBucket, key: str) -> tuple[FileVerdict, Header | None]:
    return judge_file(key, bucket.open(key).read)

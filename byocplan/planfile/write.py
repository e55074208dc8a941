"""A plan in, a plan file out, its tile changes streamed. Writes one file, whole or not at all, for its owner alone."""

from __future__ import annotations

import gzip
import zipfile
from typing import IO, TYPE_CHECKING

from byocplan.model.change import WRITES
from byocplan.outfile import write_whole
from byocplan.planfile.encode import encode_plan, name_members
from byocplan.planfile.lines import iter_chunks
from byocplan.planfile.seal import UNSEALED, write_seal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from byocplan.model.change import TileChange
    from byocplan.model.plan import Plan

PRIVATE = 0o600
PLAN = "plan.json"
#: The oldest time a zip can tell: the same plan makes the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)
#: Half the size of level 1 for a fifth more time than that of encoding the lines.
GZIP_LEVEL = 6


def write_plan_file(path: Path, plan: Plan) -> str:
    """Write the plan and its tile changes in place of ``path`` and return the seal. Raises OutputError."""
    with write_whole(path, PRIVATE) as file:
        _write_zip(file, plan)
        return write_seal(file)


def _write_zip(file: IO[bytes], plan: Plan) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = UNSEALED
        archive.writestr(_make_entry(PLAN, zipfile.ZIP_DEFLATED), encode_plan(plan))
        for part in plan.collections:
            for each in part.sets:
                if part.tiles is not None and each.action in WRITES:
                    entry = _make_entry(name_members(part.address, each.action))
                    with archive.open(entry, "w", force_zip64=True) as member:
                        _write_members(member, part.tiles.iter_changes(each.action))


def _write_members(member: IO[bytes], changes: Iterable[TileChange]) -> None:
    with gzip.GzipFile("", "wb", GZIP_LEVEL, member, mtime=0) as packed:
        for chunk in iter_chunks(changes):
            packed.write(chunk)


def _make_entry(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, NO_TIME)
    entry.compress_type = compression
    entry.external_attr = PRIVATE << 16
    return entry

"""A plan file in, a plan out whose tile changes are read as they are asked for. Reads one file, kept open."""

from __future__ import annotations

import gzip
import os
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import msgspec

from byocplan.errors import ArgumentError, StaleError
from byocplan.planfile.decode import UnreadableError, decode_plan
from byocplan.planfile.lines import decode_change
from byocplan.planfile.seal import read_seal
from byocplan.planfile.write import PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from byocplan.model.change import TileAction, TileChange
    from byocplan.model.plan import Plan
    from byocplan.planfile.forms import CollectionForm

#: No line is longer, by far; the longest hold a cover geometry.
MAX_LINE = 16 << 20
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, msgspec.MsgspecError)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """An open plan file. ``plan`` can be used as long as it is open. ``seal`` tells one file from any other."""

    path: Path
    plan: Plan
    seal: str


@dataclass(frozen=True, slots=True)
class PlanFileTiles:
    """The tile changes of one collection of a plan file; implements ``TileChanges``."""

    path: Path
    archive: zipfile.ZipFile
    members: Mapping[TileAction, tuple[str, int]]

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        """Yield the members of one set in the order of the plan. Raises StaleError where the file is damaged."""
        name, count = self.members.get(action, ("", 0))
        if not name:
            return
        found = 0
        try:
            with self.archive.open(name) as member, gzip.GzipFile(fileobj=member) as packed:
                while line := packed.readline(MAX_LINE):
                    yield decode_change(action, line)
                    found += 1
        except DAMAGE as error:
            raise _make_damage(self.path, f"{name} cannot be read") from error
        if found != count:
            raise _make_damage(self.path, f"{name} lists {found:,} tiles, plan.json says {count:,}")


@contextmanager
def open_plan_file(path: Path) -> Iterator[PlanFile]:
    """Yield the plan of a file whose every byte was checked.

    Raises ArgumentError when there is no such file, StaleError when it is damaged or of another version.
    """
    with _open_regular(path) as file:
        seal = read_seal(file)
        if seal is None:
            raise _make_damage(path, "it is no plan file, or not as it was written")
        try:
            archive = zipfile.ZipFile(file)
            content = archive.read(PLAN)
        except DAMAGE as error:
            raise _make_damage(path, "it cannot be read") from error
        with archive:
            yield PlanFile(path, _decode(path, archive, content), seal)


def _decode(path: Path, archive: zipfile.ZipFile, content: bytes) -> Plan:
    def open_tiles(form: CollectionForm) -> PlanFileTiles:
        return PlanFileTiles(path, archive, {each.action: (each.members, each.count) for each in form.sets})

    try:
        return decode_plan(content, open_tiles)
    except UnreadableError as error:
        raise StaleError(str(path), [str(error)], "make a new plan with this version") from error


def _open_regular(path: Path) -> IO[bytes]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        hint = "make one with `byocplan plan --out FILE`"
        raise ArgumentError(f"the plan file {path} cannot be opened: {error.strerror}", hint=hint) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ArgumentError(f"{path} is no file", hint="name a plan file")
    return os.fdopen(descriptor, "rb")


def _make_damage(path: Path, what: str) -> StaleError:
    return StaleError(str(path), [f"the plan file is damaged: {what}"])

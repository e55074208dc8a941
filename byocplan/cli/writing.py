"""Where ``--out`` may write: in a new file, or in place of one of the same kind; and writing text there.

A manifest or a lock file is not got back, and a slip of the shell's completion is quickly made.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.model.tile import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from byocplan.cli.terminal import Terminal

STDOUT = "-"
#: No kind needs more of a file to be told.
BEGINNING_BYTES = 64


@dataclass(frozen=True, slots=True)
class Kind:
    """What a command writes: its name in messages, and how every such file begins."""

    name: str
    beginning: re.Pattern[bytes]


KINDS = {
    "plan": Kind("plan file", re.compile(rb"(?s)PK\x03\x04.{26}plan\.json")),
    "html": Kind("HTML page", re.compile(rb"(?i)<!doctype html")),
    "png": Kind("PNG picture", re.compile(rb"\x89PNG\r\n\x1a\n")),
    "parquet": Kind("Parquet file", re.compile(rb"PAR1")),
    "geojson": Kind("GeoJSON file of byocplan", re.compile(rb'\{"type": "FeatureCollection"')),
    "json": Kind("JSON file of byocplan", re.compile(rb'\{\s*"format_version": ')),
    "csv": Kind("CSV file of tiles", re.compile(rb"id,path,status,|address,source,path,")),
    "table": Kind("table of tiles", re.compile(f"(?:{'|'.join(Status)}) ".encode())),
    "text": Kind("text of byocplan", re.compile(rb"collection/|No collections")),
}


def check_out(path: Path, kind: str) -> None:
    """Raise ArgumentError where ``--out`` names no place for a file of this kind (a key of ``KINDS``).

    A symbolic link is going to be replaced, not followed; here it counts as what it leads to.
    """
    if str(path) == STDOUT:
        raise ArgumentError("--out - cannot be written: it is a file, not standard output", hint="name a file")
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError:
        mode = 0
    if not path.name or not path.parent.is_dir() or not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise ArgumentError(f"--out {path} cannot be written", hint="name a file in a folder that is there")
    check_kind(path, kind)


def write_text(terminal: Terminal, out: Path | None, pieces: Iterable[str]) -> None:
    """Write text as it comes: to standard output, or to a file that is there as a whole or not at all."""
    from byocplan.outfile import write_whole

    if out is None:
        terminal.stream(pieces)
        return
    with write_whole(out) as file:
        file.writelines(piece.encode(errors="backslashreplace") for piece in pieces)
    terminal.note(f"Written to {out}.")


def find_format(path: Path | None, formats: Sequence[str], default: str) -> str:
    """Return the format of ``formats`` that the ending of a file stands for, ``default`` where it is none of them."""
    ending = path.suffix.lower().removeprefix(".") if path is not None else ""
    return ending if ending in formats else default


def check_kind(path: Path, kind: str) -> None:
    """Raise ArgumentError where a file is there that is neither empty nor of this kind."""
    beginning = _read_beginning(path)
    if beginning is None or (beginning and not KINDS[kind].beginning.match(beginning)):
        what = f"{path} is there and is no {KINDS[kind].name}, so it is not replaced"
        raise ArgumentError(what, hint="name another file, or remove that one first")


def _read_beginning(path: Path) -> bytes | None:
    """Return how a file begins, empty for none and for a link to no file; None for one that cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return b""
    except OSError:
        return None if os.path.isfile(path) else b""  # noqa: PTH113 - Path.is_file raises where nobody may look
    try:
        return os.read(descriptor, BEGINNING_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return None
    finally:
        os.close(descriptor)

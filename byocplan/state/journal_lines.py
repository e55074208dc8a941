"""The text of a journal: records in, lines out; an open file in, what it leaves open out. Reads that file alone.

One JSON object a line, its last key a checksum of what stands before it. A last line that was cut off is what a crash
leaves and is passed over; anything else that does not fit its checksum is damage.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

import msgspec

from byocplan.errors import StateError

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, object]

VERSION = 1
ENDING = ".ndjson"
CREATE_COLLECTION = "collection.create"
_CHECKSUM = b',"crc":"'
_TAIL = len(_CHECKSUM) + 8 + len(b'"}\n')
DAMAGED_MEND = (
    "see in the service whether a new collection is there that no address is bound to (if so, set spec.id to it), "
    "move the file away and run again"
)
FOREIGN_MEND = "run in the folder of that project, or move the file away if it was copied here"


@dataclass(frozen=True, slots=True)
class OpenCreate:
    """The create of a collection of which the journal does not know the end.

    ``bound`` is the id the address was bound to before, ``made`` the new one if it was still written down.
    """

    address: str
    name: str
    s3_bucket: str
    at_ms: int
    bound: str = ""
    made: str = ""
    prevent_destroy: bool = False
    on_remove: str = "delete"


@dataclass(frozen=True, slots=True)
class Leftover:
    """The journal of a run that crashed. ``last_ms`` is its last write."""

    path: Path
    run_id: str = ""
    deployment: str = ""
    creates: tuple[OpenCreate, ...] = ()
    last_ms: int = 0


def encode_record(record: Record) -> bytes:
    """Return the record as a line with its checksum."""
    text = json.dumps(record, separators=(",", ":")).encode()[:-1]
    return b'%b%b%08x"}\n' % (text, _CHECKSUM, zlib.crc32(text))


def read_leftover(path: Path, file: IO[bytes], project: str) -> Leftover:
    """Return what the journal leaves open. Raises StateError when it is damaged, newer, or of another project."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise StateError(str(path), "is no regular file", "move it away and run again")
    left = Leftover(path, last_ms=status.st_mtime_ns // 1_000_000)
    open_records: dict[object, Record] = {}
    for number, line in enumerate(file, start=1):
        if not line.endswith(b"\n"):
            break
        record = _decode_line(path, number, line)
        if number == 1:
            left = replace(left, **_check_header(path, record, project))
        elif "end" in record:
            open_records.pop(record["end"], None)
        elif "note" in record:
            open_records.setdefault(record["note"], {}).update(record)
        elif "begin" in record:
            open_records[record["begin"]] = record
        else:
            raise _make_damage(path, number)
    creates = [record for record in open_records.values() if record.get("action") == CREATE_COLLECTION]
    return replace(left, creates=tuple(_make_create(path, record) for record in creates))


def _decode_line(path: Path, number: int, line: bytes) -> dict[str, Any]:
    text, tail = line[:-_TAIL], line[-_TAIL:]
    if tail != b'%b%08x"}\n' % (_CHECKSUM, zlib.crc32(text)):
        raise _make_damage(path, number)
    try:
        record: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise _make_damage(path, number) from error
    return record


def _check_header(path: Path, header: dict[str, Any], project: str) -> dict[str, Any]:
    version = header.get("journal")
    if isinstance(version, int) and version > VERSION:
        raise StateError(str(path), f"has version {version}, this byocplan reads up to {VERSION}", "upgrade byocplan")
    if version != VERSION:
        raise _make_damage(path, 1)
    if header.get("project") != project:
        raise StateError(
            str(path), f"belongs to the project {header.get('project')!r}, not to {project!r}", FOREIGN_MEND
        )
    return {"run_id": str(header.get("run")), "deployment": str(header.get("deployment"))}


def _make_create(path: Path, record: Record) -> OpenCreate:
    names = OpenCreate.__dataclass_fields__
    try:
        return msgspec.convert({key: value for key, value in record.items() if key in names}, OpenCreate)
    except msgspec.ValidationError as error:
        raise StateError(str(path), f"is damaged ({error})", DAMAGED_MEND) from error


def _make_damage(path: Path, number: int) -> StateError:
    return StateError(str(path), f"is damaged in line {number}", DAMAGED_MEND)

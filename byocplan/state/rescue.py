"""What becomes of bindings that cannot be written: a file of their own, and an error with the way back. Touches files.

Only ids are at stake, and the live collections still are there; but nobody should have to look for them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from byocplan.errors import ByocplanError, LeaseLostError, StateError
from byocplan.state.files import PRIVATE, make_private_folder, write_atomically

#: So many ids are told in a message when no file can be written.
IDS_SHOWN = 20


def rescue(error: ByocplanError, content: bytes, private_folder: Path, way_back: str) -> StateError:
    """Return the error to raise in place of ``error``: the bindings are in a rescue file, and how they come back.

    ``way_back`` has ``{path}`` where the file is meant. A full or read-only disk sends it to the temporary folder.
    """
    path = _write_rescue(content, private_folder)
    if path is None:
        mend = f"no rescue file could be written either; what would have been kept: {_shorten(content)}"
    else:
        mend = f"the bindings of this run are in {path}; {way_back.format(path=path)}"
    if isinstance(error, LeaseLostError):
        return LeaseLostError(error.where, error.cause, f"{error.mend}; {mend}")
    if isinstance(error, StateError):
        return StateError(error.where, error.what, f"{error.mend}; {mend}")
    return StateError("state", f"cannot be written ({error})", mend)


def _write_rescue(content: bytes, private_folder: Path) -> Path | None:
    """Return the file that was written, None when none could be. One a process: the last write holds everything."""
    name = f"rescue-{os.getpid()}.lock.yaml"
    try:
        make_private_folder(private_folder)
        write_atomically(private_folder / name, content, PRIVATE)
    except StateError:
        return _write_elsewhere(content, name)
    return private_folder / name


def _write_elsewhere(content: bytes, name: str) -> Path | None:
    try:
        path = Path(tempfile.mkdtemp(prefix="byocplan-")) / name
        write_atomically(path, content, PRIVATE)
    except (OSError, StateError):
        return None
    return path


def _shorten(content: bytes) -> str:
    lines = (line.strip() for line in content.decode(errors="replace").splitlines())
    ids = [line for line in lines if line.startswith(("collection/", "id:"))]
    return " ".join(ids[: 2 * IDS_SHOWN])

"""Which plan files were begun here: running one of them again is a resume. Touches one small file a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.errors import StateError
from byocplan.state.files import PRIVATE, read_regular, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "begun"


def read_begun(private_folder: Path, seal: str) -> bool:
    """Tell whether the plan file with this seal was begun. Raises StateError."""
    return read_regular(private_folder / FOLDER / seal) is not None


def write_begun(private_folder: Path, seal: str, when: str) -> None:
    """Record that the plan file is being begun; on the disk when this returns. Raises StateError."""
    folder = private_folder / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        mend = "make the folder writable and run again"
        raise StateError(str(folder), f"cannot be made: {error.strerror or error}", mend) from error
    write_atomically(folder / seal, f"{when}\n".encode(), PRIVATE)

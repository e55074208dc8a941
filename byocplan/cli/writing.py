"""Writing new files for a user: never over one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_new_files(files: Mapping[Path, str]) -> None:
    """Write every file, making its folder. Raises ArgumentError before the first one where one is there already."""
    for path in files:
        if path.exists() or path.is_symlink():
            raise ArgumentError(f"{path} is there already and is not overwritten", "choose another folder, or move it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)

"""What is kept with the state of live tiles: one file a collection and kind. Touches files or S3.

The inventory cache holds what was listed last, the settled record what was live as desired. What is in a file is none
of its business. All of it can be lost: that costs one full listing, and what it would tell of origins.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from byocplan.errors import StateError
from byocplan.state.files import FOLDER, make_private_folder, sync_folder

if TYPE_CHECKING:
    from byocplan.model.project import Project
    from byocplan.state.objects import ObjectStore

INVENTORY, SETTLED = "inventory", "settled"
#: Ids come from the service; anything else must not become part of a path.
ID = re.compile(r"[0-9A-Za-z_-]{1,128}")


class Inventory(Protocol):
    """Files of live tiles by the id of their collection."""

    def fetch(self, collection_id: str, into: Path) -> bool:
        """Copy the file of a collection to ``into`` and tell whether there was one. Raises StateError."""

    def store(self, collection_id: str, source: Path) -> None:
        """Keep a copy of ``source`` in place of the file of a collection. Raises StateError."""

    def remove(self, collection_id: str) -> None:
        """Remove the file of a collection, if there is one. Raises StateError."""


@dataclass(frozen=True, slots=True)
class LocalInventory:
    """Files in ``.byocplan/inventory/`` or ``settled/``: for their owner alone, replaced as a whole, out of Git."""

    folder: Path

    def fetch(self, collection_id: str, into: Path) -> bool:
        """Copy the file; a link, folder or device in its place counts as none, and so does what cannot be read."""
        try:
            descriptor = os.open(self._locate(collection_id), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                return False
            with os.fdopen(descriptor, "rb") as kept, into.open("wb") as copy:
                shutil.copyfileobj(kept, copy)
        except OSError:
            return False
        return True

    def store(self, collection_id: str, source: Path) -> None:
        """Write beside and rename, so that several plans at once do no harm."""
        private = self.folder.parent
        make_private_folder(private)
        make_private_folder(self.folder)
        path = self._locate(collection_id)
        try:
            descriptor, name = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(descriptor, "wb") as copy, source.open("rb") as made:
                    shutil.copyfileobj(made, copy)
                    copy.flush()
                    os.fsync(copy.fileno())
                Path(name).replace(path)
                sync_folder(self.folder)
            except BaseException:
                with suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            mend = "make the folder writable, or free disk space"
            raise StateError(str(path), f"cannot be written: {error.strerror or error}", mend) from error

    def remove(self, collection_id: str) -> None:
        """Remove the file."""
        path = self._locate(collection_id)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            mend = f"remove it: rm {path}"
            raise StateError(str(path), f"cannot be removed: {error.strerror or error}", mend) from error

    def _locate(self, collection_id: str) -> Path:
        return self.folder / _name_file(collection_id)


@dataclass(frozen=True, slots=True)
class S3Inventory:
    """Objects below ``inventory/``, or another kind, of the state's prefix."""

    objects: ObjectStore
    kind: str = INVENTORY

    def fetch(self, collection_id: str, into: Path) -> bool:
        """Download the object."""
        return self.objects.download(self._name(collection_id), into)

    def store(self, collection_id: str, source: Path) -> None:
        """Upload the object."""
        self.objects.upload(self._name(collection_id), source)

    def remove(self, collection_id: str) -> None:
        """Delete the object."""
        self.objects.discard(self._name(collection_id))

    def _name(self, collection_id: str) -> str:
        return f"{self.kind}/{_name_file(collection_id)}"


def open_local_inventory(project: Project) -> LocalInventory:
    """Return the cache of a project on this machine; nothing is read or made yet."""
    return LocalInventory(Path(project.folder) / FOLDER / INVENTORY)


def open_local_settled(project: Project) -> LocalInventory:
    """Return the settled records of a project on this machine; nothing is read or made yet."""
    return LocalInventory(Path(project.folder) / FOLDER / SETTLED)


def _name_file(collection_id: str) -> str:
    if not ID.fullmatch(collection_id):
        raise StateError(INVENTORY, f"cannot keep the collection {collection_id[:64]!r}", "this is no id")
    return f"{collection_id}.parquet"

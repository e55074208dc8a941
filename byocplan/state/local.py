"""The state of ``state: local``: ``byocplan.lock.yaml`` beside the Project document and ``.byocplan/``. Touches files.

Reading makes nothing; writing and the lease make the folder.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.errors import StateError
from byocplan.model.binding import Bindings
from byocplan.model.failpoint import Reach, pass_by
from byocplan.state.begun import read_begun, write_begun
from byocplan.state.files import FOLDER, PRIVATE, SHARED, make_private_folder, read_regular, write_atomically
from byocplan.state.lease import explain_lock, hold_lease
from byocplan.state.lockfile import decode_lock, encode_lock, get_bindings, put_bindings
from byocplan.state.rescue import rescue
from byocplan.state.state import LeaseTerms

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from byocplan.model.project import Project
    from byocplan.state.state import Lease

LOCK_FILE = "byocplan.lock.yaml"
BACKUP = "byocplan.lock.backup.yaml"
LEASE = "lease"
WAY_BACK = "then `mv {path} LOCK` and run again"
DEFAULT_TERMS = LeaseTerms()


@dataclass(frozen=True, slots=True)
class LocalState:
    """The state of one project on one deployment, told from others by ``deployment`` (its base URL)."""

    folder: Path
    project: str
    deployment: str
    reach: Reach = pass_by

    @property
    def lock_file(self) -> Path:
        """Where the bindings are."""
        return self.folder / LOCK_FILE

    @property
    def where(self) -> str:
        """The file with the bindings, for people."""
        return str(self.lock_file)

    @property
    def private_folder(self) -> Path:
        """Where all that stays out of Git is."""
        return self.folder / FOLDER

    def read(self) -> Bindings:
        """Return the bindings; none, of serial 0 and without lineage, before the first apply.

        Raises StateError when the file is damaged, of another project, or newer than this program.
        """
        content = read_regular(self.lock_file)
        if content is None:
            return Bindings(self.project, self.deployment, lineage="")
        return get_bindings(decode_lock(content, self.where, self.project), self.deployment, self.where)

    def pull(self) -> bytes | None:
        """Return what is kept as it is, None before the first apply; nothing is checked."""
        return read_regular(self.lock_file)

    def write(self, bindings: Bindings) -> Bindings:
        """Write the bindings and return them with their new serial.

        Raises StateError when the file has changed since they were read, or cannot be written: a rescue file has them.
        What other deployments bind stays.
        """
        content = read_regular(self.lock_file)
        form = None if content is None else decode_lock(content, self.where, self.project)
        kept = form.deployments.get(self.deployment) if form else None
        if bindings.serial != (kept.serial if kept else 0):
            raise StateError(self.where, "was changed by somebody else during this run", "run again")
        written = replace(bindings, deployment=self.deployment, serial=bindings.serial + 1)
        form = put_bindings(form, written)
        self._replace(content, encode_lock(form))
        return replace(written, lineage=form.lineage)

    def has_begun(self, seal: str) -> bool:
        """Tell whether the plan file with this seal was begun before. Raises StateError."""
        return read_begun(self.private_folder, seal)

    def record_begun(self, seal: str, when: str) -> None:
        """Record that the plan file is being begun, before its first write. Raises StateError."""
        make_private_folder(self.private_folder)
        write_begun(self.private_folder, seal, when)

    def lease(self, run_id: str, terms: LeaseTerms = DEFAULT_TERMS) -> AbstractContextManager[Lease]:
        """Return the context in which this process alone applies here. Raises LeaseHeldError on entry otherwise."""
        make_private_folder(self.private_folder)
        return hold_lease(self.private_folder / LEASE, run_id, terms)

    def unlock(self, lease_id: str) -> str:
        """Raise StateError: this lock ends with its process, and only so."""
        raise explain_lock(self.private_folder / LEASE, lease_id)

    def _replace(self, before: bytes | None, content: bytes) -> None:
        try:
            make_private_folder(self.private_folder)
            if before is not None:
                write_atomically(self.private_folder / BACKUP, before, PRIVATE)
            write_atomically(self.lock_file, content, self._get_mode(), self.reach)
        except StateError as error:
            way_back = WAY_BACK.replace("LOCK", self.where)
            raise rescue(error, content, self.private_folder, way_back) from error

    def _get_mode(self) -> int:
        """Return the file's own permissions, without writing for others: Git or its owner may have widened them."""
        try:
            return self.lock_file.lstat().st_mode & SHARED
        except OSError:
            return PRIVATE


def open_local_state(project: Project, reach: Reach = pass_by) -> LocalState:
    """Return the state of the project in its folder; nothing is read or made yet."""
    return LocalState(Path(project.folder), project.name, project.deployment.base_url, reach)

"""The state of ``state: s3://bucket/prefix``: everything under ``prefix/PROJECT/DEPLOYMENT/``. Touches S3.

Every write goes by the ETag that was read, and taking the lease changes it: whoever lost the lease cannot overwrite.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from byocplan.errors import ByocplanError, LeaseLostError, StateError
from byocplan.model.binding import Bindings
from byocplan.model.deployment import DEPLOYMENTS
from byocplan.model.failpoint import Failpoint, Reach, pass_by
from byocplan.state.files import FOLDER
from byocplan.state.inventory import SETTLED, S3Inventory
from byocplan.state.lockfile import VERSION, LockForm, decode_lock, encode_lock, get_bindings, put_bindings
from byocplan.state.objects import ObjectStore, Stored, open_store
from byocplan.state.rescue import rescue
from byocplan.state.s3_lease import hold_s3_lease, unlock_s3_lease
from byocplan.state.state import LeaseTerms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.deployment import Deployment
    from byocplan.model.project import Project
    from byocplan.state.s3_lease import S3Lease

SCHEME = "s3://"
STATE = "byocplan.lock.yaml"
BACKUP = "byocplan.lock.backup.yaml"
BEGUN = "begun/"
HEADER = """\
# What byocplan has created or taken over: which live collection each address stands for, and what its sources own.
# Written by `byocplan apply` and `byocplan state`; do not edit it by hand.
"""
DEFAULT_TERMS = LeaseTerms()
WAY_BACK = (
    "when no other apply runs, compare it with `byocplan state pull`, write `id:` into the specs that lack one there"
)
#: How often a new holder of the lease meets a last write of the one before.
FENCE_TRIES = 5
CHANGED = "was changed by somebody else during this run"


class S3State:
    """The state of one project on one deployment. ``folder`` is the project's, for a rescue file alone."""

    def __init__(self, store: ObjectStore, project: str, deployment: str, folder: Path, reach: Reach = pass_by) -> None:
        self._store, self._folder, self._reach = store, folder, reach
        self.project, self.deployment = project, deployment
        self._seen: Stored | None = None
        self._lease: S3Lease | None = None

    @property
    def where(self) -> str:
        """The object with the bindings, for people."""
        return self._store.locate(STATE)

    def read(self) -> Bindings:
        """Return the bindings; none, of serial 0 and without lineage, before the first apply.

        Raises StateError when they are damaged, of another project, or newer than this program.
        """
        form = self._read()
        if form is None:
            return Bindings(self.project, self.deployment, lineage="")
        return get_bindings(form, self.deployment, self.where)

    def pull(self) -> bytes | None:
        """Return what is kept as it is, None before the first apply; nothing is checked."""
        stored = self._store.get(STATE)
        return None if stored is None else stored.body

    def write(self, bindings: Bindings) -> Bindings:
        """Write the bindings and return them with their new serial; the object before is kept as a backup.

        Raises StateError when they have changed since they were read, or cannot be written: a rescue file has them.
        """
        form = None if self._seen is None else self._decode(self._seen.body)
        kept = form.deployments.get(self.deployment) if form else None
        if bindings.serial != (kept.serial if kept else 0):
            raise StateError(self.where, CHANGED, "run again")
        written = replace(bindings, deployment=self.deployment, serial=bindings.serial + 1)
        form = put_bindings(form, written)
        content = encode_lock(form, HEADER)
        try:
            self._check_lease()
            if self._seen is not None:
                self._store.put(BACKUP, self._seen.body)
            self._reach(Failpoint.BEFORE_RENAME)
            self._put(content)
            self._reach(Failpoint.AFTER_RENAME)
        except ByocplanError as error:
            raise rescue(error, content, self._folder / FOLDER, WAY_BACK) from error
        return replace(written, lineage=form.lineage)

    def has_begun(self, seal: str) -> bool:
        """Tell whether the plan file with this seal was begun before."""
        return self._store.get(BEGUN + seal) is not None

    def record_begun(self, seal: str, when: str) -> None:
        """Record that the plan file is being begun, before its first write."""
        self._store.put(BEGUN + seal, f"{when}\n".encode())

    @contextmanager
    def lease(self, run_id: str, terms: LeaseTerms = DEFAULT_TERMS) -> Iterator[S3Lease]:
        """Return the context in which this run alone applies. Raises LeaseHeldError on entry when another does."""
        with hold_s3_lease(self._store, run_id, terms) as lease:
            self._fence(lease)
            self._lease = lease
            try:
                yield lease
            finally:
                self._lease = None

    def unlock(self, lease_id: str) -> str:
        """Remove the lease whose id is given, and return who held it. Raises StateError when that cannot be."""
        return unlock_s3_lease(self._store, lease_id)

    def _fence(self, lease: S3Lease) -> None:
        """Change the object's ETag: from now on a write of the holder before is refused, also its first one.

        That holder's last write may come in between; as long as the lease is ours, it is read and fenced again.
        """
        for _ in range(FENCE_TRIES):
            form = self._read() or LockForm(VERSION, self.project, "")
            form.lease = lease.id
            if self._replace(encode_lock(form, HEADER)):
                return
            lease.beat()
        raise LeaseLostError(self.where, "another run keeps writing the state")

    def _read(self) -> LockForm | None:
        self._seen = self._store.get(STATE)
        if self._seen is None:
            return None
        form = self._decode(self._seen.body)
        if self._lease is not None and form.lease != self._lease.id:
            raise LeaseLostError(self.where, "another run has taken it")
        return form

    def _decode(self, content: bytes) -> LockForm:
        mend = (
            f"copy {self._store.locate(BACKUP)} over it, or an earlier version if the bucket keeps them, and run again"
        )
        form = decode_lock(content, self.where, self.project, mend)
        strange = form.deployments.keys() - {self.deployment}
        if strange:
            what = f"belongs to the deployment {min(strange)}, not to {self.deployment}"
            raise StateError(
                self.where, what, "check spec.deployment and SH_BASE_URL, or set another prefix in spec.state"
            )
        return form

    def _check_lease(self) -> None:
        if self._lease is not None:
            self._lease.check()

    def _put(self, content: bytes) -> None:
        if self._replace(content):
            return
        if self._lease is not None:
            raise LeaseLostError(self.where, "another run has written the state")
        raise StateError(self.where, CHANGED, "run again")

    def _replace(self, content: bytes) -> bool:
        """Write the object if it is as it was read, and tell whether it was."""
        seen = self._seen
        etag = self._store.replace(STATE, content, seen.etag) if seen else self._store.create(STATE, content)
        if etag is not None:
            self._seen = Stored(etag, content)
        return etag is not None


def open_s3_state(project: Project, reach: Reach = pass_by) -> S3State:
    """Return the state of a placed project at ``s3://bucket/prefix``; nothing is read yet."""
    store = _open_store(project)
    return S3State(store, project.name, project.deployment.base_url, Path(project.folder), reach)


def open_s3_inventory(project: Project) -> S3Inventory:
    """Return the inventory cache beside that state; nothing is read yet."""
    return S3Inventory(_open_store(project))


def open_s3_settled(project: Project) -> S3Inventory:
    """Return the settled records beside that state; nothing is read yet."""
    return S3Inventory(_open_store(project), SETTLED)


def _open_store(project: Project) -> ObjectStore:
    bucket, _, prefix = project.state.removeprefix(SCHEME).partition("/")
    parts = [part for part in prefix.split("/") if part]
    folder = "/".join([*parts, project.name, name_deployment(project.deployment)])
    return open_store(bucket, f"{folder}/", project.s3)


def name_deployment(deployment: Deployment) -> str:
    """Return what a key calls the deployment: its name where it is a known one at its own address, else its host."""
    known = DEPLOYMENTS.get(deployment.name)
    if known is not None and known.base_url == deployment.base_url:
        return deployment.name
    return quote(urlsplit(deployment.base_url).netloc.replace(":", "-"), safe="")

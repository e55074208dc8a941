"""What every state offers, wherever it is kept: read, write, lease. Pure.

``LocalState`` and ``S3State`` do; the rest of the program knows this alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from byocplan.errors import ByocplanError
    from byocplan.model.binding import Bindings


def get_elapsed_s() -> float:
    """Return seconds of a clock that no setting of the time moves, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _ignore(_error: ByocplanError) -> None:
    """Leave a lost lease to whoever asks for it."""


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How a lease is waited for and held. ``timeout_s`` bounds the waiting; 0 does not wait.

    ``on_lost`` is told, once and from another thread, that the lease is gone. Who is alive is decided on ``clock``
    alone, which must be monotonic; ``now_s`` is the wall clock, for what people read. The holder renews every
    ``heartbeat_s``; one whose lease did not change for ``dead_after_s`` is dead to whoever watched it so long.
    """

    timeout_s: float = 0.0
    on_lost: Callable[[ByocplanError], None] = _ignore
    clock: Callable[[], float] = get_elapsed_s
    sleep: Callable[[float], None] = time.sleep
    now_s: Callable[[], float] = time.time
    heartbeat_s: float = 30.0
    dead_after_s: float = 120.0
    poll_s: float = 2.0

    @property
    def lost_after_s(self) -> float:
        """How long a holder may go without renewing: it stops a heartbeat before anybody else may begin."""
        return self.dead_after_s - self.heartbeat_s


class Lease(Protocol):
    """The right to apply, while it is held."""

    @property
    def id(self) -> str:
        """What ``byocplan state unlock`` takes."""

    @property
    def is_lost(self) -> bool:
        """Whether another run may hold it by now."""

    def check(self) -> None:
        """Raise LeaseLostError when it is lost."""


class State(Protocol):
    """The bindings of one project on one deployment, and the lease on them."""

    @property
    def deployment(self) -> str:
        """What the bindings call the deployment: its base URL."""

    @property
    def where(self) -> str:
        """The file or object with the bindings, for people."""

    def read(self) -> Bindings:
        """Return the bindings; none, of serial 0 and without lineage, before the first apply.

        Raises StateError when they are damaged, of another project, or newer than this program.
        """

    def pull(self) -> bytes | None:
        """Return what is kept as it is, None before the first apply; nothing is checked."""

    def write(self, bindings: Bindings) -> Bindings:
        """Write the bindings and return them with their new serial.

        Raises StateError when they have changed since they were read, or cannot be written: a rescue file has them.
        """

    def has_begun(self, seal: str) -> bool:
        """Tell whether the plan file with this seal was begun before. Raises StateError."""

    def record_begun(self, seal: str, when: str) -> None:
        """Record that the plan file is being begun, before its first write. Raises StateError."""

    def lease(self, run_id: str, terms: LeaseTerms = ...) -> AbstractContextManager[Lease]:
        """Return the context in which this run alone applies. Raises LeaseHeldError on entry when another does."""

    def unlock(self, lease_id: str) -> str:
        """Remove the lease whose id is given, and return who held it. Raises StateError when that cannot be."""

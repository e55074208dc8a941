"""The plan: what would be done, and what stands in the way. Pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from byocplan.model.change import WRITES, Action, Origin, Reason, TileAction
from byocplan.model.collection import Lifecycle
from byocplan.model.refresh import Refresh, RefreshMode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.model.address import Address
    from byocplan.model.change import CollectionChange, SetChange, TileChange
    from byocplan.model.deployment import Deployment
    from byocplan.model.rail import Rail
    from byocplan.model.scope import Scope


class TileChanges(Protocol):
    """The members behind the set changes of one collection, read lazily."""

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        """Yield the members of one set, creates by sensing time, the rest by path."""


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """One collection and its tile sets.

    ``live_tiles`` counts all live tiles, ``owned_tiles`` those in a scope of ours; ``by_status`` counts live tiles by
    status, ``by_cause`` the FAILED ones by normalised cause. ``scopes``, ``lifecycle``, ``labels`` and ``asked`` are
    what the binding records once applied. ``moves`` counts pairs of a delete and a create whose files agree; both count
    as what they are too. ``is_slice``: tiles were chosen by their paths, and the scopes are of these alone.
    """

    change: CollectionChange
    sets: tuple[SetChange, ...] = ()
    live_tiles: int = 0
    owned_tiles: int = 0
    by_status: Mapping[str, int] = field(default_factory=dict)
    by_cause: Mapping[str, int] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()
    tiles: TileChanges | None = None
    lifecycle: Lifecycle = Lifecycle()
    labels: Mapping[str, str] = field(default_factory=dict)
    moves: int = 0
    is_slice: bool = False
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> Address:
        """The address this is about."""
        return self.change.address

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to do, or to mend first."""
        return (
            self.change.action is not Action.KEEP
            or bool(self.change.blocked)
            or any(self.count(action) for action in WRITES)
        )

    @property
    def is_drifted(self) -> bool:
        """Whether anything of the collection or its tiles was changed outside."""
        is_itself = self.change.origin is Origin.LIVE and self.change.action is not Action.KEEP
        return is_itself or any(change.count_origin(Origin.LIVE) for change in self.sets)

    def count(self, action: TileAction, reason: Reason | None = None) -> int:
        """Return how many tiles have the action, for any reason or for one."""
        chosen = [change for change in self.sets if change.action is action]
        return sum(change.count if reason is None else change.reasons.get(reason, 0) for change in chosen)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What carrying the plan out will cost; ``minutes`` None when no rate is known."""

    writes: int = 0
    reads: int = 0
    requests_per_minute: float | None = None

    @property
    def minutes(self) -> float | None:
        """How long the requests take at the given rate."""
        if not self.requests_per_minute:
            return None
        return (self.writes + self.reads) / self.requests_per_minute


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something worth knowing that is no change. ``severity`` is ``warning`` or ``error``."""

    severity: str
    summary: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class BindingMark:
    """What a binding was when a plan was made; ``id`` None: the address was not bound."""

    id: str | None = None
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a plan was made from, so that it can be told later whether it still holds.

    ``deployment`` is None for a plan that was not made from a service. ``state`` and ``folder`` say where the state is
    kept; ``lineage`` is empty before the first apply. ``bindings`` has every address of the plan. ``account_id`` is
    None where no collection told it. ``manifests_digest`` is that of ``planfile.make_manifests_digest``.
    """

    made_ms: int = 0
    deployment: Deployment | None = None
    account_id: str | None = None
    state: str = "local"
    folder: str = "."
    lineage: str = ""
    bindings: Mapping[Address, BindingMark] = field(default_factory=dict)
    manifests_digest: str = ""
    git_commit: str | None = None
    tool_version: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run would do.

    ``is_complete`` is false when removals were not looked for (a selection, a single file, no Project document, or live
    tiles that were not all listed: ``refresh`` says how). ``is_destroy``: it deletes all that is bound, whatever the
    manifests ask for. ``selected`` are the options that had a part planned alone, as one types them.
    """

    project: str
    deployment: str
    collections: tuple[CollectionPlan, ...] = ()
    rails: tuple[Rail, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    is_complete: bool = True
    plan_hash: str = ""
    guard_hash: str = ""
    estimate: Estimate = Estimate()
    provenance: Provenance = Provenance()
    refresh: Refresh = Refresh()
    is_destroy: bool = False
    selected: tuple[str, ...] = ()

    @property
    def tripped(self) -> tuple[Rail, ...]:
        """The rails that block, acked ones apart."""
        return tuple(rail for rail in self.rails if rail.tripped)

    @property
    def is_errored(self) -> bool:
        """Whether something could not be planned at all."""
        return any(note.severity == "error" for note in self.diagnostics)

    @property
    def is_applyable(self) -> bool:
        """Whether an apply would go on; one planned offline may be of things that are not so any more."""
        return not self.tripped and not self.is_errored and not self.is_offline

    @property
    def is_offline(self) -> bool:
        """Whether neither the service nor a bucket was asked."""
        return self.refresh.mode is RefreshMode.OFFLINE

    @property
    def command(self) -> str:
        """The command, without paths, that makes such a plan and carries it out."""
        return shlex.join(["byocplan", "destroy" if self.is_destroy else "apply", *self.selected])

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to do."""
        return any(part.change.action is not Action.KEEP for part in self.collections) or any(
            self.count_tiles(action) for action in WRITES
        )

    @property
    def has_drift(self) -> bool:
        """Whether anything to do, or to mend first, comes from a change outside."""
        return any(part.is_drifted for part in self.collections)

    def count_tiles(self, action: TileAction) -> int:
        """Return how many tiles of all collections have the action."""
        return sum(part.count(action) for part in self.collections)

    def count_collections(self, action: Action) -> int:
        """Return how many collections have the action."""
        return sum(part.change.action is action for part in self.collections)

"""What part of a plan is asked for: actions and the status of tiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from byocplan.model.change import WRITES, Action, Origin, TileAction
from byocplan.model.tile import Status

#: What must be selected for a change of a collection to be planned; what is not named writes nothing by itself.
_NEEDED = {
    Action.CREATE: frozenset({TileAction.CREATE}),
    Action.UPDATE: frozenset({TileAction.UPDATE}),
    Action.REPLACE: frozenset({TileAction.CREATE, TileAction.DELETE}),
    Action.DELETE: frozenset({TileAction.DELETE}),
    Action.FORGET: frozenset({TileAction.DELETE}),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """``actions`` of ``WRITES`` that are planned; ``statuses`` of live tiles, none for any and for what is not live.

    ``origins`` are those of the changes that are planned, of collections and tiles alike.
    """

    actions: frozenset[TileAction] = frozenset(WRITES)
    statuses: frozenset[Status] = frozenset()
    origins: frozenset[Origin] = frozenset(Origin)

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.actions >= frozenset(WRITES) and not self.statuses and self.takes_all_origins

    @property
    def takes_all_origins(self) -> bool:
        """Whether changes are planned wherever they come from."""
        return self.origins >= frozenset(Origin)

    @property
    def retries_failed(self) -> bool:
        """Whether FAILED tiles are read again although no file is newer."""
        return Status.FAILED in self.statuses and TileAction.REINGEST in self.actions

    def takes(self, action: Action) -> bool:
        """Tell whether a change of a collection is planned; one has no status."""
        needed = _NEEDED.get(action)
        return needed is None or (needed <= self.actions and not self.statuses)

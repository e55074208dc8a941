"""What part of a plan is asked for: collections, tile paths, actions and the status of tiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, Origin, TileAction
from byocplan.model.targets import Targets
from byocplan.model.tile import Status
from byocplan.model.tile_paths import TilePaths

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What must be selected for a change of a collection to be planned; what is not named writes nothing by itself.
_NEEDED = {
    Action.CREATE: frozenset({TileAction.CREATE}),
    Action.UPDATE: frozenset({TileAction.UPDATE}),
    Action.REPLACE: frozenset({TileAction.CREATE, TileAction.DELETE}),
    Action.DELETE: frozenset({TileAction.DELETE}),
    Action.FORGET: frozenset({TileAction.DELETE}),
}
#: What would reach tiles that are not selected, and what is not of the tiles that alone are selected.
_BEYOND_PATHS = frozenset({Action.REPLACE, Action.DELETE, Action.FORGET})
_BEYOND_TILES = _BEYOND_PATHS | {Action.UPDATE}


@dataclass(frozen=True, slots=True)
class Selection:
    """``actions`` of ``WRITES`` that are planned; ``statuses`` of live tiles, none for any and for what is not live.

    ``targets`` are the collections that are planned; ``paths`` the tiles of the one that ``narrow`` was asked about.
    ``origins`` are those of the changes that are planned, of collections and tiles alike.
    """

    actions: frozenset[TileAction] = frozenset(WRITES)
    statuses: frozenset[Status] = frozenset()
    targets: Targets = Targets()
    paths: TilePaths = TilePaths()
    origins: frozenset[Origin] = frozenset(Origin)

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.takes_all_classes and self.targets.is_all and self.paths.is_all

    @property
    def options(self) -> tuple[str, ...]:
        """The command's options that make the selection, so that a command to type selects the same."""
        options = [text for each in self.targets.targets for text in ("--target", each.text)]
        options += [text for each in self.targets.excludes for text in ("--exclude", each.text)]
        options += ["--selector", ",".join(rule.text for rule in self.targets.labels)] if self.targets.labels else []
        if self.actions < frozenset(WRITES):
            options += ["--only", ",".join(action for action in WRITES if action in self.actions)]
        return (*options, *(["--status", ",".join(sorted(self.statuses))] if self.statuses else []))

    @property
    def takes_all_classes(self) -> bool:
        """Whether every change of the tiles selected is planned, wherever it comes from."""
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
        """Tell whether a change of a collection is planned; one has no status.

        With tiles selected by their paths, a collection is made or bound for them, and not changed beyond them.
        """
        if not self.paths.is_all and action in (_BEYOND_TILES if self.paths.like else _BEYOND_PATHS):
            return False
        needed = _NEEDED.get(action)
        return needed is None or (needed <= self.actions and not self.statuses)

    def narrow(self, address: str, labels: Mapping[str, str]) -> Selection | None:
        """Return what is selected of one collection, None where nothing of it is."""
        paths = self.targets.find_paths(address, labels)
        return None if paths is None else replace(self, targets=Targets(), paths=paths)

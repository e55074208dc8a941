"""The comparison of one collection's tiles: sets to show, members to carry out. Touches the engine alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Origin, Precondition, Reason, SetChange, TileAction, TileChange, TileSample
from byocplan.model.loss import DoomedTile, GroupLoss, VanishingGroups
from byocplan.sets import array_sql
from byocplan.sets import comparison_sql as sql
from byocplan.sets.settled import write_seen
from byocplan.sets.settled_sql import COUNT_ORIGINS
from byocplan.sets.tile_paths import has_path_like

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from byocplan.sets.engine import Engine
    from byocplan.sets.settled import Settled, SettledHeader

MAX_PREFIXES = 8
MAX_MONTHS = 36
MAX_SAMPLES = 5
MAX_VANISHING = 3
#: Characters that the shortest position of a GeoJSON geometry takes.
POSITION_LENGTH = 5


class Comparison:
    """Verdicts on all tiles of one collection; implements ``TileChanges``. Valid as long as its sets are open."""

    def __init__(
        self, engine: Engine, tables: Mapping[str, str], left_out: Mapping[TileAction, int] | None = None
    ) -> None:
        self._engine, self._tables = engine, dict(tables)
        #: How many changes are not selected, by action.
        self.left_out = dict(left_out or {})

    def set_changes(self) -> tuple[SetChange, ...]:
        """Return the set of each action that has members, in the order of ``TileAction``."""
        reasons = self._count(sql.COUNT_REASONS, [])
        prefixes = self._count(sql.COUNT_PREFIXES, [MAX_PREFIXES])
        months = self._count(sql.COUNT_MONTHS, [MAX_MONTHS])
        origins = self._count(COUNT_ORIGINS, [])
        return tuple(
            SetChange(
                action,
                sum(reasons[action].values()),
                {"prefix": prefixes[action], "month": months[action]},
                reasons[action],
                self._list_samples(action),
                self._make_digest(action) if action in WRITES else "",
                self._make_digest(action, only_reingested=True) if action is TileAction.UPDATE else "",
                origins[action],
            )
            for action in TileAction
            if action in reasons
        )

    def count_owned(self) -> int:
        """Return how many live tiles lie in a scope."""
        return self._engine.get_number(sql.COUNT_OWNED, **self._tables)

    def has_path_like(self, wildcards: str) -> bool:
        """Tell whether any tile, live or desired, has a path like that."""
        return has_path_like(self._engine, self._tables["verdict"], wildcards)

    def count(self, action: TileAction, reason: Reason) -> int:
        """Return how many tiles have the action for the reason."""
        return self._engine.get_number(sql.COUNT_REASON, [action.value, reason.value], **self._tables)

    def find_vanishing_groups(self, min_tiles: int, percent: float) -> VanishingGroups:
        """Return the groups of ``min_tiles`` owned live tiles or more of which ``percent`` or more would be deleted."""
        rows = self._engine.run(sql.SELECT_VANISHING, [min_tiles, percent, MAX_VANISHING], **self._tables)
        return VanishingGroups(rows[0][3] if rows else 0, tuple(GroupLoss(*row[:3]) for row in rows))

    def count_also_reingested(self) -> int:
        """Return how many tiles to update are read again too."""
        return self._engine.get_number(sql.COUNT_ALSO_REINGEST, **self._tables)

    def count_moves(self) -> int:
        """Return how many tiles are deleted at one path and created at another with the same files."""
        return self._engine.get_number(sql.COUNT_MOVES, **self._tables)

    def list_doomed(self, reason: Reason, seed: str, limit: int) -> list[DoomedTile]:
        """Return the tiles deleted for the reason; of more than ``limit`` a sample drawn with ``seed``."""
        rows = self._engine.run(sql.SELECT_DOOMED, [reason.value, seed, limit], **self._tables)
        return [DoomedTile(path, _list_sources(files)) for path, files in rows]

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        """Yield the members of one set: creates by sensing time (timeless first) and path, the rest by path."""
        for row in self._engine.iter_rows(_choose_members(action), [action.value], **self._tables):
            path, reason, tile_id, time_ms, time_managed, cover, cover_managed, again, *rest = row
            group, origin, is_live, *live = rest
            yield TileChange(
                action,
                path,
                Reason(reason),
                tile_id,
                time_ms,
                time_managed,
                cover,
                cover_managed,
                again,
                Precondition(*live) if is_live else None,
                group,
                Origin(origin),
            )

    def get_columns(self, actions: Sequence[TileAction], *, with_cover: bool) -> dict[str, NDArray[Any]]:
        """Return the members of sets as columns of equal length, by action as they are given, then by path.

        Names are ``action reason path group sensingTime liveSensingTime id alsoReingest`` and, if asked for, ``cover``
        (GeoJSON texts). Times are UTC without a zone, NaT for none; other texts that are not there are None.
        """
        names, cover = [action.value for action in actions], array_sql.CHOSEN_COVER if with_cover else ""
        return self._engine.get_columns(array_sql.SELECT_CHANGES, [names, names], chosen_cover=cover, **self._tables)

    def list_covers(self, action: TileAction, limit: int) -> list[str]:
        """Return the covers of a set that writes, live or asked for, each once; of more than ``limit`` a sample."""
        rows = self._engine.run(array_sql.SELECT_COVERS, [action.value, limit], **self._tables)
        return [cover for (cover,) in rows]

    def iter_resent_covers(self, min_points: int) -> Iterator[tuple[str, str]]:
        """Yield (path, live cover) of updates that must send the cover back, of all that may have so many points."""
        yield from self._engine.iter_rows(sql.SELECT_RESENT_COVERS, [min_points * POSITION_LENGTH], **self._tables)

    def write_settled(self, before: Settled | None, header: SettledHeader, path: Path) -> bool:
        """Write the settled record of a comparison that nothing was narrowed in, as ``settled.write_seen`` does."""
        return write_seen(self._engine, self._tables, before, header, path)

    def _count(self, query: str, parameters: list[object]) -> dict[TileAction, dict[str, int]]:
        """Return counts by action and name, in the order of the query."""
        counts: defaultdict[TileAction, dict[str, int]] = defaultdict(dict)
        for action, name, tiles in self._engine.run(query, parameters, **self._tables):
            counts[TileAction(action)][name] = tiles
        return counts

    def _list_samples(self, action: TileAction) -> tuple[TileSample, ...]:
        rows = self._engine.run(sql.SELECT_SAMPLES, [action.value, MAX_SAMPLES], **self._tables)
        return tuple(TileSample(*row) for row in rows)

    def _make_digest(self, action: TileAction, *, only_reingested: bool = False) -> str:
        """Return the digest of what is asked of all members; empty for no members."""
        digest, is_empty = hashlib.sha256(), True
        for leaves in self._engine.iter_batches(sql.SELECT_LEAVES, [action.value, only_reingested], **self._tables):
            digest.update("".join(leaf for (leaf,) in leaves).encode())
            is_empty = False
        return "" if is_empty else digest.hexdigest()


def _choose_members(action: TileAction) -> str:
    if action is TileAction.CREATE:
        return sql.SELECT_BY_TIME
    return sql.SELECT_BY_PATH if action in WRITES else sql.SELECT_UNTOUCHED


def _list_sources(files: str | None) -> tuple[str, ...]:
    """Return the sources of ``encode_files`` text."""
    return tuple(line.rpartition("=")[0] for line in files.split("\n")) if files else ()

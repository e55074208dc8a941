"""Rows of a table whose paths are selected by wildcards. Touches the engine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.tile_paths import TilePaths
    from byocplan.sets.engine import Engine

CHOOSE = "CREATE TABLE $chosen AS SELECT * FROM $rows WHERE "
FIND_ONE = "SELECT count(*) FROM (SELECT 1 FROM $rows WHERE {} LIMIT 1)"
LIKE = r"path LIKE ? ESCAPE '\'"
#: The wildcards of the engine, which stand for themselves in ours, and ours.
ESCAPED = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_", "*": "%", "?": "_"})


def choose_rows(engine: Engine, rows: str, paths: TilePaths) -> str:
    """Return a table of the rows whose ``path`` is selected: a new one, or ``rows`` itself where all are.

    A new one, since rows are known by their numbers, which do not outlive a deletion.
    """
    if paths.is_all:
        return rows
    chosen = engine.make_name("chosen")
    taken = f"({_list_any(paths.like)})" if paths.like else "TRUE"
    left_out = f" AND NOT ({_list_any(paths.unlike)})" if paths.unlike else ""
    wildcards = [each.translate(ESCAPED) for each in (*paths.like, *paths.unlike)]
    engine.run(f"{CHOOSE}{taken}{left_out}", wildcards, chosen=chosen, rows=rows)
    return chosen


def has_path_like(engine: Engine, rows: str, wildcards: str) -> bool:
    """Tell whether any row has a ``path`` like that."""
    return bool(engine.get_number(FIND_ONE.format(LIKE), [wildcards.translate(ESCAPED)], rows=rows))


def _list_any(wildcards: Sequence[str]) -> str:
    return " OR ".join([LIKE] * len(wildcards))

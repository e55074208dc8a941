"""Narrowing a comparison to the actions and statuses that are asked for. Touches the engine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import TileAction
from byocplan.sets import narrow_sql as sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from byocplan.model.selection import Selection
    from byocplan.sets.engine import Engine


def narrow_verdicts(engine: Engine, tables: Mapping[str, str], selection: Selection) -> dict[TileAction, int]:
    """Set aside what is not selected; return how many changes that are, by action."""
    if selection.takes_all_classes:
        return {}
    names = {
        **tables,
        "left_out": engine.make_name("left_out"),
        "actions": _quote(selection.actions),
        "origins": _quote(selection.origins),
        "statuses": _quote(selection.statuses),
        "has_statuses": str(bool(selection.statuses)),
    }
    for statement in _list_statements(selection):
        engine.run(statement, **names)
    counts = {TileAction(action): count for action, count in engine.run(sql.COUNT_LEFT_OUT, **names)}
    for statement in (sql.KEEP_LIVE, sql.DROP_NOT_LIVE, "DROP TABLE $left_out"):
        engine.run(statement, **names)
    return counts


def _list_statements(selection: Selection) -> list[str]:
    statements = [sql.RETRY_FAILED] if selection.retries_failed else []
    if TileAction.REINGEST not in selection.actions:
        statements.append(sql.UPDATE_ALONE)
    elif TileAction.UPDATE not in selection.actions:
        statements.append(sql.REINGEST_ALONE)
    return [*statements, sql.CREATE_LEFT_OUT]


def _quote(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names)) or "''"

"""A plan whose tile sets are open: what a cell shows, its tile changes as a table, its files. Touches its sets."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from byocplan.errors import ClosedError
from byocplan.model.change import WRITES, TileAction
from byocplan.notebook.boundary import make_errors_plain, make_fault

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from types import TracebackType

    from pandas import DataFrame

    from byocplan.model.plan import Plan
    from byocplan.sets import TileSets

#: Footprints of an action that a cell draws: notebooks are committed with what their cells show.
MAX_COVERS = 300


class OpenPlan:
    """What an apply would do. Shown as text by ``print``, as HTML by a cell.

    Its tiles lie in a temporary folder that goes with ``close``, the end of a ``with`` block, the last reference or the
    process. Counts and texts outlive that; tables and files do not.
    """

    def __init__(self, plan: Plan, sets: TileSets, next_step: str = "") -> None:
        self._plan, self._next_step = plan, next_step
        # Runs once, at the end of the process at the latest.
        self._close = weakref.finalize(self, sets.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the tiles."""
        self._close()

    @property
    def is_closed(self) -> bool:
        """Whether the tiles are gone."""
        return not self._close.alive

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to do."""
        return self._plan.has_changes

    @property
    def is_applyable(self) -> bool:
        """Whether an apply would go on: no rail is tripped, and all could be planned."""
        return self._plan.is_applyable

    @property
    def plan_hash(self) -> str:
        """The hash of all that would be done."""
        return self._plan.plan_hash

    @property
    def guard_hash(self) -> str:
        """The hash for ``byocplan apply --expect-plan``: new imagery does not change it."""
        return self._plan.guard_hash

    @property
    def summary(self) -> dict[str, Any]:
        """How many ``collections`` and ``tiles`` have each action, and ``moves``: ``summary`` of ``to_dict``."""
        summary: dict[str, Any] = self.to_dict()["summary"]
        return summary

    def to_dict(self) -> dict[str, Any]:
        """Return the values of ``byocplan plan --format json``; ``schemas/v1/plan.schema.json`` describes them."""
        from byocplan.view.plan_json import make_plan_document

        return make_plan_document(self._plan)

    def changes(self, actions: Iterable[str] = WRITES, *, geometry: Literal["auto"] | bool = False) -> DataFrame:
        """Return the tiles with some actions, one row a tile: by address, then as an apply would take them.

        Columns: ``address action reason path group sensingTime liveSensingTime id alsoReingest``; times are UTC, NaT
        for timeless and for what is not live. ``geometry`` as of ``byocplan.tiles``: live covers, and those asked for.
        Raises ClosedError, MissingExtraError, InputError.
        """
        from byocplan.notebook.frames import check_frames, make_change_frame

        with make_errors_plain():
            has_geometry = check_frames(geometry=geometry)
            chosen = _choose_actions(actions)
            return make_change_frame(self._get_open(), chosen, has_geometry=has_geometry)

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write the report of ``--format html`` in place of ``path``, which is new or another page.

        Raises ClosedError, OutputError, InputError.
        """
        from byocplan.cli.writing import check_kind
        from byocplan.outfile import write_whole
        from byocplan.view.report.plan_report import render_plan_report

        with make_errors_plain():
            text = render_plan_report(self._get_open())
            check_kind(Path(path), "html")
            with write_whole(Path(path)) as file:
                file.write(text.encode())

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the plan file of ``--out``, for ``byocplan apply --plan``; ``path`` is new or another plan file.

        Raises ClosedError, OutputError, InputError.
        """
        from byocplan.cli.writing import check_kind
        from byocplan.planfile import write_plan_file

        with make_errors_plain():
            plan = self._get_open()
            check_kind(Path(path), "plan")
            write_plan_file(Path(path), plan)

    def __str__(self) -> str:
        """Return the text of ``byocplan plan``."""
        from byocplan.view.plan_text import render_plan
        from byocplan.view.style import Style

        return render_plan(self._plan, Style(), next_step=self._next_step)

    def __repr__(self) -> str:
        from byocplan.view.headline import render_headline

        return f"<OpenPlan: {render_headline(self._plan)}>"

    def _repr_html_(self) -> str:
        """Return what a cell shows; the map while the plan is open."""
        from byocplan.view.plan_cell import render_plan_cell

        return render_plan_cell(self._plan, {} if self.is_closed else _list_covers(self._plan))

    def _get_open(self) -> Plan:
        if self.is_closed:
            raise ClosedError
        return self._plan


def _list_covers(plan: Plan) -> dict[TileAction, list[str]]:
    """Return covers of tiles that would be written, by action, each once and not too many."""
    from byocplan.sets import Comparison

    tables = [part.tiles for part in plan.collections if isinstance(part.tiles, Comparison)]
    return {
        action: list(dict.fromkeys(cover for each in tables for cover in each.list_covers(action, MAX_COVERS)))[
            :MAX_COVERS
        ]
        for action in WRITES
    }


def _choose_actions(actions: Iterable[str]) -> tuple[TileAction, ...]:
    """Return the actions that are named, each once, in the order of an apply."""
    wanted = {actions} if isinstance(actions, str) else set(actions)
    unknown = sorted(wanted - set(TileAction))
    if unknown:
        raise make_fault("changes", f"no tiles are called {unknown[0]!r}", hint=f"name some of {', '.join(TileAction)}")
    return tuple(action for action in TileAction if action in wanted)

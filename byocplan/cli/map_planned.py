"""``byocplan map --planned`` and ``--plan FILE``: where the tiles are that a plan writes."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.plan import Plan
    from byocplan.view.report.tally import TileTally


def map_planned(terminal: Terminal, given: Input, address: str | None, plan_file: Path | None, out: Path) -> int:
    """Write the map of a plan that is made now, or of a plan file; return the exit code."""
    from byocplan.outfile import write_whole
    from byocplan.view.clean import clean
    from byocplan.view.report.plan_map import list_lost, render_map_summary, tally_planned

    opened = _compute(terminal, given, address) if plan_file is None else _open_file(plan_file, address)
    with opened as plan:
        tally = tally_planned(plan)
        with write_whole(out) as file:
            file.writelines(_render(address or f"the plan of {plan.project}", plan, tally, out.suffix.lower()))
        for note in plan.diagnostics:
            if note.severity == "error":
                terminal.note(f"{clean(note.address or plan.project)}: {clean(note.summary)}")
        for lost in list_lost(plan):
            terminal.note(lost)
        terminal.note(f"Written to {out}: {render_map_summary(tally)}.")
        return int(plan.is_errored)


@contextmanager
def _compute(terminal: Terminal, given: Input, address: str | None) -> Iterator[Plan]:
    """Give the plan of the manifests, as long as its tiles are read; nothing is kept of it."""
    from byocplan.cli.wiring import make_run_id, open_bucket, open_reader, open_state, place_project, read_input
    from byocplan.sets import TileSets
    from byocplan.workflow.binding_live import get_described, only
    from byocplan.workflow.plan import Surroundings, compute_plan

    loaded = read_input(given, terminal)
    if address is not None:
        loaded = only(loaded, get_described(loaded, address))
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client, TileSets() as sets:
        now_ms = time.time_ns() // 1_000_000
        around = Surroundings(project, client, open_state(project), open_bucket, now_ms, holds_covers=True)
        yield compute_plan(loaded, around, sets)


@contextmanager
def _open_file(path: Path, address: str | None) -> Iterator[Plan]:
    from byocplan.planfile import open_plan_file

    with open_plan_file(path) as opened:
        chosen = tuple(part for part in opened.plan.collections if address in {None, str(part.address)})
        if address is not None and not chosen:
            raise ArgumentError(f"{path} plans nothing for {address}", f"`byocplan show {path}` says what it plans")
        yield replace(opened.plan, collections=chosen)


def _render(title: str, plan: Plan, tally: TileTally, ending: str) -> Iterator[bytes]:
    if ending == ".geojson":
        from byocplan.view.planned_geojson import iter_planned_geojson

        yield from (piece.encode() for piece in iter_planned_geojson(plan))
    elif ending == ".html":
        from byocplan.view.report.plan_map import render_planned_map

        yield render_planned_map(title, plan, tally).encode()
    else:
        from byocplan.view.report.picture import render_png

        yield render_png(title, tally)

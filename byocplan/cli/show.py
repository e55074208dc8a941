"""``byocplan show``."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.cli.looks import look_options, render_look
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.cli.looks import Look
    from byocplan.cli.terminal import Terminal
    from byocplan.model.plan import Plan
    from byocplan.planfile import Selection

#: Lines written at a time.
CHUNK_LINES = 1000
#: The formats in which single tiles are listed.
LISTS = frozenset({"text", "json"})


@click.command(epilog="Example:  byocplan show plan.byocplan --select 'action=delete month=2023-07' --limit 20")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@look_options
@click.option(
    "--select",
    "selected",
    metavar="'KEY=VALUE ...'",
    help="List the tiles that fit, one a line: action, address, prefix, month, reason.",
)
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="List N tiles at most.")
@click.pass_obj
def show_command(terminal: Terminal, file: Path, look: Look, selected: str | None, limit: int | None) -> None:
    """Show a plan file as `plan` did, or list its tiles.

    With --select or --limit every tile that fits is listed, one a line; --format json makes each line a JSON object.
    Contacts nothing.
    """
    from byocplan.planfile import open_plan_file, parse_selection

    lists = selected is not None or limit is not None
    if lists and look.form not in LISTS:
        raise ArgumentError(f"--format {look.form} lists no single tiles", hint="leave out --select and --limit")
    selection = parse_selection(selected or "") if lists else None
    with open_plan_file(file) as opened:
        if selection is None:
            terminal.result(_render(terminal, opened.plan, look))
            return
        is_empty = True
        for lines in _chunk(islice(_iter_lines(terminal, opened.plan, selection, look.form), limit)):
            terminal.result("\n".join(lines))
            is_empty = False
        if is_empty and limit != 0:
            terminal.note("No tile that the plan changes fits." if selected else "The plan changes no tile.")


def _render(terminal: Terminal, plan: Plan, look: Look) -> str:
    from byocplan.view.json_text import encode_json
    from byocplan.view.plan_json import make_plan_document
    from byocplan.view.plan_text import render_plan
    from byocplan.view.provenance import make_provenance_document, render_provenance

    if look.form not in LISTS:
        return render_look(plan, look)
    if look.form == "json":
        return encode_json({**make_plan_document(plan), "provenance": make_provenance_document(plan)})
    return f"{render_provenance(plan)}\n\n{render_plan(plan, terminal.style(), next_step='')}"


def _iter_lines(terminal: Terminal, plan: Plan, selection: Selection, output: str) -> Iterator[str]:
    from byocplan.planfile import iter_selected
    from byocplan.view.tile_line import render_tile_json, render_tile_line

    style = terminal.style()
    for address, change in iter_selected(plan, selection):
        is_json = output == "json"
        yield render_tile_json(address, change) if is_json else render_tile_line(address, change, style)


def _chunk(lines: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(lines, CHUNK_LINES)):
        yield chunk

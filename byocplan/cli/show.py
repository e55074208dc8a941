"""``byocplan show``."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.cli.terminal import Terminal
    from byocplan.model.plan import Plan
    from byocplan.planfile import Selection

#: Lines written at a time.
CHUNK_LINES = 1000


@click.command(epilog="Example:  byocplan show plan.byocplan --select 'action=delete month=2023-07' --limit 20")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--select",
    "selected",
    metavar="'KEY=VALUE ...'",
    help="List the tiles that fit, one a line: action, address, prefix, month, reason.",
)
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="List N tiles at most.")
@click.pass_obj
def show_command(terminal: Terminal, file: Path, output: str, selected: str | None, limit: int | None) -> None:
    """Show a plan file as `plan` did, or list its tiles.

    With --select or --limit every tile that fits is listed, one a line; --format json makes each line a JSON object.
    Contacts nothing.
    """
    from byocplan.planfile import open_plan_file, parse_selection

    selection = None if selected is None and limit is None else parse_selection(selected or "")
    with open_plan_file(file) as opened:
        if selection is None:
            terminal.result(_render(terminal, opened.plan, output))
            return
        for lines in _chunk(islice(_iter_lines(terminal, opened.plan, selection, output), limit)):
            terminal.result("\n".join(lines))


def _render(terminal: Terminal, plan: Plan, output: str) -> str:
    from byocplan.view.json_text import encode_json
    from byocplan.view.plan_json import make_plan_document
    from byocplan.view.plan_text import render_plan
    from byocplan.view.provenance import make_provenance_document, render_provenance

    if output == "json":
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

"""``byocplan export``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import project_options
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.api.client import ReadClient
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.collection import LiveCollection
    from byocplan.model.exported import Exported
    from byocplan.model.project import Project
    from byocplan.sets import TileSets
    from byocplan.workflow.export import ExportRequest

PROJECT_FILE = "byocplan.yaml"


@dataclass(frozen=True, slots=True)
class _Known:
    """The project that exported collections join; ``ids`` are those that are bound or written already."""

    project: Project
    ids: frozenset[str]
    names: frozenset[str]


@click.command(epilog="Example:  byocplan export --all --out manifests/")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "is_all", is_flag=True, help="Every collection that no manifest here describes yet.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write files there.")
@project_options
@click.pass_obj
def export_command(terminal: Terminal, ids: tuple[str, ...], is_all: bool, out: Path | None, given: Input) -> None:
    """Write manifests for live collections: bands, noData and tile paths folded back into patterns.

    A plan of what is written has no changes: each pattern gives exactly the live tiles, and what none gives is listed,
    with --out in a table beside the manifest where it is more than 20 tiles. Without --out all goes to standard output,
    tiles as single paths, at most 10,000. No file is overwritten.
    """
    from byocplan.cli.wiring import make_run_id, open_reader
    from byocplan.sets import TileSets
    from byocplan.workflow.export import export_collections

    if bool(ids) == is_all:
        raise ArgumentError("say which collections to export", hint="give their ids, or --all")
    known = _read_known(given, terminal)
    with TileSets() as sets:
        with open_reader(known.project, make_run_id(), given.allow_hosts) as client:
            chosen = _choose(client, ids, known, terminal)
            request = _make_request(client, sets, known, has_tables=out is not None)
            exported = list(export_collections(request, chosen))
        if exported:
            _write(terminal, exported, known, out)


def _read_known(given: Input, terminal: Terminal) -> _Known:
    """Return what the manifests here describe; the defaults where there are none."""
    from byocplan.cli.wiring import open_state, place_project, read_input
    from byocplan.manifest import has_manifests
    from byocplan.model.project import Project

    if not has_manifests(given.paths):
        return _Known(place_project(Project()), frozenset(), frozenset())
    manifests = read_input(given, terminal).manifests
    project = place_project(manifests.project)
    bound = {binding.id for binding in open_state(project).read().by_address.values()}
    written = {each.id for each in manifests.collections if each.id is not None}
    names = {str(each.address).partition("/")[2] for each in manifests.collections}
    return _Known(project, frozenset(bound | written), frozenset(names))


def _choose(client: ReadClient, ids: tuple[str, ...], known: _Known, terminal: Terminal) -> list[LiveCollection]:
    if ids:
        return [_get_live(client, each) for each in dict.fromkeys(ids)]
    live = sorted(client.iter_collections(), key=lambda each: (each.name, each.id))
    chosen = [each for each in live if each.id not in known.ids]
    if len(chosen) < len(live):
        terminal.note(f"{len(live) - len(chosen)} of {len(live)} collections are described or bound already.")
    return chosen


def _get_live(client: ReadClient, collection_id: str) -> LiveCollection:
    live = client.find_collection(collection_id)
    if live is None:
        hint = "check the id, the deployment and whose credentials these are"
        raise ArgumentError(f"no collection {collection_id} is live, or these credentials do not see it", hint)
    return live


def _make_request(client: ReadClient, sets: TileSets, known: _Known, *, has_tables: bool) -> ExportRequest:
    from byocplan.cli.wiring import open_named_bucket
    from byocplan.discovery.table import MAX_ROWS
    from byocplan.workflow.export import ExportRequest

    return ExportRequest(
        client,
        lambda live: open_named_bucket(live.s3_bucket, known.project.s3),
        sets,
        known.names,
        MAX_ROWS if has_tables else 0,
    )


def _write(terminal: Terminal, exported: list[Exported], known: _Known, out: Path | None) -> None:
    from byocplan.outfile import write_new_files
    from byocplan.view.manifest_table import iter_table
    from byocplan.view.manifest_text import render_exported, render_project

    texts = {each.name: render_exported(each) for each in exported}
    has_project = known.project.is_declared or (out is not None and (out / PROJECT_FILE).exists())
    project = "" if has_project else render_project("exported", known.project.deployment.name)
    if out is None:
        terminal.result("---\n".join(text for text in (project, *texts.values()) if text))
    else:
        files: dict[str, str | Iterable[str]] = {PROJECT_FILE: project} if project else {}
        files |= {table.name: iter_table(table) for each in exported for table in each.tables}
        files |= {f"{name}.yaml": text for name, text in texts.items()}
        write_new_files({out / name: text for name, text in files.items()})
    for each in exported:
        terminal.note(_summarise(each, out))


def _summarise(exported: Exported, out: Path | None) -> str:
    from byocplan.view.clean import clean
    from byocplan.view.words import format_count
    from byocplan.workflow.export_rest import FEW

    paths = exported.count("path")
    parts = [format_count(exported.count("pattern"), "pattern"), format_count(paths, "path")]
    if exported.tables:
        rows = sum(len(table.rows) for table in exported.tables)
        parts.append(f"{format_count(len(exported.tables), 'table')} of {format_count(rows, 'tile')}")
    left = f", {format_count(exported.left_out, 'tile')} left out" if exported.left_out else ""
    where = f" to {out / exported.name}.yaml" if out is not None else ""
    hint = "; --out DIR writes them into a table" if out is None and paths > FEW else ""
    words = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{clean(exported.live.name)}: {format_count(exported.tiles, 'tile')} in {words}{left}{where}{hint}"

"""``byocplan init``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.cli.terminal import Terminal
    from byocplan.view.first_manifests import FirstCollection

PROJECT_FILE = "byocplan.yaml"


@click.command(epilog="Example:  byocplan init s3://my-bucket/mosaic/ --dir manifests/")
@click.argument("bucket", required=False, metavar="[s3://BUCKET/PREFIX]")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default=True,
    help="Write there.",
)
@click.pass_obj
def init_command(terminal: Terminal, bucket: str | None, folder: Path) -> None:
    """Write a project, and for a bucket a first collection with its path pattern.

    The pattern comes from a sample of the keys below the prefix (256 requests at most); what it takes and leaves is
    shown. The bands are what the header of one file of each says. No file is overwritten.
    """
    from byocplan.model.address import make_label
    from byocplan.outfile import write_new_files
    from byocplan.view.first_manifests import (
        render_first_collection,
        render_first_project,
        render_first_summary,
    )

    project = make_label(folder.resolve().name)
    has_project = (folder / PROJECT_FILE).exists()
    if bucket is None:
        write_new_files({folder / PROJECT_FILE: render_first_project(project, with_example=True)})
        _tell(terminal, [folder / PROJECT_FILE], ["init", "s3://BUCKET/PREFIX", "--dir", str(folder)])
        return
    first = _make_first(bucket)
    files = {folder / f"{first.name}.yaml": render_first_collection(first)}
    if not has_project:
        files = {folder / PROJECT_FILE: render_first_project(project, with_example=False), **files}
    write_new_files(files)
    terminal.result(render_first_summary(first))
    _tell(terminal, files, ["discover", str(folder)])


def _tell(terminal: Terminal, files: Iterable[Path], next_step: list[str]) -> None:
    from byocplan.view.typed import render_typed

    written = ", ".join(str(path) for path in files)
    terminal.result(f"Written: {written}.\nNext:  {render_typed(shlex.join(['byocplan', *next_step]))}")


def _make_first(address: str) -> FirstCollection:
    from byocplan.cli.wiring import open_named_bucket, open_ranges
    from byocplan.model.address import make_label
    from byocplan.model.collection import S3Settings
    from byocplan.view.first_manifests import FirstCollection, FirstSource
    from byocplan.workflow.init import guess_collection, split_bucket
    from byocplan.workflow.init_bands import read_bands

    name, prefix = split_bucket(address)
    bucket = open_named_bucket(name, S3Settings())
    guess = guess_collection(bucket, name, prefix)
    read = read_bands(guess.files, open_ranges(bucket))
    sources = [
        FirstSource(each.pattern.text, len(each.tiles), each.tiles.spread(1)[0].path, bool(each.pattern.time_names))
        for each in guess.sources
    ]
    label = make_label(f"{name}-{prefix}" if prefix else name)
    return FirstCollection(
        label, name, guess.keys, sources, guess.bands, guess.left, guess.whole, read.by_text, read.obstacle
    )

"""``byocplan fmt``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.errors import ArgumentError, ManifestError, Problem

if TYPE_CHECKING:
    from byocplan.cli.terminal import Terminal

PENDING_CHANGES = 2
STDIN = "-"
LONGEST_PATH = 4000


@click.command(epilog="Example:  byocplan fmt --check manifests/")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--check", is_flag=True, help="Write nothing; leave with 2 when a file is not in canonical form.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
@click.pass_obj
def fmt_command(terminal: Terminal, paths: tuple[str, ...], check: bool, show_diff: bool) -> int:
    """Rewrite manifests in canonical form: keys in the order of the schema, two spaces, quotes where YAML needs them.

    Comments stay, and so does what the manifests mean. With - standard input is formatted to standard output.
    """
    from byocplan.view.clean import clean
    from byocplan.view.text_diff import render_diff
    from byocplan.view.words import format_count
    from byocplan.workflow.fmt import format_files, write_formatted

    if STDIN in paths:
        return _format_stdin(terminal, paths, check=check, show_diff=show_diff)
    files = format_files(paths or (".",))
    changed = [file for file in files if file.is_changed]
    for file in changed:
        if show_diff:
            terminal.result(render_diff(str(file.path), file.before, file.after, terminal.style()))
            continue
        if not check:
            write_formatted(file)
        terminal.result(clean(str(file.path), LONGEST_PATH))
    done = "would change" if check or show_diff else "changed"
    terminal.note(f"{len(changed)} of {format_count(len(files), 'file')} {done}.")
    return PENDING_CHANGES if check and changed else 0


def _format_stdin(terminal: Terminal, paths: tuple[str, ...], *, check: bool, show_diff: bool) -> int:
    from byocplan.manifest import format_text
    from byocplan.view.text_diff import render_diff

    if len(paths) > 1:
        raise ArgumentError("- stands alone", hint="format files and standard input in two commands")
    try:
        before = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestError([Problem(STDIN, 0, 0, "this is no UTF-8 text")]) from error
    after = format_text(STDIN, Path(), before)
    if show_diff and before != after:
        terminal.result(render_diff(STDIN, before, after, terminal.style()))
    elif not show_diff and not check:
        click.echo(after, nl=False)
    return PENDING_CHANGES if check and before != after else 0

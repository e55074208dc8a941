"""``byocplan state``: what is bound, and changing that by hand."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import lease_option, manifest_options
from byocplan.errors import ArgumentError
from byocplan.model.address import PREFIX, Address

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.binding import Binding
    from byocplan.model.project import Project
    from byocplan.state import LeaseTerms, State

DECLINED = 1
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

format_option = click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group(epilog="Example:  byocplan state list manifests/")
def state_command() -> None:
    """Look at the bindings (address to live collection), and mend them.

    PATHS say where the Project is, whose state it is. Nothing here asks or changes the service.
    """


@state_command.command("list", epilog="Example:  byocplan state list manifests/ --format json")
@manifest_options
@format_option
@click.pass_obj
def list_command(terminal: Terminal, given: Input, output: str) -> None:
    """List what is bound: address, collection id, name and bucket; JSON says where that is kept, too."""
    from byocplan.cli.wiring import open_state
    from byocplan.view.bindings import render_bindings, render_bindings_json

    project = _place(given, terminal)
    state = open_state(project)
    bindings = state.read()
    is_json = output == "json"
    terminal.result(
        render_bindings_json(bindings, project.state, state.where) if is_json else render_bindings(bindings)
    )


@state_command.command("show", epilog="Example:  byocplan state show collection/s2 manifests/")
@click.argument("address")
@manifest_options
@format_option
@click.pass_obj
def show_command(terminal: Terminal, address: str, given: Input, output: str) -> None:
    """Show all that is recorded of ADDRESS: id, lifecycle, labels and what its sources own."""
    from byocplan.view.bindings import render_binding, render_binding_json
    from byocplan.workflow.bindings import get_binding

    binding = get_binding(_open(given, terminal).read(), _check_address(address))
    terminal.result(render_binding_json(binding) if output == "json" else render_binding(binding))


@state_command.command("mv", epilog="Example:  byocplan state mv collection/s2 collection/mosaic manifests/")
@click.argument("old", metavar="FROM")
@click.argument("new", metavar="TO")
@manifest_options
@lease_option
@click.pass_obj
def move_command(terminal: Terminal, old: str, new: str, given: Input, lease_timeout_s: float) -> None:
    """Rename an address: TO gets the collection id of FROM and what it owns.

    To be done when metadata.name of a manifest changes; otherwise the plan would delete the one and create the other.
    """
    from byocplan.cli.wiring import make_run_id
    from byocplan.workflow.bindings import move_binding

    state, terms = _open(given, terminal), _make_terms(lease_timeout_s)
    moved = move_binding(state, make_run_id(), terms, _check_address(old), _check_address(new))
    terminal.result(f"{new} stands for {moved.id} now.")


@state_command.command("rm", epilog="Example:  byocplan state rm collection/s2 manifests/ --auto-approve")
@click.argument("address")
@manifest_options
@click.option("--auto-approve", is_flag=True, help="Do not ask; needed when standard input is no terminal.")
@lease_option
@click.pass_obj
def remove_command(
    terminal: Terminal, address: str, given: Input, auto_approve: bool, lease_timeout_s: float
) -> int | None:
    """Forget ADDRESS. The live collection and its tiles stay as they are."""
    from byocplan.cli.wiring import make_run_id
    from byocplan.workflow.bindings import forget_binding

    if not auto_approve and not sys.stdin.isatty():
        raise ArgumentError("state rm asks, and standard input is no terminal", hint="say --auto-approve to go on")
    approve = partial(_approve, terminal, auto_approve)
    state, terms = _open(given, terminal), _make_terms(lease_timeout_s)
    binding = forget_binding(state, make_run_id(), terms, _check_address(address), approve)
    if binding is None:
        terminal.note("Nothing was changed.")
        return DECLINED
    terminal.result(f"{address} is forgotten; it stood for {binding.id}.")
    return None


@state_command.command("pull", epilog="Example:  byocplan state pull manifests/ > copy.lock.yaml")
@manifest_options
@click.pass_obj
def pull_command(terminal: Terminal, given: Input) -> int | None:
    """Print the state file as it is, unchecked; nothing, and exit code 1, when there is none."""
    content = _open(given, terminal).pull()
    if content is None:
        terminal.note("There is no state yet.")
        return 1
    click.echo(content, nl=False)
    return None


@state_command.command("unlock", epilog="Example:  byocplan state unlock 3f9a1c22d07b manifests/")
@click.argument("lease_id", metavar="ID")
@manifest_options
@click.pass_obj
def unlock_command(terminal: Terminal, lease_id: str, given: Input) -> None:
    """Remove the lease that a dead run left behind; ID is in the message of the run it stops.

    A run that is alive all the same cannot write the state any more, and stops. The lock of a local state ends with
    its process and cannot be removed.
    """
    holder = _open(given, terminal).unlock(lease_id)
    terminal.result(f"The lease of {holder} is removed.")


def _open(given: Input, terminal: Terminal) -> State:
    from byocplan.cli.wiring import open_state

    return open_state(_place(given, terminal))


def _place(given: Input, terminal: Terminal) -> Project:
    from byocplan.cli.wiring import place_project, read_input

    return place_project(read_input(given, terminal).manifests.project)


def _make_terms(lease_timeout_s: float) -> LeaseTerms:
    from byocplan.state import LeaseTerms

    return LeaseTerms(timeout_s=lease_timeout_s)


def _check_address(text: str) -> Address:
    if not text.startswith(PREFIX) or not NAME.fullmatch(text.removeprefix(PREFIX)):
        raise ArgumentError(f"{text!r} is no address", hint=f"one reads {PREFIX}NAME")
    return Address(text)


def _approve(terminal: Terminal, auto_approve: bool, binding: Binding) -> bool:
    """Say what forgetting means, and ask."""
    from byocplan.view.clean import clean

    terminal.note(
        f"Warning: {clean(binding.address)} stands for {clean(binding.id)}. Once that is forgotten, its collection and "
        "tiles stay live but are owned by no manifest: removing the document deletes nothing, and while it is there "
        f"the plan is blocked until it says `id: {clean(binding.id)}` or `adopt: true`, or"
        f" `byocplan import {clean(binding.address)} {clean(binding.id)}` binds it again."
    )
    return auto_approve or click.confirm("Forget it?", err=True)

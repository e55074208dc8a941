"""``byocplan emulator``."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import click

from byocplan.cli.extras import check_extra

if TYPE_CHECKING:
    from byocplan.cli.terminal import Terminal
    from byocplan.emulator import Assumptions, Emulator

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PORT = click.IntRange(0, 65535)
CHECK = click.Choice(["full", "listing", "none"])
NEEDED = ("cheroot", "flask", "flask_cors", "moto", "rasterio")


def make_assumptions(written: tuple[str, ...]) -> Assumptions:
    """Return the switches of ``--assume name=value``, each in the type of its default."""
    from byocplan.emulator import Assumptions

    defaults = Assumptions()
    names = {each.name.replace("_", "-"): each.name for each in fields(Assumptions)}
    kinds = get_type_hints(Assumptions)
    changes: dict[str, Any] = {}
    for each in written:
        name, _, value = each.partition("=")
        if name not in names:
            raise click.BadParameter(f"{name!r} is none of {', '.join(names)}", param_hint="--assume")
        is_number = isinstance(getattr(defaults, names[name]), int)
        allowed = get_args(kinds[names[name]])
        read = int(value) if is_number and value.isdecimal() else value
        if read not in allowed if allowed else not isinstance(read, int):
            expected = " or ".join(map(str, allowed)) or "a whole number"
            raise click.BadParameter(f"{name} is {expected}, not {value!r}", param_hint="--assume")
        changes[names[name]] = read
    return Assumptions(**changes)


def make_clients(written: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the ids and secrets of ``--client id:secret``."""
    pairs = tuple(each.partition(":") for each in written)
    if not all(client_id and secret for client_id, _, secret in pairs):
        raise click.BadParameter("write ID:SECRET", param_hint="--client")
    return tuple((client_id, secret) for client_id, _, secret in pairs)


def read_faults(written: tuple[str, ...]) -> str:
    """Return the rules of ``--faults``, each a file or the rules themselves."""
    texts = []
    for each in written:
        # Rules hold spaces; so a word alone is a file, and must be there.
        if not any(letter.isspace() for letter in each.strip()) and not Path(each).is_file():
            raise click.BadParameter(f"there is no file {each}", param_hint="--faults")
        is_file = "\n" not in each and Path(each).is_file()
        texts.append(_read_rules(Path(each)) if is_file else each)
    return "\n".join(texts)


def _read_rules(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path} is not UTF-8 text", param_hint="--faults") from None


def render_ready(emulator: Emulator) -> str:
    """Return the line with the URLs, and the exports that a client needs."""
    exports = "\n".join(f"export {name}={value}" for name, value in emulator.exports().items())
    return f"# BYOC {emulator.base_url}  token {emulator.token_url}  S3 {emulator.s3_url}\n{exports}"


@click.command(epilog="Example:  byocplan emulator --load fixtures/ --store emulator.sqlite")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8787, show_default=True, help="Port of the service; 0 takes a free one.")
@click.option("--store", type=click.Path(dir_okay=False), help="SQLite file to remember in; memory when not given.")
@click.option("--s3", default="embedded", show_default=True, help="URL of an S3 endpoint, or `embedded`.")
@click.option("--s3-port", type=PORT, default=0, help="Port of the embedded S3 server; a free one when not given.")
@click.option("--load", type=FOLDER, help="Folder of BUCKET/KEY files.")
@click.option("--seed", type=FILE, help="JSON of collections and tiles.")
@click.option("--ingest", default="now", show_default=True, metavar="now|reads:N|seconds:T", help="Who moves statuses.")
@click.option("--check", type=CHECK, default="full", show_default=True, help="Read files, only list them, or neither.")
@click.option("--rate", type=click.FloatRange(min=1), help="Requests a minute for each account; none: no limit.")
@click.option("--token-lifetime", default=3599, show_default=True, help="Seconds until a token expires.")
@click.option("--metadata-delay", default=0.0, show_default=True, help="Seconds until a collection's extent follows.")
@click.option("--client", multiple=True, metavar="ID:SECRET", help="Accepted credentials; any when not given.")
@click.option("--assume", multiple=True, metavar="NAME=VALUE", help="Switch something that no document settles.")
@click.option(
    "--faults", multiple=True, metavar="FILE|TEXT", help="Rules of the fault language: how to fail, and when."
)
@click.option("--clock-offset", default=0.0, help="Seconds by which the emulator's clock is off.")
@click.option("--tls", is_flag=True, help="Serve over TLS with a self-signed certificate.")
@click.pass_obj
def emulator_command(terminal: Terminal, /, rate: float | None, **given: Any) -> None:
    """Run a BYOC service and an S3 server on loopback, until stopped.

    It reads real COG files, applies the documented rules of ingestion, and remembers in a SQLite file. The exports it
    prints are what a client needs: eval them, or start byocplan with them.
    """
    check_extra("emulator", *NEEDED)
    from byocplan.emulator import Emulator, EmulatorSettings
    from byocplan.emulator.errors import FaultRuleError, SettingsError

    settings = EmulatorSettings(
        rate_per_minute=rate,
        store=given.pop("store") or ":memory:",
        token_lifetime_s=given.pop("token_lifetime"),
        metadata_delay_s=given.pop("metadata_delay"),
        clock_offset_s=given.pop("clock_offset"),
        faults=read_faults(given.pop("faults")),
        clients=make_clients(given.pop("client")),
        assumptions=make_assumptions(given.pop("assume")),
        **given,
    )
    try:
        with suppress(KeyboardInterrupt), Emulator(settings) as running:
            terminal.result(render_ready(running))
            threading.Event().wait()
    except (FaultRuleError, SettingsError) as problem:
        raise click.UsageError(str(problem)) from None

"""The ``byocplan`` group. A command's module is imported when that command is asked for, not before."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from byocplan import __version__
from byocplan.cli.terminal import Terminal

#: Command → the line ``--help`` shows. Its module is ``byocplan.cli.COMMAND`` (``import_``: Python has that word),
#: its object ``COMMAND_command``.
COMMANDS = {
    "init": "Write a first project and, from a bucket, a first collection.",
    "validate": "Check manifests, offline.",
    "fmt": "Rewrite manifests in canonical form.",
    "schema": "Print the JSON Schema of the manifests.",
    "explain": "Tell which pattern takes a key, and why.",
    "discover": "Show the tiles that the sources give; reads S3 only.",
    "preflight": "Judge files by the rules of the service, from their headers.",
    "plan": "Show what apply would do; changes nothing.",
    "drift": "Show what was changed outside; changes nothing.",
    "rehearse": "Show what manifests change against others, on an emulator.",
    "show": "Show a plan file, or list its tiles.",
    "map": "Write a map of live tiles: HTML, PNG or GeoJSON.",
    "apply": "Carry the plan out.",
    "destroy": "Delete everything that is bound.",
    "status": "Show what is live: tiles by status, causes, times, gaps.",
    "tiles": "List live tiles.",
    "import": "Bind a live collection to an address of the manifests.",
    "export": "Write manifests for live collections.",
    "state": "Look at what is bound, and mend it.",
    "doctor": "Look at credentials, clock, state and buckets; each with the mend.",
    "emulator": "Run a BYOC service and an S3 server on loopback.",
    "demo": "Walk through everything on the emulator, with real COG files.",
}
PREFIX = "BYOCPLAN"


def name_variables(command: click.Command, prefix: str) -> None:
    """Let ``PREFIX_OPTION`` set each option: click alone would name the variable after the parameter in the code."""
    for option in command.params:
        if isinstance(option, click.Option) and option.allow_from_autoenv:
            longest = max(option.opts, key=len)
            option.envvar = f"{prefix}_{longest.lstrip('-').replace('-', '_').upper()}"
            option.allow_from_autoenv = False
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            name_variables(each, f"{prefix}_{name.upper()}")


class LazyGroup(click.Group):
    """A group that knows its commands' help lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"byocplan.cli.{module}"), f"{cmd_name}_command")
        name_variables(command, f"{PREFIX}_{cmd_name.upper()}")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where it does not know an option of the group, say where that stands."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            if any(error.option_name in each.opts for each in self.params):
                example = f"byocplan {error.option_name} {ctx.invoked_subcommand}"
                what = f"{error.option_name} stands before the command: `{example} …`."
                raise click.UsageError(what, error.ctx) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the command table without loading a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when one is misspelt."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else " `byocplan --help` lists them."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"auto_envvar_prefix": PREFIX, "help_option_names": ["-h", "--help"]},
    epilog="Example:  byocplan plan manifests/",
)
@click.version_option(__version__, prog_name="byocplan")
@click.option("-v", "--verbose", count=True, help="Say more on stderr; twice, still more.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no warnings on stderr.")
@click.option("--no-color", is_flag=True, help="Plain ASCII output, no colours.")
@click.pass_context
def cli(ctx: click.Context, verbose: int, quiet: bool, no_color: bool) -> None:
    """Plan and apply for Sentinel Hub BYOC.

    Manifests (YAML) describe collections and the tiles in them; `plan` compares them with the live state and the
    bucket, `apply` creates, updates, reingests and deletes.
    """
    ctx.obj = Terminal.open(verbosity=-1 if quiet else verbose, no_color=no_color)

"""The reference of the command line, from the commands themselves. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from byocplan.cli.group import cli
from docs.generate.tables import render_code, render_page, render_table

if TYPE_CHECKING:
    from collections.abc import Iterator

PREAMBLE = """\
# Command line

Every command, made by `make reference` from the commands themselves. `byocplan COMMAND --help` says the same.

Results go to standard output, progress and warnings to standard error. Where no PATHS are given, the current folder is
read; `-` is standard input. An option may be set by the environment variable that stands beside it; what is typed goes
before it."""

#: Code → what it means; a test holds that every code of the error tree is here.
EXIT_CODES = {
    0: "Done; for `plan`: no error, with or without changes.",
    1: "Something failed: the service, the bucket, the state, a file that cannot be written, or a plan with errors. "
    "`doctor`: something is wrong.",
    2: "`plan --detailed-exitcode`: there are changes. `drift`: something was changed outside."
    " `fmt --check`: a file would change.",
    3: "The input is not valid: manifests, arguments, tables.",
    4: "Authentication or permission is missing.",
    5: "A rail or a conflict of ownership blocks the plan.",
    6: "The plan file or the expected hash is stale, expired or damaged.",
    7: "Applied in part: changes were refused, in conflict, or not begun. Run it again.",
    8: "Another run holds the lease, or the lease was lost.",
    9: "Applied; ingestion has not finished in time.",
    10: "Applied, but tiles FAILED to ingest; for `preflight`: some would.",
    130: "Stopped by Ctrl-C.",
    143: "Stopped by SIGTERM.",
}

#: Variables that no option stands for.
VARIABLES = {
    "SH_CLIENT_ID": "The OAuth client of the service, with `SH_CLIENT_SECRET`.",
    "SH_CLIENT_SECRET": "Its secret. There is no option for it: arguments are seen by others.",
    "SH_PROFILE": "The profile of sentinelhub-py's configuration to take the client from, where the two are not set.",
    "SH_BASE_URL": "Address of the service, over the deployment's.",
    "SH_TOKEN_URL": "Address of the token endpoint, over the deployment's.",
    "BYOCPLAN_ALLOW_HOSTS": "Hosts that manifests may name, parted by commas; as `--allow-host`.",
    "AWS_…": "Credentials, region, profile and endpoint of S3, as boto3 reads them.",
    "HTTPS_PROXY": "The proxy, as usual; also `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.",
    "REQUESTS_CA_BUNDLE": "A file of certificates to trust; also `CURL_CA_BUNDLE` and `SSL_CERT_FILE`.",
    "GITHUB_OUTPUT": "Set by GitHub Actions, with `GITHUB_STEP_SUMMARY`: see [review](review.md#github-actions).",
    "CI": "Set by CI systems, as are `GITHUB_ACTIONS`, `TF_BUILD` and `TEAMCITY_VERSION`: see [`tiles`](looking.md).",
    "NO_COLOR": "Plain ASCII output without colours, as `--no-color`.",
    "FORCE_COLOR": "Colours although the output is no terminal.",
}

SPACES = re.compile(r"\s+")
#: What click puts after a help text, in brackets: the default, and a range.
EXTRAS = re.compile(r"(?:\s*\[(?:default: |x[<>]|\d+<)[^\]]*\])+$")
EXTRA = re.compile(r"[^\[\];]+")
DEFAULT = "default: "


def render_commands() -> str:
    """Return the page: the tables that hold for all commands, then a section for each."""
    context = click.Context(cli, info_name="byocplan", **cli.context_settings)
    codes = render_table(("code", "means"), [(str(code), text) for code, text in EXIT_CODES.items()])
    variables = render_table(("variable", "means"), [(render_code(name), text) for name, text in VARIABLES.items()])
    parts = ["## Exit codes", codes, "## Environment", variables]
    return render_page([PREAMBLE, *parts, *_iter_sections(cli, context)])


def _iter_sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield _render_section(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                below = click.Context(child, parent=context, info_name=name, **child.context_settings)
                yield from _iter_sections(child, below)


def _render_section(command: click.Command, context: click.Context) -> str:
    words = [context.command_path, *command.collect_usage_pieces(context)]
    options = [each for each in command.get_params(context) if isinstance(each, click.Option) and not each.hidden]
    rows = [_make_row(option, context) for option in options if "--help" not in option.opts]
    example = SPACES.sub(" ", (command.epilog or "").removeprefix("Example:")).strip()
    return render_page(
        [
            f"## {context.command_path}",
            f"```text\n{' '.join(words)}\n```",
            _render_help(command.help or ""),
            render_table(("option", "default", "variable", "meaning"), rows),
            f"Example: `{example}`" if example else "",
        ]
    ).rstrip()


def _render_help(text: str) -> str:
    paragraphs = (SPACES.sub(" ", part).strip() for part in text.split("\n\n"))
    return "\n\n".join(_escape(part) for part in paragraphs)


def _make_row(option: click.Option, context: click.Context) -> tuple[str, ...]:
    shape, full = option.get_help_record(context) or ("", "")
    text, default, limits = _split_extras(full)
    return (
        render_code(shape),
        render_code(default) if default else "",
        render_code(name) if (name := _find_variable(option, context)) else "",
        f"{_escape(text)} {' '.join(map(render_code, limits))}".strip(),
    )


def _split_extras(full: str) -> tuple[str, str, list[str]]:
    """Return a help text without what click adds, the default or nothing, and the range, if there is one."""
    found = EXTRAS.search(full)
    extras = [part.strip() for part in EXTRA.findall(found[0]) if part.strip()] if found else []
    defaults = [part.removeprefix(DEFAULT) for part in extras if part.startswith(DEFAULT)]
    return (
        full[: found.start()] if found else full,
        "".join(defaults[:1]),
        [part for part in extras if not part.startswith(DEFAULT)],
    )


def _find_variable(option: click.Option, context: click.Context) -> str | None:
    if option.envvar:
        return str(option.envvar)
    prefix = None if option.is_eager else context.auto_envvar_prefix
    return f"{prefix}_{option.name.upper()}" if prefix and option.name and option.allow_from_autoenv else None


def _escape(text: str) -> str:
    """Keep Markdown from reading ``${K}`` and stars in a help text that is written for a terminal."""
    return text.replace("*", "\\*").replace("<", "&lt;")

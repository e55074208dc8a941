"""The command line: one file a command, each parses its arguments, calls one use case and prints what it gives."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with the exit code of what happened."""
    from byocplan.cli.boundary import run_guarded
    from byocplan.cli.group import cli

    sys.exit(run_guarded(cli))

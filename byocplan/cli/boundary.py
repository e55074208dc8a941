"""The one error boundary: whatever ends a command becomes a message on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import click

from byocplan.cli.terminal import drop_unwritable
from byocplan.errors import ByocplanError, InputError

if TYPE_CHECKING:
    from types import FrameType

USAGE = 3
UNEXPECTED = 1
INTERRUPTED = 130
TERMINATED = 143

#: What is said of a command that a signal ended, by its exit code.
ENDINGS = {INTERRUPTED: "Interrupted.", TERMINATED: "Stopped by SIGTERM."}

MESSAGE_LIMIT = 4000


class Terminated(KeyboardInterrupt):
    """SIGTERM came; handled like Ctrl-C, but left with its own exit code."""


def run_guarded(command: click.Command) -> int:
    """Run a click command and return the exit code."""
    _open_closed_streams()
    signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        answer = command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (ByocplanError, OSError, KeyboardInterrupt, click.Abort) as error:
        return _report_expected(error)
    except Exception as error:  # noqa: BLE001 - the boundary
        return _report_crash(error)
    return answer if isinstance(answer, int) else 0


def _raise_terminated(_signal: int, _frame: FrameType | None) -> None:
    raise Terminated


def find_exit_code(error: BaseException) -> int:
    """Return the exit code that an error ends the command with."""
    # click makes an Abort of every KeyboardInterrupt, at a question "from None": the context alone tells of its kind.
    if isinstance(error, Terminated) or isinstance(error.__context__, Terminated):
        return TERMINATED
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    return error.exit_code if isinstance(error, ByocplanError) else UNEXPECTED


def _report_expected(error: BaseException) -> int:
    code = find_exit_code(error)
    if code in ENDINGS:
        return _say(ENDINGS[code], code)
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone.
        drop_unwritable(sys.stdout)
        return UNEXPECTED
    drop_unwritable(sys.stdout)
    return _report_own(error) if isinstance(error, ByocplanError) else _report_system(error)


def _open_closed_streams() -> None:
    """Put the null device where the caller closed a standard stream (``<&-``), which Python shows as None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end


def _report_system(error: BaseException) -> int:
    """Say what the system refused, where, as far as it tells, and what to do."""
    if not isinstance(error, OSError):
        return _say(f"Error: {clean_message(error)}", UNEXPECTED)
    from byocplan.outfile import find_mend

    named = error.filename if isinstance(error.filename, str | bytes | os.PathLike) else None
    where = os.fsdecode(named) if named else "standard output, or a file of this run"
    return _say(f"Error: {_clean(f'{where}: {error.strerror or error}; {find_mend(error)}')}", UNEXPECTED)


def _report_own(error: ByocplanError) -> int:
    if isinstance(error, InputError):
        from byocplan.cli.terminal import Terminal
        from byocplan.view.problems import render_problems

        terminal = Terminal.open(verbosity=0, no_color="--no-color" in sys.argv)
        terminal.complain(render_problems(error.problems, terminal.style(sys.stderr)))
        return error.exit_code
    return _say(f"Error: {clean_message(error)}", error.exit_code)


def _report_crash(error: Exception) -> int:
    from byocplan.cli.crash import write_report

    try:
        where = f"a report is in {write_report(error, os.environ)}"
    except OSError:
        where = "and no report could be written"
    return _say(f"Error: unexpected {type(error).__name__}; this is a bug in byocplan; {where}", UNEXPECTED)


def clean_message(error: BaseException) -> str:
    """Return what an error says on one line that is safe to show, without the secrets of the environment."""
    return _clean(str(error))


def _clean(text: str) -> str:
    from byocplan.cli.hiding import hide_secrets
    from byocplan.view.clean import clean

    return clean(hide_secrets(text, os.environ), limit=MESSAGE_LIMIT)


def _say(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code

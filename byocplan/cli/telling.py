"""How an apply is told: its plan, what happens and its outcome in, text or JSON on stdout out, as was asked for.

A run that may write is not ended by a reader that leaves: what stdout does not take any more is told on stderr at last.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import click

from byocplan.cli.terminal import drop_unwritable
from byocplan.errors import BlockedError, ByocplanError, OutputError, StaleError
from byocplan.model.event import Finished, Started
from byocplan.model.outcome import Outcome, Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from byocplan.api.client import WriteClient
    from byocplan.cli.terminal import Terminal
    from byocplan.model.address import Address
    from byocplan.model.event import Event
    from byocplan.model.plan import Plan
    from byocplan.state import State

STDOUT = "standard output"
DECLINED = Refused(Reason.DECLINED, "nobody said yes; nothing was changed", 1)


@dataclass(slots=True)
class Telling:
    """One run being told; a context in which an error is told as JSON too, where that was asked for, and goes on.

    ``command`` is what was typed, as far as it says what is planned. ``lost`` says what became of stdout where it takes
    nothing any more. ``client`` and ``state`` are set once they are
    there, for what was sent and what is bound.
    """

    terminal: Terminal
    command: str
    is_json: bool = False
    has_lines: bool = False
    waits: bool = True
    client: WriteClient | None = field(default=None, init=False)
    state: State | None = field(default=None, init=False)
    lost: str = field(default="", init=False)
    plan: Plan | None = field(default=None, init=False)
    finished: Outcome | None = field(default=None, init=False)
    is_started: bool = field(default=False, init=False)
    _has_begun: bool = field(default=False, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is not None and not isinstance(error, SystemExit):
            self._tell_end(error)

    def write_line(self, line: str) -> None:
        """Write one of the JSON lines; the first of them is preceded by the version."""
        from byocplan.cli.progress import make_timestamp
        from byocplan.view.event_json import render_version_line

        if not self._has_begun:
            self._has_begun = True
            self._write(render_version_line(make_timestamp()))
        self._write(line)

    def watch(self, show: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what an apply reports to: it shows events, and notes how far the run has come."""

        def take(event: Event) -> None:
            self.is_started = self.is_started or isinstance(event, Started)
            if isinstance(event, Finished):
                self.finished = event.outcome
            try:
                show(event)
            except (OSError, OutputError):
                drop_unwritable(sys.stderr)

        return take

    def tell_plan(self, plan: Plan, *, asks: bool) -> None:
        """Show the plan. Raises OutputError where it cannot be shown and ``asks`` says that a question would follow."""
        from byocplan.view.plan_text import render_plan

        self.plan = plan
        if self.has_lines:
            self._tell_plan_lines(plan)
        else:
            style = self.terminal.style(sys.stderr if self.is_json else sys.stdout)
            text = render_plan(plan, style, for_apply=True, next_step=self.command)
            (self.terminal.note if self.is_json else self._write)(text)
        if self.lost and asks:
            what = f"{self.lost} before the plan could be shown, and nothing was changed"
            raise OutputError(STDOUT, what, "run again and read it all")

    def tell_outcome(self, outcome: Outcome) -> int:
        """Tell what became of the run, as the last of all, and return the exit code."""
        self._write_outcome(outcome)
        if not self.lost:
            return outcome.exit_code
        from byocplan.view.outcome_text import render_outcome_line

        line = f"{STDOUT.capitalize()} {self.lost} before the outcome could be told. {render_outcome_line(outcome)}."
        with suppress(OSError, OutputError):
            self.terminal.complain(line)
        return outcome.exit_code or 1

    def tell_declined(self) -> int:
        """Tell that nobody said yes, and return the exit code."""
        self.terminal.note("Nothing was changed.")
        if self._is_for_programs:
            self._write_outcome(self._make_outcome(refused=DECLINED))
        return DECLINED.exit_code

    def _make_outcome(self, **told: Any) -> Outcome:
        """Return the outcome of a run that has none of its own: what is bound is given as after any other."""
        outputs: dict[Address, str] = {}
        with suppress(ByocplanError, OSError):
            bound = self.state.read().by_address if self.state else {}
            outputs = {address: binding.id for address, binding in bound.items()}
        requests = self.client.requests_sent if self.client else 0
        return Outcome(outputs=outputs, is_waited=self.waits, requests=requests, **told)

    @property
    def _is_for_programs(self) -> bool:
        return self.is_json or self.has_lines

    def _tell_plan_lines(self, plan: Plan) -> None:
        from byocplan.cli.progress import make_timestamp
        from byocplan.view.event_json import iter_plan_lines

        for line in iter_plan_lines(plan, make_timestamp()):
            self.write_line(line)

    def _write_outcome(self, outcome: Outcome) -> None:
        from byocplan.cli.progress import make_timestamp
        from byocplan.view.event_json import render_event_line
        from byocplan.view.outcome_json import render_outcome_json
        from byocplan.view.outcome_text import render_outcome
        from byocplan.view.rails_text import render_typed_acks
        from byocplan.view.typed import render_typed

        if self.has_lines:
            self.write_line(render_event_line(Finished(outcome), make_timestamp()))
        elif self.is_json:
            self._write(render_outcome_json(outcome))
        else:
            acks = render_typed_acks(self.plan) if self.plan else ""
            again = render_typed(self.command, acks, fence="`")
            self._write(render_outcome(outcome, self.terminal.style(), again))

    def _tell_end(self, error: BaseException) -> None:
        """Tell the error as an outcome to programs, to people what was done before: the boundary tells the rest."""
        refused = make_refused(error, self.plan)
        stopped_by = refused.text if self.is_started else ""
        outcome = self.finished or self._make_outcome(is_stopped=self.is_started, stopped_by=stopped_by)
        if self._is_for_programs:
            self._write_outcome(replace(outcome, refused=refused))
        elif self.finished is not None:
            self.tell_outcome(self.finished)

    def _write(self, text: str) -> None:
        if self.lost:
            return
        try:
            self.terminal.result(text)
        except BrokenPipeError:
            self.lost = "was closed"
            drop_unwritable(sys.stdout)
        except OutputError as error:
            self.lost = f"failed ({error.what.partition(': ')[2] or error.what})"
            drop_unwritable(sys.stdout)


def make_refused(error: BaseException, plan: Plan | None) -> Refused:
    """Return why the run did not come to its end. Text of a bug is not told: it may hold anything."""
    from byocplan.cli.boundary import ENDINGS, clean_message, find_exit_code

    code = find_exit_code(error)
    match error:
        case BlockedError():
            rails = plan.tripped if plan is not None else ()
            return Refused(Reason.BLOCKED, clean_message(error), code, rails)
        case StaleError():
            return Refused(Reason.STALE, clean_message(error), code)
        case KeyboardInterrupt() | click.Abort():
            return Refused(Reason.INTERRUPTED, ENDINGS[code], code)
        case ByocplanError() | OSError():
            return Refused(Reason.ERROR, clean_message(error), code)
    return Refused(Reason.ERROR, f"unexpected {type(error).__name__}; this is a bug in byocplan", code)

"""One run of an apply: what all its steps share. Touches nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from byocplan.applier.breaker import Breaker
from byocplan.applier.result import SKIPPED, Result, Verdict, make_failure
from byocplan.errors import AccessError, ApiError, ByocplanError, StateError, StoppedError, UnreachableError
from byocplan.model.event import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.client import WriteClient
    from byocplan.applier.options import ApplyOptions
    from byocplan.applier.stop import StopFlag
    from byocplan.applier.tally import Tally
    from byocplan.model.address import Address
    from byocplan.model.collection import LiveCollection
    from byocplan.model.event import Event

TICK_S = 0.25


@dataclass(slots=True)
class Run:
    """The client, the options and the counts of one apply.

    ``requests_before`` were sent before anything was applied; ``next_tick_s`` is when progress is told again. So many
    creates as ``looks_left`` look for their tile before they are sent. ``live_collections`` are those at the first
    create of one.
    """

    client: WriteClient
    options: ApplyOptions
    report: Callable[[Event], None]
    tally: Tally
    started_s: float
    requests_before: int = 0
    breaker: Breaker = field(default_factory=Breaker)
    next_tick_s: float = 0.0
    looks_left: float = 0.0
    live_collections: tuple[LiveCollection, ...] | None = None

    @property
    def stop(self) -> StopFlag:
        """What ends the run early."""
        return self.options.stop

    @property
    def elapsed_s(self) -> float:
        """How long the run has taken so far."""
        return self.options.clock() - self.started_s

    def sleep(self, seconds: float) -> None:
        """Sleep as the options say."""
        (self.options.sleep or self.stop.sleep)(seconds)

    def tick(self) -> None:
        """Tell the progress, a few times a second at most. Called from the main thread alone."""
        now_s = self.options.clock()
        if now_s >= self.next_tick_s:
            self.next_tick_s = now_s + TICK_S
            self.report(make_progress(self))

    def check_budget(self) -> None:
        """End the run when its time or its requests are used up."""
        budget = self.options.budget
        if budget.end_s is not None and self.options.clock() >= budget.end_s:
            self.stop.stop("the time of --max-duration is used up; run again to go on")
        elif budget.requests is not None and self.client.requests_sent - self.requests_before >= budget.requests:
            self.stop.stop(f"the {budget.requests:,} requests of --max-requests are used up; run again to go on")

    def takes_look(self) -> bool:
        """Tell whether a create is to look for its tile first, and count that it does."""
        self.looks_left -= 1
        return self.looks_left >= 0

    def record(self, key: str, address: Address, where: str, result: Result) -> None:
        """Count one result of a tile; end the run when most of the last ones failed."""
        self.tally.add(key, address, where, result)
        if result.verdict is Verdict.SKIPPED:
            return
        tripped = self.breaker.add(failed=result.verdict is Verdict.FAILED)
        if tripped:
            causes = self.tally.errors.count_by_cause()
            self.stop.stop(f"{tripped}, mostly: {next(iter(causes), '')}; mend that and run again")

    def attempt(self, work: Callable[[], Result]) -> Result:
        """Return what ``work`` returns; an error is a failure, and one that concerns all ends the run."""
        try:
            return work()
        except StoppedError:
            return SKIPPED
        except (AccessError, UnreachableError, StateError) as error:
            self.stop.fail(error)
            return make_failure(str(error))
        except ByocplanError as error:
            return make_failure(describe(error))


def make_progress(run: Run) -> Progress:
    """Return how far the run is."""
    done = {key: run.tally.done[key] for key in run.tally.totals}
    elapsed_s = run.elapsed_s
    per_minute = 60 * sum(done.values()) / elapsed_s if elapsed_s > 0 else 0.0
    return Progress(done, run.tally.totals, run.tally.verdicts[Verdict.FAILED], per_minute, elapsed_s)


def describe(error: ByocplanError) -> str:
    """Return the text under which failures of many tiles are grouped: the request's own path is left out."""
    if not isinstance(error, ApiError):
        return str(error)
    known = {status.value: status.phrase for status in HTTPStatus}
    tail = f" ({'; '.join(error.details)})" if error.details else ""
    return f"{known.get(error.status, 'refused')}: {error.message}{tail}"

"""Sending one write with its intent before and its end after, past the failpoints. Touches the journal and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from byocplan.errors import AccessError, ApiError, UnreachableError
from byocplan.model.failpoint import Failpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.applier.run import Run

T = TypeVar("T")

#: Errors after which it is certain that nothing was carried out.
REFUSED = (ApiError, AccessError, UnreachableError)


def send(run: Run, action: str, request: Callable[[], T], **facts: object) -> T:
    """Return what ``request`` returns. Whatever comes of it, the next plan sees it: nothing stays open."""
    journal, reach = run.options.journal, run.options.reach
    number = journal.begin(action, **facts) if journal else 0
    result = "error"
    try:
        reach(Failpoint.BEFORE_POST)
        answer = request()
        result = "done"
        reach(Failpoint.AFTER_POST)
        reach(Failpoint.AFTER_POST_BEFORE_JOURNAL)
    finally:
        if journal:
            journal.end(number, result)
    reach(Failpoint.AFTER_JOURNAL)
    return answer


class OpenIntent:
    """The intent of a create that no plan can find again by itself: it stays open until its id is bound."""

    def __init__(self, run: Run, action: str, **facts: object) -> None:
        self._journal, self._reach = run.options.journal, run.options.reach
        self._number = self._journal.begin(action, **facts) if self._journal else 0

    def send(self, request: Callable[[], T]) -> T:
        """Return what ``request`` returns; a refusal closes the intent, a lost answer leaves it open."""
        self._reach(Failpoint.BEFORE_POST)
        try:
            answer = request()
        except REFUSED:
            self.end("refused")
            raise
        self._reach(Failpoint.AFTER_POST)
        return answer

    def note_made(self, made_id: str) -> None:
        """Write down the id before it is bound. Raises StateError."""
        self._reach(Failpoint.AFTER_POST_BEFORE_JOURNAL)
        if self._journal:
            self._journal.note(self._number, made=made_id)
        self._reach(Failpoint.AFTER_JOURNAL)

    def end(self, result: str) -> None:
        """Close the intent: the id is bound, or nothing was made."""
        if self._journal:
            self._journal.end(self._number, result)

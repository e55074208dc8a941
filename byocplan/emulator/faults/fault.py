"""What a fault is: which requests it meets, when it is due and what it does. Values only. Pure."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Drop = Literal["before", "after", "headers", "half"]
Mangling = Literal["truncated", "html", "wrong-type", "empty"]
Order = Literal["created", "uuid", "shuffled"]
WriteKind = Literal["create", "delete", "change", "reingest"]


@dataclass(frozen=True, slots=True)
class When:
    """Which of the matching requests are met: all that every given condition allows. Requests count from 1.

    ``after`` of them are let pass first and not counted; ``times`` bounds how often the fault works, None for ever.
    """

    after: int = 0
    times: int | None = None
    nth: tuple[int, ...] = ()
    every: int = 1
    p: float = 1.0
    seed: int = 0

    def is_due(self, number: int, worked: int) -> bool:
        """Return whether the ``number``-th matching request is met, after ``worked`` that were.

        By seed and number alone: the same seed makes the same run.
        """
        turn = number - self.after
        if turn < 1 or (self.times is not None and worked >= self.times):
            return False
        if (self.nth and turn not in self.nth) or turn % self.every:
            return False
        return self.p >= 1 or Random(f"{self.seed}:{turn}").random() < self.p  # noqa: S311


@dataclass(frozen=True, slots=True)
class Span:
    """How long something lasts: seconds of the emulator's clock, or a number of reads of the list it belongs to."""

    seconds: float | None = None
    reads: int | None = None


@dataclass(frozen=True, slots=True)
class OtherWrite:
    """What another client does to the collection of a list that is being read: so many tiles, or one path."""

    kind: WriteKind
    count: int = 0
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; ``method`` is empty or a list with commas, ``path`` a regular expression searched in the path.

    ``is_committed`` tells whether the service does its work before ``status``, ``answer`` and ``delay_s``; None is the
    likelier: a status comes instead of the work, a mangled answer after it, a delay before it.
    """

    method: str = ""
    path: str = ""
    #: The path is matched with its query.
    with_query: bool = False
    when: When = field(default_factory=When)
    status: int | None = None
    body: str | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drop: Drop | None = None
    answer: Mangling | None = None
    is_committed: bool | None = None
    expires_tokens: bool = False
    #: By how much the clock jumps, forwards or backwards.
    clock_s: float = 0.0
    #: Where ``links.next`` of a list points instead.
    next_url: str | None = None
    hide: Span | None = None
    linger: Span | None = None
    order: Order | None = None
    by_offset: bool = False
    other_writes: tuple[OtherWrite, ...] = ()
    #: The rule as it was written.
    text: str = ""

    @property
    def gives_answer(self) -> bool:
        """Whether it answers something of its own."""
        return self.status is not None or self.body is not None

    @property
    def works_first(self) -> bool:
        """Whether the service does its work before the fault shows."""
        if self.is_committed is not None:
            return self.is_committed
        return self.answer is not None and not self.gives_answer

    def matches(self, method: str, path: str, query: str) -> bool:
        """Return whether a request is of the kind that the fault meets."""
        if self.method and method not in self.method.upper().split(","):
            return False
        return re.search(self.path, f"{path}?{query}" if self.with_query and query else path) is not None

"""Live progress of an apply on stderr: bars on a terminal, a plain line every few seconds otherwise."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from byocplan.model.event import Finished, Ingesting, Noted, Progress, Started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from byocplan.cli.terminal import Terminal
    from byocplan.model.event import Event

from contextlib import contextmanager

LINE_EVERY_S = 5.0


@contextmanager
def open_progress(terminal: Terminal, write: Callable[[str], None] | None) -> Iterator[Callable[[Event], None]]:
    """Yield what an apply reports to: JSON lines where there is ``write`` for them; else nothing when quiet."""
    if write is not None:
        yield JsonLines(write).show
    elif terminal.verbosity < 0:
        yield lambda _event: None
    elif sys.stderr.isatty():
        yield from _open_bars(terminal)
    else:
        yield Lines().show


class JsonLines:
    """One JSON object a line; how far it is, every ``LINE_EVERY_S`` at most. The outcome comes from elsewhere."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._next_s = clock() + LINE_EVERY_S

    def show(self, event: Event) -> None:
        """Write the event, if it is time for one of its kind."""
        from byocplan.view.event_json import render_event_line

        if isinstance(event, Progress | Ingesting):
            if self._clock() < self._next_s:
                return
            self._next_s = self._clock() + LINE_EVERY_S
        if not isinstance(event, Finished):
            self._write(render_event_line(event, make_timestamp()))


def make_timestamp() -> str:
    """Return the present moment as the lines have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Lines:
    """Plain lines, at most one every ``LINE_EVERY_S``."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next_s = clock() + LINE_EVERY_S

    def show(self, event: Event) -> None:
        """Write a line when it is time for one; notes always."""
        if isinstance(event, Noted):
            click.echo(_clean(event.text), err=True)
        elif not isinstance(event, Started | Finished) and self._clock() >= self._next_s:
            self._next_s = self._clock() + LINE_EVERY_S
            click.echo(_describe(event), err=True)


def _describe(event: Progress | Ingesting) -> str:
    if isinstance(event, Progress):
        done, total = sum(event.done.values()), sum(event.totals.values())
        failed = f", {event.failed:,} failed" if event.failed else ""
        return f"written {done:,} of {total:,}{failed}, {event.per_minute:,.0f} a minute, {event.elapsed_s:.0f} s"
    failed = f", {event.failed:,} FAILED" if event.failed else ""
    return f"ingested {event.total - event.remaining:,} of {event.total:,}{failed}, {event.elapsed_s:.0f} s"


def _open_bars(terminal: Terminal) -> Iterator[Callable[[Event], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True, no_color=terminal.no_color, highlight=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    bars = RichProgress(*columns, console=console, redirect_stdout=False, redirect_stderr=False)
    try:
        yield _BarBoard(bars).show
    finally:
        bars.stop()


class _BarBoard:
    """One bar for the writes, one for ingestion."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def show(self, event: Event) -> None:
        """Move the bar that the event is about."""
        if isinstance(event, Started):
            # Not before: the plan and the question stand on a terminal that nothing else draws on.
            self._bars.start()
            self._move("writing", 0, _sum(event.totals))
        elif isinstance(event, Progress):
            self._move("writing", _sum(event.done), _sum(event.totals))
        elif isinstance(event, Ingesting):
            self._move("ingesting", event.total - event.remaining, event.total)
        elif isinstance(event, Noted):
            self._bars.console.print(_clean(event.text), markup=False)

    def _move(self, name: str, done: int, total: int) -> None:
        if not total:
            return
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[name], completed=done, total=total)


def _sum(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def _clean(text: str) -> str:
    from byocplan.view.clean import clean

    return clean(text)

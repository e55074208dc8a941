"""Options that do less: a selection narrows a plan, budgets and a canary bound an apply."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from byocplan.cli.targets import target_options
from byocplan.errors import ArgumentError
from byocplan.model.change import WRITES, TileAction
from byocplan.model.refresh import RefreshMode
from byocplan.model.selection import Selection
from byocplan.model.targets import Targets
from byocplan.model.tile import Status

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

EVERYTHING = Targets()
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)([smh])")


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds an apply. ``end_s`` is a moment on the monotonic clock, counted from the start of the command."""

    canary: int = 0
    end_s: float | None = None
    requests: int | None = None


def selection_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--target``, ``--exclude``, ``--selector``, ``--only`` and ``--status``, as one ``selection``."""

    @target_options
    @click.option(
        "--only",
        metavar="ACTIONS",
        help=f"Plan nothing but these actions, of {', '.join(WRITES)}, parted by commas.",
    )
    @click.option(
        "--status",
        "statuses",
        metavar="STATUSES",
        help="Plan nothing but changes of live tiles with these statuses; FAILED ones are reingested as they are.",
    )
    @wraps(command)
    def wrapped(*args: Any, targets: Targets, only: str | None, statuses: str | None, **options: Any) -> R:
        return command(*args, selection=make_selection(only, statuses, targets), **options)

    return wrapped


def refresh_option(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--refresh``; the command gets it as ``refresh``."""

    @click.option(
        "--refresh",
        type=click.Choice([mode.value for mode in RefreshMode if mode is not RefreshMode.OFFLINE]),
        default=RefreshMode.FULL.value,
        show_default=True,
        help="List all live tiles, only new and unfinished ones, or none: the rest is taken from the last listing.",
    )
    @wraps(command)
    def wrapped(*args: Any, refresh: str, **options: Any) -> R:
        return command(*args, refresh=RefreshMode(refresh), **options)

    return wrapped


def bound_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--max-duration`` and ``--max-requests``; the command gets them as one ``limits``."""

    @click.option("--max-duration", metavar="90s|50m|2h", help="Stop cleanly after this long; run again to go on.")
    @click.option(
        "--max-requests",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop cleanly after so many requests of applying, planning apart; run again to go on.",
    )
    @wraps(command)
    def wrapped(*args: Any, max_duration: str | None, max_requests: int | None, **options: Any) -> R:
        end_s = None if max_duration is None else time.monotonic() + parse_duration(max_duration)
        return command(*args, limits=Limits(end_s=end_s, requests=max_requests), **options)

    return wrapped


def limit_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--canary`` to ``bound_options``; the command gets all as one ``limits``."""

    @click.option(
        "--canary",
        type=click.IntRange(min=1),
        metavar="N",
        help="Ingest N tiles of different groups first; go on only if all of them are INGESTED.",
    )
    @bound_options
    @wraps(command)
    def wrapped(*args: Any, canary: int | None, limits: Limits, **options: Any) -> R:
        return command(*args, limits=replace(limits, canary=canary or 0), **options)

    return wrapped


def make_selection(only: str | None, statuses: str | None, targets: Targets = EVERYTHING) -> Selection:
    """Return the selection. Raises ArgumentError for a word that is none of those there are."""
    actions = frozenset(WRITES) if only is None else frozenset(map(TileAction, _split("--only", only, WRITES)))
    chosen = frozenset() if statuses is None else parse_statuses(statuses)
    return Selection(actions, chosen, targets)


def parse_duration(text: str) -> float:
    """Return the seconds of ``90s``, ``50m`` or ``2h``. Raises ArgumentError."""
    match = DURATION.fullmatch(text.strip())
    if match is None or not float(match[1]):
        raise ArgumentError(f"--max-duration {text!r} is no duration", hint="write for example 90s, 50m or 2h")
    return float(match[1]) * SECONDS[match[2]]


def parse_statuses(text: str) -> frozenset[Status]:
    """Return the statuses of a list, in any case. Raises ArgumentError for a word that is none."""
    return frozenset(map(Status, _split("--status", text.upper(), tuple(Status))))


def _split(option: str, text: str, known: tuple[str, ...]) -> list[str]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in known]
    if unknown or not words:
        what = f"{option} {unknown[0]!r} is unknown" if unknown else f"{option} names nothing"
        raise ArgumentError(what, hint=f"name some of {', '.join(known)}, parted by commas")
    return words

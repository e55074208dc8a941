"""``--target``, ``--exclude`` and ``--selector``: texts in, what they select out; every problem at once."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from byocplan.errors import InputError, Problem
from byocplan.model.address import PREFIX
from byocplan.model.targets import LabelRule, Target, Targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

R = TypeVar("R")
T = TypeVar("T")

NAME = re.compile(r"[a-z0-9*?-]+")
LABEL = re.compile(r"(?P<not>!?)(?P<key>[^\s=!,()]+)(?:(?P<sign>==?|!=)(?P<value>.*))?")
TARGET_FORM = f"write {PREFIX}NAME or {PREFIX}NAME:PATHS, both with * and ?"
LABEL_FORM = "write k=v, k!=v, k or !k, several parted by commas"


def target_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--target``, ``--exclude`` and ``--selector``; the command gets them as one ``targets``."""

    @click.option(
        "--target",
        "wanted",
        multiple=True,
        metavar="A[:PATHS]",
        help="Look at this address alone, or at its tiles with such paths; * and ? are wildcards. Repeatable.",
    )
    @click.option(
        "--exclude",
        "excluded",
        multiple=True,
        metavar="A[:PATHS]",
        help="Leave out this address, or its tiles with such paths. Repeatable.",
    )
    @click.option(
        "--selector",
        "selectors",
        multiple=True,
        metavar="K=V",
        help="Look at collections with this label alone: K=V, K!=V, K or !K, parted by commas. Repeatable; all hold.",
    )
    @wraps(command)
    def wrapped(
        *args: Any, wanted: tuple[str, ...], excluded: tuple[str, ...], selectors: tuple[str, ...], **options: Any
    ) -> R:
        return command(*args, targets=parse_targets(wanted, excluded, selectors), **options)

    return wrapped


def parse_targets(wanted: Iterable[str], excluded: Iterable[str], selectors: Iterable[str]) -> Targets:
    """Return what the options select; InputError with a problem for each text that says nothing."""
    problems: list[Problem] = []
    labels = [part.strip() for text in selectors for part in text.split(",")]
    targets = Targets(
        tuple(_parse_all("--target", wanted, _parse_target, problems)),
        tuple(_parse_all("--exclude", excluded, _parse_target, problems)),
        tuple(_parse_all("--selector", labels, _parse_label, problems)),
    )
    if problems:
        raise InputError(problems)
    return targets


def _parse_all(option: str, texts: Iterable[str], parse: Callable[[str], T], problems: list[Problem]) -> Iterable[T]:
    for text in texts:
        try:
            yield parse(text)
        except ValueError as error:
            hint = LABEL_FORM if option == "--selector" else TARGET_FORM
            problems.append(Problem("command line", 0, 0, f"{option} {text!r}: {error}", hint=hint))


def _parse_target(text: str) -> Target:
    address, colon, paths = text.partition(":")
    if not address.startswith(PREFIX):
        raise ValueError(f"an address begins with {PREFIX}")
    if not NAME.fullmatch(address.removeprefix(PREFIX)):
        raise ValueError("no collection has a name like this")
    if colon and (not paths or paths.startswith("/")):
        raise ValueError("a tile path has at least one character, and no leading slash")
    return Target(address, paths if colon else None)


def _parse_label(text: str) -> LabelRule:
    match = LABEL.fullmatch(text)
    if match is None or (match["not"] and match["sign"]):
        raise ValueError("it asks about no label")
    return LabelRule(match["key"], match["value"], bool(match["not"]) or match["sign"] == "!=")

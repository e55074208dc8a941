"""Commands to type in, text that reads as the same command or as none out. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from byocplan.view.clean import LONGEST, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.model.rail import Rail

#: Of more acks the rest is counted.
ACKS_SHOWN = 8


def render_typed(command: str, acks: str = "", fence: str = "") -> str:
    """Return a command with acks, between fences, or words where it cannot be shown as what it is.

    Cut, or with escapes, it would be another command that a shell takes just as well: without its paths, for example.
    """
    if clean(command, LONGEST) == command:
        return f"{fence}{f'{command} {acks}'.rstrip()}{fence}"
    verb, _, rest = command.removeprefix("byocplan ").partition(" ")
    what = (
        f"{verb} --plan with the same file" if rest.startswith("--plan ") else f"{verb} with the same options and paths"
    )
    more = f", and {acks}" if acks else ""
    return f"{clean(what)} (too long or too odd to be shown as a command){more}"


def render_acks(rails: Iterable[Rail]) -> str:
    """Return the acks of rails as options."""
    return " ".join(f"--ack {shlex.quote(clean(rail.ack, 120))}" for rail in rails)

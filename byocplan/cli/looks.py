"""How a plan is to look: ``--format`` and ``--limit-preset``, shared by the commands that show one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.model.plan import Plan
    from byocplan.view.plan_markdown import Host

R = TypeVar("R")

FORMATS = ("text", "json", "markdown", "html")
#: Names of ``view.plan_markdown.HOSTS``, which ``--help`` does not load.
PRESETS = ("github", "gitlab", "azure", "bitbucket")


@dataclass(frozen=True, slots=True)
class Look:
    """``form`` is one of ``FORMATS``; ``preset`` names the host that Markdown is for."""

    form: str
    preset: str

    @property
    def host(self) -> Host:
        """What the host takes."""
        from byocplan.view.plan_markdown import HOSTS

        return HOSTS[self.preset]


def look_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--format`` and ``--limit-preset``; the command gets them as one ``look``."""

    @click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True)
    @click.option(
        "--limit-preset",
        type=click.Choice(PRESETS),
        default=PRESETS[0],
        show_default=True,
        help="Cut Markdown to what a comment may have there.",
    )
    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> R:
        look = Look(options.pop("format"), options.pop("limit_preset"))
        return command(*args, look=look, **options)

    return wrapped


def render_look(plan: Plan, look: Look) -> str:
    """Return the plan in every format but text and JSON; HTML reads the plan's tiles."""
    if look.form == "html":
        from byocplan.view.report.plan_report import render_plan_report

        return render_plan_report(plan)
    from byocplan.view.plan_markdown import render_plan_markdown

    return render_plan_markdown(plan, look.host)

"""What a plan tells the next step of a workflow: a plan in, the lines of ``GITHUB_OUTPUT`` out. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from byocplan.view.clean import clean

if TYPE_CHECKING:
    from byocplan.model.plan import Plan

#: What can stand behind ``name=`` without being taken for anything else.
ONE_WORD = re.compile(r"[0-9A-Za-z._-]*")
NO_CHANGES, ERRORED, CHANGES = "0", "1", "2"
WORDS = ("false", "true")


def render_step_outputs(plan: Plan, delimiter: str) -> str:
    """Return a line an output; a value that is no plain word stands between lines of ``delimiter``.

    ``exitcode`` is that of ``plan --detailed-exitcode``, whether or not it was asked for. Make the delimiter anew each
    time, from chance, so that no value can hold it.
    """
    outputs = {
        "plan_hash": plan.plan_hash,
        "guard_hash": plan.guard_hash,
        "has_changes": WORDS[plan.has_changes],
        "applyable": WORDS[plan.is_applyable],
        "complete": WORDS[plan.is_complete],
        "exitcode": ERRORED if plan.is_errored else CHANGES if plan.has_changes else NO_CHANGES,
    }
    return "".join(_render_output(name, value, delimiter) for name, value in outputs.items())


def _render_output(name: str, value: str, delimiter: str) -> str:
    text = clean(value)
    if ONE_WORD.fullmatch(text):
        return f"{name}={text}\n"
    return f"{name}<<{delimiter}\n{text}\n{delimiter}\n"

"""Rails in, the lines that tell what blocks a plan and how to go on out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import LONG, clean
from byocplan.view.style import Paint
from byocplan.view.typed import ACKS_SHOWN, render_acks, render_typed
from byocplan.view.words import format_count, format_rest, indent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.plan import Plan
    from byocplan.model.rail import Rail
    from byocplan.view.style import Style

RAILS_SHOWN = 8
#: Where an ack comes from that was an option of the command.
TYPED = "--ack"


def list_rails(plan: Plan, style: Style, *, for_apply: bool, command: str = "") -> list[str]:
    """Return the rails that block, a line each, and the ``command`` to type with acks; nothing when none does."""
    tripped = plan.tripped
    if not tripped:
        return []
    rails = format_count(len(tripped), "rail")
    head = f"Blocked by {rails}; nothing was changed." if for_apply else f"An apply would be blocked by {rails}."
    shown = tripped[:RAILS_SHOWN]
    lines = [
        style.paint(head, Paint.RED),
        *indent(_list_rail_lines(shown)),
        *_list_advice(plan, command or plan.command),
    ]
    lines[1 + len(shown) : 1 + len(shown)] = indent(format_rest(len(tripped), len(shown), "rail"))
    return lines


def _list_rail_lines(rails: Sequence[Rail]) -> list[str]:
    """Return rule, address, measured text and limit source in columns."""
    rule_width = max(len(rail.rule.value) for rail in rails)
    addresses = [clean(rail.address, 80) for rail in rails]
    address_width = max(map(len, addresses))
    return [
        f"{rail.rule.value:<{rule_width}} {address:<{address_width}}  {clean(rail.text, LONG)}{_render_source(rail)}"
        for rail, address in zip(rails, addresses, strict=True)
    ]


def _render_source(rail: Rail) -> str:
    return f"   {clean(rail.source, 120)}" if rail.source else ""


def render_typed_acks(plan: Plan) -> str:
    """Return the acks that were typed for this plan, as options; each run asks for them anew."""
    return render_acks([rail for rail in plan.rails if rail.acked_by == TYPED])


def _list_advice(plan: Plan, command: str) -> list[str]:
    """Return what to do: acks where every rail takes one, else first the change that has to come before."""
    hard = list(dict.fromkeys(rail.rule.value for rail in plan.tripped if not rail.ack))
    if hard:
        return [f"No ack lifts {', '.join(hard)}: mend the cause above, then plan again."]
    rails = [rail for rail in plan.rails if rail.tripped or rail.acked_by == TYPED]
    shown = render_acks(rails[:ACKS_SHOWN])
    rest = len(rails) - ACKS_SHOWN
    lines = [f"To go on:  {render_typed(command, shown)}"]
    return [*lines, f"and {rest:,} more acks: see `rails` in --format json"] if rest > 0 else lines

"""Whether a plan still holds: what it was made from and what is there now in, every difference in words out. Pure.

A plan that was begun before is a resume: it does not expire, and what it changed itself is no difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.change import Action
from byocplan.model.instant import format_instant
from byocplan.model.plan import BindingMark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.model.address import Address
    from byocplan.model.binding import Binding
    from byocplan.model.plan import CollectionPlan, Plan

#: How long after it was made a plan may be begun.
LIFETIME_MS = 24 * 60 * 60 * 1000
#: Clocks differ: a plan may seem to come from this far in the future.
CLOCK_SLACK_MS = 5 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Present:
    """What is there now. ``manifests_digest`` is None when no manifests were given; ``is_begun``: this is a resume."""

    now_ms: int
    project: str
    base_url: str
    account_id: str | None = None
    lineage: str = ""
    bindings: Mapping[Address, Binding] = field(default_factory=dict)
    manifests_digest: str | None = None
    is_begun: bool = False


def find_differences(plan: Plan, present: Present) -> tuple[str, ...]:
    """Return why the plan does not hold any more; empty when it does."""
    return (*_iter_surroundings(plan, present), *_iter_bindings(plan, present))


def _iter_surroundings(plan: Plan, present: Present) -> Iterator[str]:
    made = plan.provenance
    if plan.project != present.project:
        yield f"it is of the project {plan.project!r}, this is {present.project!r}"
    base_url = made.deployment.base_url if made.deployment else ""
    if base_url != present.base_url:
        yield f"it was made on {base_url or 'no service'}, this is {present.base_url}"
    if made.account_id and present.account_id and made.account_id != present.account_id:
        yield f"it was made on the account {made.account_id}, these credentials are of {present.account_id}"
    if made.lineage != present.lineage and not (present.is_begun and not made.lineage):
        yield f"it was made from {_name_state(made.lineage)}, here is {_name_state(present.lineage)}"
    if present.manifests_digest is not None and made.manifests_digest != present.manifests_digest:
        yield "the manifests say something else than those it was made from"
    if not present.is_begun and not -CLOCK_SLACK_MS <= present.now_ms - made.made_ms <= LIFETIME_MS:
        yield f"it was made at {format_instant(made.made_ms)} and could be begun for 24 h"


def _name_state(lineage: str) -> str:
    return f"the state {lineage}" if lineage else "no state"


def _iter_bindings(plan: Plan, present: Present) -> Iterator[str]:
    """Yield a text for each binding of the plan that somebody moved."""
    for part in plan.collections:
        mark = plan.provenance.bindings.get(part.address, BindingMark())
        now = present.bindings.get(part.address)
        if mark != _make_mark(now) and not (present.is_begun and _is_own_doing(part, mark, now)):
            yield f"{part.address} was {_name_mark(mark)}, it is {_name_mark(_make_mark(now))} now"


def _make_mark(binding: Binding | None) -> BindingMark:
    return BindingMark(binding.id, binding.serial) if binding else BindingMark()


def _name_mark(mark: BindingMark) -> str:
    return f"bound to {mark.id} (serial {mark.serial})" if mark.id else "not bound"


def _is_own_doing(part: CollectionPlan, mark: BindingMark, now: Binding | None) -> bool:
    """Tell whether the binding is what carrying out the plan, or a part of it, makes of it."""
    change = part.change
    if change.action in {Action.DELETE, Action.FORGET}:
        return now is None
    if now is None:
        return change.action is Action.REPLACE
    is_of_plan = (now.name, now.s3_bucket) == (change.name, change.s3_bucket)
    if change.action in {Action.CREATE, Action.REPLACE}:
        return is_of_plan and now.id != mark.id
    return now.id == change.id and is_of_plan

"""What a plan comes to in one sentence, and which of its collections come first: the same in every view. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, TileAction
from byocplan.view.words import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.plan import CollectionPlan, Plan

#: What a plan does to collections, in the order of the sentence.
COLLECTION_WORDS = tuple(action for action in Action if action is not Action.KEEP)
OFFLINE, NOTHING_BOUND = "No changes, so far as is known offline.", "Nothing to destroy: nothing is bound."


def render_headline(plan: Plan) -> str:
    """Return ``1 collection to update; 12,480 tiles to create, ...``, or that there is nothing to do."""
    if not plan.has_changes:
        return _render_nothing(plan)
    parts = [text for text in (_render_collection_counts(plan), _render_tile_counts(plan)) if text]
    return f"{'; '.join(parts)}."


def render_drift_headline(plan: Plan) -> str:
    """Return the same of a plan narrowed to what was changed outside."""
    if plan.has_drift:
        parts = [text for text in (_render_collection_counts(plan), _render_tile_counts(plan)) if text]
        return f"Changed outside: {'; '.join(parts)}."
    if plan.is_errored:
        return "Drift could not be looked for everywhere; see the errors above."
    return "No drift. Nothing was changed outside."


def render_question(plan: Plan) -> str:
    """Return what is asked before the plan is carried out; of a destroy it says how much goes."""
    if not plan.is_destroy:
        return "Apply these changes?"
    doomed = [part for part in plan.collections if part.change.action is Action.DELETE]
    tiles = format_count(sum(part.live_tiles for part in doomed), "live tile")
    forgotten = plan.count_collections(Action.FORGET)
    rest = f", and forget {format_count(forgotten, 'collection')}" if forgotten else ""
    return f"Destroy {format_count(len(doomed), 'collection')} with {tiles}{rest}? There is no way back."


def rank_parts(parts: Sequence[CollectionPlan], plan: Plan) -> list[CollectionPlan]:
    """Return what is dangerous first, so that the cut never hides it; then by address."""
    tripped = {rail.address for rail in plan.tripped}
    harsh = {Action.DELETE, Action.REPLACE}

    def get_rank(part: CollectionPlan) -> tuple[bool, bool, bool, str]:
        is_blocked = part.address in tripped or bool(part.change.blocked)
        is_harsh = part.change.action in harsh
        return (not is_blocked, not is_harsh, not part.count(TileAction.DELETE), part.address)

    return sorted(parts, key=get_rank)


def _render_nothing(plan: Plan) -> str:
    if plan.is_errored:
        return "No changes could be planned; see the errors above."
    if plan.tripped:
        return "No changes planned, and what stands below holds some back."
    if plan.is_offline or plan.is_destroy:
        return OFFLINE if plan.is_offline else NOTHING_BOUND
    if not plan.collections and not plan.diagnostics:
        return "No changes. There are no collections in the manifests."
    failed = plan.count_tiles(TileAction.FAILED)
    if failed:
        return f"No changes to make. {format_count(failed, 'tile')} FAILED; mend the files and apply to reingest them."
    return f"No changes{'. Live state matches the manifests' if plan.is_complete else ' in what this plan covers'}."


def _render_collection_counts(plan: Plan) -> str:
    counted = [(action, plan.count_collections(action)) for action in COLLECTION_WORDS]
    words = [(action.value, count) for action, count in counted if count]
    if not words:
        return ""
    first, *others = words
    head = f"{format_count(first[1], 'collection')} to {first[0]}"
    return ", ".join([head, *(f"{count:,} to {word}" for word, count in others)])


def _render_tile_counts(plan: Plan) -> str:
    first, *others = WRITES
    head = f"{format_count(plan.count_tiles(first), 'tile')} to {first.value}"
    return ", ".join([head, *(f"{plan.count_tiles(action):,} to {action.value}" for action in others)])

"""What a plan was made from, in, a line of text or JSON values out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant
from byocplan.view.clean import clean

if TYPE_CHECKING:
    from byocplan.model.plan import Plan

COMMIT_SHOWN = 12


def render_provenance(plan: Plan) -> str:
    """Return when, where and with what the plan was made, and its hashes in full."""
    made = plan.provenance
    words = [
        f"Made {format_instant(made.made_ms)} by byocplan {clean(made.tool_version)}",
        f"project {clean(plan.project)} on {clean(plan.deployment)}",
        f"account {clean(made.account_id)}" if made.account_id else "",
        f"commit {clean(made.git_commit[:COMMIT_SHOWN])}" if made.git_commit else "",
    ]
    hashes = f"plan hash {clean(plan.plan_hash)}\nguard hash {clean(plan.guard_hash)}"
    return f"{', '.join(word for word in words if word)}.\n{hashes}"


def make_provenance_document(plan: Plan) -> dict[str, object]:
    """Return what the plan was made from as JSON values."""
    made = plan.provenance
    return {
        "made_at": format_instant(made.made_ms),
        "base_url": made.deployment.base_url if made.deployment else None,
        "account_id": made.account_id,
        "lineage": made.lineage,
        "bindings": {address: {"id": mark.id, "serial": mark.serial} for address, mark in made.bindings.items()},
        "manifests_digest": made.manifests_digest,
        "git_commit": made.git_commit,
    }

"""What a plan is made from, written down with it. Reads the Git files around the manifests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan import __version__
from byocplan.model.plan import BindingMark, Provenance
from byocplan.planfile import find_git_commit, make_manifests_digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.manifest import Loaded
    from byocplan.model.binding import Bindings
    from byocplan.model.collection import LiveCollection
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project


def make_provenance(
    plan: Plan, loaded: Loaded, project: Project, bindings: Bindings, live: Iterable[LiveCollection], now_ms: int
) -> Provenance:
    """Return what the plan was made from; ``project`` is placed."""
    marks = {}
    for part in plan.collections:
        binding = bindings.by_address.get(part.address)
        marks[part.address] = BindingMark(binding.id, binding.serial) if binding else BindingMark()
    return Provenance(
        made_ms=now_ms,
        deployment=project.deployment,
        account_id=find_account(live, bindings),
        state=project.state,
        folder=os.path.relpath(project.folder),
        lineage=bindings.lineage,
        bindings=marks,
        manifests_digest=make_manifests_digest(loaded.manifests),
        git_commit=find_git_commit(Path(project.folder)),
        tool_version=__version__,
    )


def find_account(live: Iterable[LiveCollection], bindings: Bindings) -> str | None:
    """Return the account that these credentials are of: the owner of all collections they see, else of what is bound.

    None where that is not one account. The token itself is opaque.
    """
    seen = {each.account_id for each in live} - {None}
    accounts = seen or {each.account_id for each in bindings.by_address.values()} - {None}
    return accounts.pop() if len(accounts) == 1 else None

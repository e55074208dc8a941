"""Drift: manifests, bucket and live state in, what of the plan was changed outside out. Reads; writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.change import Origin
from byocplan.model.selection import Selection
from byocplan.workflow.plan import compute_plan

if TYPE_CHECKING:
    from byocplan.manifest import Loaded
    from byocplan.model.plan import Plan
    from byocplan.sets import TileSets
    from byocplan.workflow.plan import Surroundings

#: What an apply carries out is the whole plan, so neither rails nor hashes of a part of it mean anything.
DRIFT = Selection(origins=frozenset({Origin.LIVE}))


def compute_drift(loaded: Loaded, around: Surroundings, sets: TileSets) -> Plan:
    """Return the plan of what was changed outside, without rails and hashes. Keeps nothing. Raises as a plan does."""
    around = replace(around, selection=DRIFT, keeps_inventory=False)
    plan = compute_plan(loaded, around, sets)
    return replace(plan, rails=(), plan_hash="", guard_hash="", is_complete=loaded.is_whole)

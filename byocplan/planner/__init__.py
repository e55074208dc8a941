"""Planning: desired and live in, a plan out. Pure, total, deterministic.

The steps, as a workflow takes them: ``resolve`` every address, discover and list, ``plan_collection`` each,
``plan_removals``, then ``make_plan`` of the parts.
"""

from byocplan.planner.acks import lift_rails
from byocplan.planner.collections import compare_collection, get_band_sources, make_collection_change
from byocplan.planner.narrow import drop_unselected
from byocplan.planner.part import CollectionState, PlannedPart, add_proofs, plan_collection
from byocplan.planner.plan import PlanRequest, make_plan
from byocplan.planner.removals import plan_destroy, plan_removals
from byocplan.planner.resolve import LiveCollections, Resolution, refuse_shared, resolve

__all__ = [
    "CollectionState",
    "LiveCollections",
    "PlanRequest",
    "PlannedPart",
    "Resolution",
    "add_proofs",
    "compare_collection",
    "drop_unselected",
    "get_band_sources",
    "lift_rails",
    "make_collection_change",
    "make_plan",
    "plan_collection",
    "plan_destroy",
    "plan_removals",
    "refuse_shared",
    "resolve",
]

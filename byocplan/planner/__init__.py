"""Planning: desired and live in, a plan out. Pure, total, deterministic.

The steps, as a workflow takes them: ``resolve`` every address, discover and list, ``plan_collection`` each,
``plan_removals``, then ``make_plan`` of the parts.
"""

from byocplan.planner.acks import lift_rails
from byocplan.planner.choosing import Chosen, choose_collections, list_selected
from byocplan.planner.collections import compare_collection, get_band_sources, make_collection_change
from byocplan.planner.narrow import drop_unselected
from byocplan.planner.part import CollectionState, PlannedPart, add_proofs, plan_collection
from byocplan.planner.plan import PlanRequest, make_plan
from byocplan.planner.record import is_unrecorded, list_unrecorded
from byocplan.planner.removals import plan_destroy, plan_removals
from byocplan.planner.resolve import LiveCollections, Resolution, refuse_shared, resolve

__all__ = [
    "Chosen",
    "CollectionState",
    "LiveCollections",
    "PlanRequest",
    "PlannedPart",
    "Resolution",
    "add_proofs",
    "choose_collections",
    "compare_collection",
    "drop_unselected",
    "get_band_sources",
    "is_unrecorded",
    "lift_rails",
    "list_selected",
    "list_unrecorded",
    "make_collection_change",
    "make_plan",
    "plan_collection",
    "plan_destroy",
    "plan_removals",
    "refuse_shared",
    "resolve",
]

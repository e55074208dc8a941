"""Plan files: a plan in, one file out, and back; and whether a plan still holds. Touches the file alone.

A zip of ``plan.json`` (schema in ``schemas/v1/planfile.schema.json``) and ``changes/NAME.ACTION.ndjson.gz``, one line a
tile change. Its comment ends with the SHA-256 of every byte before it, so that damage is seen.
"""

from byocplan.planfile.commit import find_git_commit
from byocplan.planfile.digest import make_manifests_digest
from byocplan.planfile.read import PlanFile, open_plan_file
from byocplan.planfile.select import Selection, iter_selected, parse_selection
from byocplan.planfile.staleness import LIFETIME_MS, Present, find_differences
from byocplan.planfile.write import write_plan_file

__all__ = [
    "LIFETIME_MS",
    "PlanFile",
    "Present",
    "Selection",
    "find_differences",
    "find_git_commit",
    "iter_selected",
    "make_manifests_digest",
    "open_plan_file",
    "parse_selection",
    "write_plan_file",
]

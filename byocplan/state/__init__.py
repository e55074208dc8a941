"""What byocplan keeps: bindings and the lease, in a folder beside the Project document or under a prefix in S3.

Project in, ``State`` out. Touches files and S3; everything kept is small, readable and rebuildable.
``byocplan.state.s3`` imports boto3, so it is imported where it is wanted.
"""

from byocplan.state.inventory import Inventory, LocalInventory, open_local_inventory, open_local_settled
from byocplan.state.journal import Journal, JournalFolder, remove_leftover
from byocplan.state.journal_lines import CREATE_COLLECTION, Leftover, OpenCreate
from byocplan.state.local import LocalState, open_local_state
from byocplan.state.state import Lease, LeaseTerms, State

__all__ = [
    "CREATE_COLLECTION",
    "Inventory",
    "Journal",
    "JournalFolder",
    "Lease",
    "LeaseTerms",
    "Leftover",
    "LocalInventory",
    "LocalState",
    "OpenCreate",
    "State",
    "open_local_inventory",
    "open_local_settled",
    "open_local_state",
    "remove_leftover",
]

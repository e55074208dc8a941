"""What byocplan keeps: bindings and the lease, in a folder beside the Project document.

Project in, ``LocalState`` out. Touches files; everything kept is small, readable and rebuildable.
"""

from byocplan.state.journal import Journal, JournalFolder, remove_leftover
from byocplan.state.journal_lines import CREATE_COLLECTION, Leftover, OpenCreate
from byocplan.state.local import LocalState, open_local_state
from byocplan.state.scopes import decode_scope, encode_scope

__all__ = [
    "CREATE_COLLECTION",
    "Journal",
    "JournalFolder",
    "Leftover",
    "LocalState",
    "OpenCreate",
    "decode_scope",
    "encode_scope",
    "open_local_state",
    "remove_leftover",
]

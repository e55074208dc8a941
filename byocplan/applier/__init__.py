"""Plan in, Outcome out: the only writer. Touches the API through the client, and the bindings through the state.

Order: collections, tile creates, updates, reingests, waiting for ingestion, tile deletes, collection deletes.
What fails is part of the outcome; nothing is raised for it.
"""

from byocplan.applier.apply import apply_plan
from byocplan.applier.options import ApplyOptions, Budget
from byocplan.applier.recovery import Recovery, recover
from byocplan.applier.stop import StopFlag, leave_abandoned, listen_for_signals

__all__ = [
    "ApplyOptions",
    "Budget",
    "Recovery",
    "StopFlag",
    "apply_plan",
    "leave_abandoned",
    "listen_for_signals",
    "recover",
]

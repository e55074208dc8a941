"""What earlier runs of a plan have made already, seen at once instead of one by one. Touches the API, reading alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import TileAction

if TYPE_CHECKING:
    from byocplan.applier.run import Run
    from byocplan.model.plan import CollectionPlan
    from byocplan.sets import LiveTiles

PAGE = 100
#: So many of the creates whose tile is not listed still look for it: some may have been under way when the last run
#: ended, more than any run has at once, and new tiles do not show at once.
LOOKS = 500


def list_made(run: Run, collection_id: str, part: CollectionPlan) -> LiveTiles | None:
    """Return the live tiles of the collection where a resumed run lists them: that costs less than a look a create.

    Otherwise None. Raises what the client raises.
    """
    run.looks_left = run.options.looks
    creates = part.count(TileAction.CREATE)
    pages = (part.live_tiles + creates) // PAGE + 1
    if not run.options.is_resume or run.options.list_live is None or creates <= LOOKS + pages:
        return None
    before = run.client.requests_sent
    live = run.options.list_live(collection_id)
    # As planning does, listing comes before what a budget bounds; else one that is small would go into it each time.
    run.requests_before += run.client.requests_sent - before
    run.looks_left = LOOKS
    return live

"""Whether a plan can tell who moved: what is not on record, and what is said of that, once. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.plan import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.binding import Binding
    from byocplan.model.selection import Selection
    from byocplan.planner.part import PlannedPart
    from byocplan.planner.resolve import Resolution
    from byocplan.sets.settled import Settled

NAMED = 3


def is_unrecorded(resolution: Resolution, binding: Binding | None, settled: Settled | None) -> bool:
    """Tell whether a collection of ours has no record of its tiles or none of its fields."""
    is_ours = binding is not None and (resolution.is_gone or resolution.live is not None)
    return is_ours and (settled is None or binding is None or not binding.asked)


def list_unrecorded(parts: Sequence[PlannedPart], selection: Selection) -> Iterator[Diagnostic]:
    """Yield one note for all that is not on record: of changes, and where origins are asked for, of everything."""
    is_asked = not selection.takes_all_origins
    found = sorted(each.part.address for each in parts if each.is_unrecorded and (is_asked or each.part.is_changed))
    if found:
        more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
        yield Diagnostic(
            "warning",
            f"no earlier look at {', '.join(found[:NAMED])}{more} is on record:"
            " what was changed outside may be taken for a change of the manifests or the bucket",
        )

"""One set change in, its lines out, as many for a million tiles as for one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import Origin, TileAction
from byocplan.view.clean import clean
from byocplan.view.sensed import TIMELESS, render_sensed
from byocplan.view.style import PAINTS
from byocplan.view.symbols import get_symbol
from byocplan.view.words import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.change import SetChange, TileSample
    from byocplan.view.style import Style

GROUPS_SHOWN = 3
GROUP_WIDTH = 40
#: What is said of a change whose origin is live.
OUTSIDE = "outside"
WORD_WIDTH, COUNT_WIDTH = 10, 11

#: How many samples each action shows. Deletes always show theirs.
SAMPLES_SHOWN = {TileAction.DELETE: 5, TileAction.UPDATE: 2, TileAction.REINGEST: 1, TileAction.INCOMPLETE: 2}


def render_set_line(change: SetChange, style: Style) -> str:
    """Return the one line of a set."""
    word = f"{change.action.value:<{WORD_WIDTH}}"
    head = f"{get_symbol(style.symbols, change.action)}  {word}{change.count:>{COUNT_WIDTH},}"
    tail = [part for part in (*_list_tail(change, style), render_outside(change)) if part]
    return "   ".join([style.paint(head, PAINTS.get(change.action.value)), *tail])


def render_outside(change: SetChange) -> str:
    """Return how many tiles were changed outside; nothing where none was."""
    count = change.count_origin(Origin.LIVE)
    return "" if not count else OUTSIDE if count == change.count else f"{OUTSIDE} {count:,}"


def list_samples(change: SetChange, style: Style) -> list[str]:
    """Return a line for each sample this action shows."""
    shown = change.samples[: SAMPLES_SHOWN.get(change.action, 0)]
    return [_render_sample(sample, style) for sample in shown]


def render_groups(counts: Mapping[str, int], total: int, style: Style) -> str:
    """Return ``33/U 6,112 · 33/T 4,020 · others 2,348``, in the order given."""
    named = GROUPS_SHOWN if len(counts) != GROUPS_SHOWN + 1 else GROUPS_SHOWN + 1  # "others" would take as much room
    shown = list(counts.items())[:named]
    parts = [f"{clean(name, GROUP_WIDTH)} {count:,}" for name, count in shown]
    rest = total - sum(count for _, count in shown)
    if shown and rest > 0:
        parts.append(f"others {rest:,}")
    return style.symbols.joint.join(parts)


def render_months(counts: Mapping[str, int], total: int, style: Style) -> str:
    """Return ``2019-01..2019-11``; the largest months instead where the counts do not hold all of them."""
    if sum(counts.values()) < total:
        return render_groups(counts, total, style)
    months = sorted(month for month in counts if month != TIMELESS)
    parts = [clean(months[0], GROUP_WIDTH) if len(months) == 1 else _render_range(months)] if months else []
    if counts.get(TIMELESS):
        parts.append(f"{TIMELESS} {counts[TIMELESS]:,}" if months else TIMELESS)
    return style.symbols.joint.join(parts)


def render_reasons(change: SetChange, style: Style) -> str:
    """Return why, in words; with counts where there is more than one reason."""
    reasons = change.reasons
    if len(reasons) == 1:
        return _word(next(iter(reasons)))
    named = {_word(reason): count for reason, count in reasons.items()}
    return render_groups(named, sum(named.values()), style)


def _list_tail(change: SetChange, style: Style) -> list[str]:
    groups = change.groups
    months = render_months(groups.get("month", {}), change.count, style)
    prefixes = render_groups(groups.get("prefix", {}), change.count, style)
    reasons = render_reasons(change, style)
    match change.action:
        case TileAction.CREATE:
            return [months, prefixes]
        case TileAction.DELETE:
            return [reasons, months, prefixes]
        case _:
            return [reasons, months]


def _render_sample(sample: TileSample, style: Style) -> str:
    time = render_sensed(sample, style.symbols.become)
    return "  ".join([clean(sample.path, 120), time, _word(sample.reason)]).rstrip()


def _render_range(months: list[str]) -> str:
    return f"{clean(months[0], GROUP_WIDTH)}..{clean(months[-1], GROUP_WIDTH)}"


def _word(reason: str) -> str:
    return REASONS.get(reason) or clean(reason, 60)

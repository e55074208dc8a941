"""A tally of tiles in, the data that a report carries out: JSON values whose size is bounded. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.geometry import make_footprint
from byocplan.view.clean import CUT, clean, share_room
from byocplan.view.json_text import encode_json_line
from byocplan.view.report.bins import Bins, count_bars, make_bins
from byocplan.view.report.numbers import GRAIN, encode_deltas, encode_numbers, encode_shapes
from byocplan.view.report.tally import SAMPLES
from byocplan.view.words import REASONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from byocplan.geometry import Footprint
    from byocplan.view.report.tally import MapTile, TileTally

#: Bytes of paths that a report holds; a key of S3 may have a thousand.
MAX_TEXT = 1_600_000
MAX_PATH = 1100
#: Bytes of reasons: causes of failure are whole where few of them differ, and no shorter than ``SHORT`` while they fit.
MAX_REASONS, SHORT = 1_500_000, 60
#: Seconds that stand for no time: before the year 1.
TIMELESS_S = -99_999_999_999


def make_report_data(tally: TileTally) -> dict[str, object]:
    """Return what ``page.js`` reads."""
    order = tally.actions
    whole = tally.choose_whole()
    bins = _make_all_bins(tally)
    tiles = [tile for action in order for tile in tally.kept[action][: None if whole[action] else SAMPLES]]
    return {
        "grain": GRAIN,
        "actions": [_make_action(tally, action, bins, is_whole=whole[action]) for action in order],
        "bins": {"labels": bins.labels, "edges": bins.edges},
        "cells": tally.cells.encode([action for action in order if not whole[action]], order),
        "tiles": _encode_tiles(_bound_text(tiles), order, whole),
    }


def _make_all_bins(tally: TileTally) -> Bins:
    days = [day for counts in tally.days.values() for day in counts]
    return make_bins(min(days), max(days)) if days else Bins()


def _make_action(tally: TileTally, action: str, bins: Bins, *, is_whole: bool) -> dict[str, object]:
    return {
        "name": action,
        "count": tally.counts[action],
        "placed": tally.placed[action],
        "timeless": tally.timeless[action],
        "whole": is_whole,
        "bars": encode_numbers(count_bars(tally.days[action], bins.edges)) if bins.edges else "",
    }


def _bound_text(tiles: Iterable[MapTile]) -> list[MapTile]:
    """Return the first tiles whose paths fit."""
    kept, room = [], MAX_TEXT
    for tile in tiles:
        room -= _weigh(clean(tile.path, MAX_PATH))
        if room < 0:
            break
        kept.append(tile)
    return kept


def _encode_tiles(tiles: Sequence[MapTile], order: Sequence[str], whole: Mapping[str, bool]) -> dict[str, object]:
    """Return columns, a value a tile. A shape that many tiles have is held once; -1 stands for none.

    ``retimed`` numbers the tiles whose sensing time is to change, ``live`` are their live ones.
    """
    shapes: dict[Footprint, int] = {}
    places = [_place(tile, shapes) if whole[tile.action] else -1 for tile in tiles]
    collections = _number(tile.collection for tile in tiles)
    reasons = _number(tile.reason for tile in tiles)
    return {
        "collections": [clean(each, 80) for each in collections],
        "reasons": list(_iter_reasons(reasons)),
        "paths": [clean(tile.path, MAX_PATH) for tile in tiles],
        "collection": encode_deltas(collections[tile.collection] for tile in tiles),
        "action": encode_deltas(order.index(tile.action) for tile in tiles),
        "reason": encode_deltas(reasons[tile.reason] for tile in tiles),
        "time": encode_deltas(_count_seconds(tile.time_ms) for tile in tiles),
        "retimed": encode_deltas(number for number, tile in enumerate(tiles) if tile.is_retimed),
        "live": encode_deltas(_count_seconds(tile.live_time_ms) for tile in tiles if tile.is_retimed),
        "shape": encode_deltas(places),
        "shapes": encode_shapes(shapes),
    }


def _iter_reasons(reasons: Collection[str]) -> Iterator[str]:
    """Yield each reason in words, all cut alike; what does not fit even so is told to be there, and no more."""
    limit, room = share_room(MAX_REASONS * 2 // 3, len(reasons), SHORT), MAX_REASONS
    for reason in reasons:
        text = REASONS.get(reason) or clean(reason, limit)
        room -= _weigh(text)
        yield text if room >= 0 else CUT


def _weigh(text: str) -> int:
    """Return how many bytes a text takes in the page, where a ``<`` is an escape as well as what is not ASCII."""
    return len(encode_json_line(text)) + 5 * (text.count("<") + text.count(">"))


def _count_seconds(time_ms: int | None) -> int:
    return TIMELESS_S if time_ms is None else time_ms // 1000


def _place(tile: MapTile, shapes: dict[Footprint, int]) -> int:
    """Return the number of the tile's shape, a new one if need be; -1 where it has none."""
    footprint = make_footprint(tile.cover) if tile.cover else None
    return -1 if footprint is None else shapes.setdefault(footprint, len(shapes))


def _number(texts: Iterable[str]) -> dict[str, int]:
    """Return a number for each text, in the order in which they come first."""
    numbers: dict[str, int] = {}
    for text in texts:
        numbers.setdefault(text, len(numbers))
    return numbers

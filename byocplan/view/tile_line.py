"""One tile change in, one line of text or of JSON out. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.json_text import encode_json_line
from byocplan.view.sensed import make_sensed, render_sensed
from byocplan.view.style import PAINTS
from byocplan.view.symbols import get_symbol

if TYPE_CHECKING:
    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.view.style import Style

#: A key of S3 has 1,024 bytes at most.
PATH_LIMIT = 1100
ACTION_WIDTH = 8


def render_tile_line(address: Address, change: TileChange, style: Style) -> str:
    """Return action, address, path, sensing time, after the live one where it is to change, and reason."""
    time = render_sensed(change, style.symbols.become)
    word = f"{get_symbol(style.symbols, change.action)} {change.action.value:<{ACTION_WIDTH}}"
    painted = style.paint(word, PAINTS.get(change.action.value))
    return "  ".join([painted, clean(address), clean(change.path, PATH_LIMIT), time, change.reason.value])


def render_tile_json(address: Address, change: TileChange) -> str:
    """Return a JSON object on one line, ASCII only; keys that say nothing are left out."""
    times = make_sensed(change)
    document = {
        "address": address,
        "action": change.action.value,
        "reason": change.reason.value,
        "path": change.path,
        "id": change.id,
        **times,
        "coverGeometry": json.loads(change.cover) if change.cover and change.cover_managed else None,
        "also_reingest": change.also_reingest or None,
    }
    shown = {key: value for key, value in document.items() if value is not None or key in times}
    return encode_json_line(shown)

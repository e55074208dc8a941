"""When a tile was sensed, and what it is to be instead, in words or as a JSON value. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant

if TYPE_CHECKING:
    from byocplan.model.change import TileChange, TileSample

TIMELESS = "timeless"


def render_sensed(tile: TileChange | TileSample, become: str) -> str:
    """Return the sensing time asked for; where it is to change, the live one, ``become`` and the one asked for."""
    asked = _render_time(tile.sensing_time_ms)
    return f"{_render_time(tile.live_sensing_time_ms)} {become} {asked}" if tile.is_retimed else asked


def make_sensed(tile: TileChange | TileSample) -> dict[str, str | None]:
    """Return ``sensingTime``, and ``liveSensingTime`` where it is to change; None for timeless."""
    times = {"sensingTime": make_time(tile.sensing_time_ms)}
    return {**times, "liveSensingTime": make_time(tile.live_sensing_time_ms)} if tile.is_retimed else times


def make_time(time_ms: int | None) -> str | None:
    """Return a sensing time as JSON has it."""
    return None if time_ms is None else format_instant(time_ms)


def _render_time(time_ms: int | None) -> str:
    return make_time(time_ms) or TIMELESS

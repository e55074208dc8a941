"""Plans with tiles on the ground, for reports: a made-up layout of squares, nobody's imagery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from byocplan.model.change import FieldChange, Precondition, Reason, TileAction, TileChange
from byocplan.model.instant import make_instant
from byocplan.model.plan import CollectionPlan, Diagnostic, Estimate, Plan
from tests.support.plans import make_change, make_plan, make_rail, make_sample, make_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DAY_MS = 86_400_000
START_MS = make_instant("2019-01-01")
REASONS = {
    TileAction.CREATE: Reason.NOT_LIVE,
    TileAction.UPDATE: Reason.SENSING_TIME,
    TileAction.REINGEST: Reason.CONTENT_CHANGED,
    TileAction.DELETE: Reason.FILE_GONE,
    TileAction.FAILED: Reason.INGESTION_FAILED,
}
COUNTS = {
    TileAction.CREATE: 340,
    TileAction.UPDATE: 36,
    TileAction.REINGEST: 118,
    TileAction.DELETE: 64,
    TileAction.FAILED: 21,
    TileAction.KEEP: 1500,
}


@dataclass(frozen=True, slots=True)
class Squares:
    """Tiles of ``side`` degrees in rows of ``columns`` from the south-west corner, over and over in time."""

    counts: Mapping[TileAction, int]
    west: float = -9.0
    south: float = 37.0
    side: float = 0.9
    columns: int = 34
    rows: int = 24
    days: int = 360

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        """Yield the tiles of an action; every place is visited in an order that looks like chance."""
        places = self.columns * self.rows
        offset = sum(
            count
            for other, count in self.counts.items()
            if list(TileAction).index(other) < list(TileAction).index(action)
        )
        for number in range(self.counts.get(action, 0)):
            place = (offset + number) * 389 % places
            day = (offset + number) * 7 % self.days
            time_ms = START_MS + day * DAY_MS
            cover = None if action is TileAction.CREATE else self.make_cover(place)
            path = f"2019/{day // 30 + 1:02}/{day % 30 + 1:02}/{place:05}/{number}/(BAND).tif"
            before = Precondition(time_ms + DAY_MS) if action is TileAction.UPDATE else None
            reason = REASONS.get(action, Reason.AS_DESIRED)
            yield TileChange(action, path, reason, str(number), time_ms, cover=cover, before=before)

    def make_cover(self, place: int) -> str:
        """Return the square of a place as GeoJSON."""
        return make_square(
            self.west + place % self.columns * self.side, self.south + place // self.columns * self.side, self.side
        )


@lru_cache(maxsize=65_536)
def make_square(west: float, south: float, side: float) -> str:
    """Return a square that leaves a gap to the next one."""
    east, north = west + side * 0.96, south + side * 0.96
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def make_report_plan(counts: Mapping[TileAction, int] = COUNTS, squares: Squares | None = None) -> Plan:
    """Return a plan that shows everything a report can show."""
    held = squares or Squares(counts)
    live = sum(count for action, count in counts.items() if action is not TileAction.CREATE)
    sets = tuple(
        make_set(action, count, reasons={REASONS.get(action, Reason.AS_DESIRED): count}, samples=[make_sample()])
        for action, count in counts.items()
    )
    fields = [FieldChange("noData", None, 0.0), FieldChange("bands.B08.noData", None, 0)]
    part = CollectionPlan(
        make_change(name="s2-mosaic-120m", fields=fields),
        sets,
        live,
        live,
        {"INGESTED": live},
        {"The file's pixel size differs between bands": 14, "Cannot read overview level <n>": 7},
        tiles=held,
    )
    deletes = counts.get(TileAction.DELETE, 0)
    text = f"{deletes:,} of {live:,} owned tiles, over maxDeletes"
    rail = make_rail(name="s2-mosaic-120m", text=text, ack=f"deletes@collection/s2-mosaic-120m={deletes}")
    note = Diagnostic("warning", "12 keys were left over", part.address)
    return make_plan(part, rails=[rail], notes=[note], estimate=Estimate(558, 218, 600))

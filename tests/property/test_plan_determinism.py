"""One input told in many orders makes one plan, to the byte: pages, rows in pages, collections, keys of manifests."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.manifest import ReadOptions, read_manifests
from byocplan.model.address import make_address
from byocplan.model.band import LiveBand
from byocplan.model.binding import Binding, Bindings
from byocplan.model.change import TileAction
from byocplan.model.collection import LiveCollection
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.scope import PatternScope
from byocplan.model.tile import LiveTile
from byocplan.planfile import write_plan_file
from byocplan.sets import TileSets
from byocplan.state import LocalState
from byocplan.view.plan_json import render_plan_json
from byocplan.workflow.plan import Surroundings, compute_plan
from tests.support.memory_bucket import MemoryBucket
from tests.support.tile_sets import make_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.discovery.listing import ObjectPage
    from byocplan.model.tile import TilePage

SHUFFLES, SHUFFLES_OF_A_SWEEP = 12, 1_000
NOW_MS = 1_760_000_000_000
INGESTED_MS = 1_750_000_000_000
PATTERN = "{site}/{t:%Y%m%d}/(BAND).tif"
COVER = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
SITES = [f"site-{number}" for number in range(12)]
DAYS = ["20200101", "20200215", "20210101"]
NAMES = ("coast", "forest")


@dataclass
class ShuffledReader:
    """A service that shows everything in any order, in pages of any size, and some tiles twice."""

    chance: random.Random
    collections: list[LiveCollection]
    tiles: dict[str, list[LiveTile]] = field(default_factory=dict)

    def iter_collections(self, **_: object) -> Iterator[LiveCollection]:
        for live in shuffle(self.chance, self.collections):
            yield replace(live, bands=shuffle_keys(self.chance, live.bands))

    def iter_tile_pages(self, collection_id: str, **_: object) -> Iterator[TilePage]:
        tiles = self.tiles.get(collection_id, [])
        for part in cut(self.chance, shuffle(self.chance, [*tiles, *self.chance.sample(tiles, len(tiles) // 10)])):
            yield make_page(part)


@dataclass(slots=True)
class ShuffledBucket(MemoryBucket):
    """A bucket that shows its keys in any order, in pages of any size."""

    chance: random.Random = field(default_factory=random.Random)

    def _iter_pages(self, _prefix: str, keys: list[str]) -> Iterator[ObjectPage]:
        for part in cut(self.chance, shuffle(self.chance, keys)):
            yield self._make_page(part)


def shuffle(chance: random.Random, items: list[Any]) -> list[Any]:
    return chance.sample(items, len(items))


def cut(chance: random.Random, items: list[Any]) -> Iterator[list[Any]]:
    while items:
        size = chance.randint(1, 20)
        yield items[:size]
        items = items[size:]


def shuffle_keys(chance: random.Random, value: Any) -> Any:
    """Return the value with the keys of all mappings in another order; lists stay, their order means something."""
    if isinstance(value, dict):
        return {key: shuffle_keys(chance, value[key]) for key in shuffle(chance, list(value))}
    return [shuffle_keys(chance, each) for each in value] if isinstance(value, list) else value


def make_documents() -> dict[str, dict[str, Any]]:
    """Return the manifests by file: each on one line, so that the order of keys moves no line number."""
    head = {"apiVersion": "byocplan/v1"}
    documents: dict[str, dict[str, Any]] = {"byocplan": head | {"kind": "Project", "metadata": {"name": "test"}}}
    for name in NAMES:
        spec = {
            "name": f"all of {name}",
            "s3Bucket": "archive",
            "bands": {band: {"bitDepth": 16, "sampleFormat": "UINT", "noData": 0} for band in ("B1", "B2", "B3")},
            "rails": {"maxDeletePercent": 1, "maxDeletes": 2},
            "lifecycle": {"preventDestroy": True, "onRemove": "retain"},
            "tiles": [
                {"pattern": PATTERN, "where": {"site": SITES[:6]}, "coverGeometry": COVER},
                {"pattern": PATTERN, "where": {"site": SITES[6:8]}, "sensingTime": "2020-01-01T00:00:00Z"},
                {"pattern": PATTERN, "where": {"site": ["nowhere"]}},
            ],
        }
        documents[name] = head | {"kind": "Collection", "metadata": {"name": name, "labels": {"a": "1", "b": "2"}}}
        documents[name]["spec"] = spec
    return documents


def make_tiles(chance: random.Random) -> list[LiveTile]:
    """Return live tiles of every kind: as wanted, changed, moved, failed, pending, gone from the bucket, of others."""
    cover = json.dumps(COVER)
    tiles = [LiveTile("id-other", "others/mosaic.tif", "INGESTED", None, None, INGESTED_MS, INGESTED_MS)]
    for number, path in enumerate(f"{site}/{day}/(BAND).tif" for site in (*SITES, "nowhere") for day in DAYS):
        if chance.random() < 0.3:
            continue
        status = chance.choice(["INGESTED"] * 4 + ["FAILED", "WAITING"])
        etag = chance.choice(["e", "e", "other"])
        tiles.append(
            LiveTile(
                f"id-{number}",
                path,
                status,
                chance.choice([1_577_836_800_000, None]),
                chance.choice([cover, cover, None]),
                INGESTED_MS,
                INGESTED_MS,
                {band: f"{etag} {path.replace('(BAND)', band)}" for band in ("B1", "B2")}
                if status == "INGESTED"
                else {},
                f"file {path} is broken in {number} places" if status == "FAILED" else None,
            )
        )
    return tiles


@dataclass(frozen=True)
class Input:
    """All that a plan is made of, before anybody shuffles it."""

    folder: Path
    collections: list[LiveCollection]
    tiles: dict[str, list[LiveTile]]
    files: dict[str, str]

    def make_plan(self, seed: int) -> tuple[str, bytes]:
        """Return the plan as JSON and as a plan file, its input told in an order of the seed's."""
        chance = random.Random(seed)
        for name, document in shuffle(chance, list(make_documents().items())):
            text = json.dumps(shuffle_keys(chance, document))
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        loaded = read_manifests([str(self.folder)], ReadOptions())
        bucket = ShuffledBucket(dict(shuffle(chance, list(self.files.items()))), "archive", chance=chance)
        reader: Any = ShuffledReader(chance, self.collections, self.tiles)
        state = LocalState(self.folder, "test", loaded.manifests.project.deployment.base_url)
        around = Surroundings(loaded.manifests.project, reader, state, lambda _collection: bucket, NOW_MS)
        with TileSets() as sets:
            plan = compute_plan(loaded, around, sets)
            write_plan_file(self.folder / "plan.byocplan", plan)
            return render_plan_json(plan), (self.folder / "plan.byocplan").read_bytes()


@pytest.fixture
def given(tmp_path: Path) -> Input:
    """One bound collection with tiles of every kind, one to be made, one whose document is gone, one of others."""
    chance = random.Random(1)
    band = LiveBand("B1", "B1", 1, 16, "UINT", None)
    live = [
        LiveCollection("id-coast", "coast", "archive", "account", bands={"B1": band, "B2": band, "B3": band}),
        LiveCollection("id-gone", "gone", "archive", "account"),
        LiveCollection("id-other", "all of coast", "archive", "account"),
    ]
    keys = [f"{site}/{day}/{band}.tif" for site in SITES for day in DAYS for band in ("B1", "B2", "B3")]
    files = {key: f"e {key}" for key in keys if chance.random() < 0.85 and not key.startswith("site-3")}
    scope = PatternScope(compile_pattern(PATTERN), Where())
    base_url = "https://services.sentinel-hub.com"
    state = LocalState(tmp_path, "test", base_url)
    bound = {
        make_address(name): Binding(make_address(name), f"id-{name}", name, "archive", base_url, scopes=(scope,))
        for name in ("coast", "gone")
    }
    state.write(Bindings("test", base_url, "", by_address=bound))
    return Input(tmp_path, live, {"id-coast": make_tiles(chance), "id-gone": make_tiles(chance)}, files)


def check(given: Input, shuffles: int) -> None:
    first = given.make_plan(0)

    counts = json.loads(first[0])["summary"]["tiles"]
    assert {action for action, count in counts.items() if count} == set(TileAction), "the input has every kind of tile"
    for seed in range(1, shuffles):
        assert given.make_plan(seed) == first, f"the order of seed {seed} counts"


def test_the_order_in_which_a_project_is_told_changes_no_byte_of_its_plan(given: Input) -> None:
    check(given, SHUFFLES)


@pytest.mark.sweep
def test_a_thousand_orders_change_no_byte_of_a_plan(given: Input) -> None:
    check(given, SHUFFLES_OF_A_SWEEP)

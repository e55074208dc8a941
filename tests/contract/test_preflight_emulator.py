"""Preflight and the emulator's ingestion judge each file alike, each with a reader of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from byocplan.cog.judge import judge_file
from tests.support.cogs import make_cog
from tests.support.tiffs import ByteFile, make_fields, make_tiff

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.emulator import Emulator
    from tests.support.service import Service


def make_keys(epsg: int, model: int = 1) -> tuple[str, list[float]]:
    return "short", [1, 1, 0, 2, 1024, 0, 1, model, 3072 if model == 1 else 2048, 0, 1, epsg]


def make_place(x: float, y: float, pixel: float, epsg: int, model: int = 1) -> dict[str, Any]:
    tie, scale = ("double", [0.0, 0.0, 0.0, x, y, 0.0]), ("double", [pixel, pixel, 0.0])
    return {"t33550": scale, "t33922": tie, "t34735": make_keys(epsg, model)}


#: What GDAL writes, and what nobody would write.
WRITTEN: dict[str, dict[str, Any]] = {
    "plain": {},
    "lzw": {"compress": "LZW"},
    "zstd": {"compress": "ZSTD"},
    "lerc": {"compress": "LERC"},
    "webp": {"compress": "WEBP", "dtype": "uint8", "bands": 3},
    "int8": {"dtype": "int8"},
    "int16": {"dtype": "int16"},
    "int32": {"dtype": "int32"},
    "uint32": {"dtype": "uint32"},
    "float32": {"dtype": "float32"},
    "float64": {"dtype": "float64"},
    "complex64": {"dtype": "complex64"},
    "small blocks": {"blocksize": 128},
    "large blocks": {"blocksize": 4096},
    "overviews": {"size": (2000, 1500)},
    "11 chunky bands": {"bands": 11},
    "11 planar bands": {"bands": 11, "interleave": "BAND"},
    "101 planar bands": {"bands": 101, "interleave": "BAND"},
    "laea": {"epsg": 3035, "origin": (4000000.0, 3000000.0)},
    "laea over the pole": {"epsg": 3035, "origin": (4320000.0, 7370000.0)},
    "etrs": {"epsg": 25833},
    "south": {"epsg": 32733, "origin": (500000.0, 9200000.0)},
    "nad83": {"epsg": 26911},
}
MADE: dict[str, dict[str, Any]] = {
    "over the north pole in degrees": make_place(0.0, 91.0, 0.5, 4326, 2),
    "up to the north pole": make_place(0.0, 90.0, 0.5, 4326, 2),
    "over the pole in UTM": make_place(0.0, 1.1e7, 1e4, 32633),
    "over the south pole in UTM": make_place(499_000.0, 4_000.0, 10.0, 32733),
    "web mercator over everything": make_place(-2e7, 2e7, 2e5, 3857),
    "rotated": {"t33550": None, "t34264": ("double", [10.0, 1.0, 0.0, 5e5, 1.0, -10.0, 0.0, 9e5, *[0.0] * 7, 1.0])},
    "cut off": {"t324": ("long", [20_000])},
    "data before the directory": {"t324": ("long", [4])},
    "left out": {"t324": ("long", [0]), "t325": ("long", [0])},
    "12 bits": {"t258": ("short", [12])},
    "4 bits": {"t258": ("short", [4])},
    "float16": {"t339": ("short", [3])},
    "palette with LZW": {"t259": ("short", [5]), "t262": ("short", [5]), "t277": ("short", [4]), "t258": ("short", [8] * 4)},
    "a zone in parts": {"t34735": ("short", [1, 1, 0, 4, 1024, 0, 1, 1, 2048, 0, 1, 4326, 3072, 0, 1, 32767, 3074, 0, 1, 16033])},
    "no system": {"t34735": None},
    "no place": {"t33550": None},
}  # fmt: skip


def compare(emulator: Emulator, service: Service, files: dict[str, bytes]) -> dict[str, tuple[bool, bool, str]]:
    """Return for each file whether the emulator refuses it, whether preflight does, and what they say."""
    names = list(files)
    emulator.put_objects("both", [(f"{names.index(name)}/B1.tif", files[name]) for name in names])
    tiles = {}
    for number, name in enumerate(names):
        collection = service.create_collection("both")
        tiles[name] = (collection, service.create_tile(collection, f"{number}/(BAND).tif"))
    found = {}
    for name, ids in tiles.items():
        tile = service.wait(*ids, timeout_s=60)
        verdict, _ = judge_file(name, ByteFile(files[name]).read)
        said = f"{tile['additionalData'].get('failedIngestionCause')} | {verdict.findings}"
        found[name] = (tile["status"] == "FAILED", verdict.is_refused, said)
    return found


def test_every_real_file_is_judged_alike(emulator: Emulator, service: Service, test_data: Path) -> None:
    entries = json.loads((test_data / "manifest.json").read_text(encoding="utf-8"))
    layouts = sorted(
        path for path in (test_data / "real_layout").rglob("*") if path.suffix.lower() in (".tif", ".tiff")
    )
    paths = [*(test_data / entry["file"] for entry in entries), *layouts]

    found = compare(emulator, service, {str(path.relative_to(test_data)): path.read_bytes() for path in paths})

    assert len(found) > 40
    assert {name: said for name, (theirs, ours, said) in found.items() if theirs is not ours} == {}


def test_files_made_for_every_rule_are_judged_alike(emulator: Emulator, service: Service) -> None:
    files = {name: make_cog(**options) for name, options in WRITTEN.items()}
    files |= {name: make_tiff(make_fields(**changes)) for name, changes in MADE.items()}

    found = compare(emulator, service, files)

    assert {name: said for name, (theirs, ours, said) in found.items() if theirs is not ours} == {}
    assert sum(theirs for theirs, _, _ in found.values()) > 15
    assert sum(not theirs for theirs, _, _ in found.values()) > 12

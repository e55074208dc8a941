"""What discovery found, and how a key fares, as text and JSON."""

import json
from typing import Any

from byocplan.model.address import make_address
from byocplan.model.discovered import Discovered, Overlap, SourceReport
from byocplan.model.path_set import PathSet
from byocplan.view.discovered import render_discovered, render_discovered_json
from byocplan.view.explained import render_explained, render_explained_json
from byocplan.view.style import PLAIN

FOUND = """\
collection/s2   12 tiles   1 incomplete   7 left-over keys
  source      {year}/(BAND).tif   87 keys   12 tiles   1 incomplete   s2.yaml:31
              listed 2019/, 2020/
  source      x/(BAND).tif   0 keys   0 tiles   s2.yaml:40
              listing not complete: AccessDenied
  bands       B02,B03  11
  incomplete  2019/(BAND).tif
  left over   #/preview.jpg  7   e.g. 2019/preview.jpg
  overlap     x/(BAND).tif is claimed by s2.yaml:31 and s2.yaml:40
  and 4 more paths claimed twice
  note        bands are not configured
"""

EXPLAINED = """\
2019/11/B02.tif
  taken by collection/s2   {year}/{month}/(BAND).tif
    tile         2019/11/(BAND).tif
    band         B02
    sensingTime  2019-11-01T00:00:00Z
    {year}       2019
    {month}      11
  not taken by collection/other   {name}/(BAND).tif
    2019/11/B02.tif
            ^ expected the end of the key
"""


def make_found() -> Discovered:
    """Return a discovery with something of everything."""
    return Discovered(
        make_address("s2"),
        (
            SourceReport("s2.yaml:31", "{year}/(BAND).tif", ("2019/", "2020/"), 87, 12, 1),
            SourceReport("s2.yaml:40", "x/(BAND).tif", failure="AccessDenied"),
        ),
        12,
        1,
        7,
        {"#/preview.jpg": 7},
        {"#/preview.jpg": "2019/preview.jpg"},
        ("2019/(BAND).tif",),
        {"B02,B03": 11},
        5,
        (Overlap("x/(BAND).tif", ("s2.yaml:31", "s2.yaml:40")),),
        notes=("bands are not configured",),
    )


def make_explained() -> dict[str, Any]:
    """Return a key that one source takes and another does not."""
    match = {
        "address": "collection/s2",
        "source": "{year}/{month}/(BAND).tif",
        "fields": {"year": "2019", "month": "11"},
        "band": "B02",
        "path": "2019/11/(BAND).tif",
        "sensingTime": "2019-11-01T00:00:00Z",
    }
    miss = {
        "address": "collection/other",
        "source": "{name}/(BAND).tif",
        "stopped_at": 8,
        "expected": "the end of the key",
    }
    return {"key": "2019/11/B02.tif", "matches": [match], "misses": [miss]}


def test_a_discovery_shows_sources_left_over_keys_and_overlaps() -> None:
    assert render_discovered([make_found()], PLAIN) == FOUND


def test_no_collection_is_said() -> None:
    assert render_discovered([], PLAIN) == "No collections.\n"


def test_the_json_of_a_discovery_is_keyed_by_address() -> None:
    document = json.loads(render_discovered_json([make_found()]))["collections"]["collection/s2"]

    assert (document["tiles"], document["incomplete"], document["leftover_keys"]) == (12, 1, 7)
    assert [source["complete"] for source in document["sources"]] == [True, False]
    assert document["left_over"] == [{"shape": "#/preview.jpg", "keys": 7, "sample": "2019/preview.jpg"}]
    assert document["overlaps"] == [{"path": "x/(BAND).tif", "places": ["s2.yaml:31", "s2.yaml:40"]}]


def test_an_explained_key_shows_every_field_and_where_matching_stopped() -> None:
    assert render_explained(make_explained(), PLAIN) == EXPLAINED


def test_a_key_that_nothing_takes_is_said() -> None:
    text = render_explained({"key": "x", "matches": [], "misses": []}, PLAIN)

    assert text == "x\n  No source takes this key.\n"


def test_the_json_of_an_explained_key_is_the_value_itself() -> None:
    assert json.loads(render_explained_json(make_explained())) == {"format_version": "1.0", **make_explained()}


def test_where_keys_come_from_is_told() -> None:
    sources = (
        SourceReport("a:1", "{x}.tif", ("a/",), inventory="s3://lists/\x1b[31mmanifest.json"),
        SourceReport("a:2", "t.csv", tiles=2, listed=PathSet({"a.tif", "b.tif"})),
    )
    found = [Discovered(make_address("s2"), sources=sources)]

    text = render_discovered(found, PLAIN)

    assert "read from s3://lists/" in text
    assert "manifest.json, of it a/" in text
    assert "taken at its word: the bucket is not read" in text
    assert "\x1b" not in text
    assert "a.tif" not in render_discovered_json(found)

"""What the manifests say arrives in the model."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from byocplan.errors import ManifestError
from byocplan.manifest import ReadOptions, read_manifests
from byocplan.manifest.documents import check_document, find_variables, read_source
from byocplan.manifest.nodes import make_plain
from byocplan.manifest.source import Source
from byocplan.model.band import Band
from byocplan.model.collection import Lifecycle, OnRemove, Replace, S3Settings
from byocplan.model.deployment import Deployment
from byocplan.model.project import Manifests
from byocplan.model.rail import HARD_RULES, Ack, Limit, RailLimits, Rule
from byocplan.model.source import (
    Incomplete,
    OnContentChange,
    PathSource,
    PatternSource,
    SensingKind,
    SensingTime,
    TileOptions,
)
from byocplan.model.unset import UNSET
from tests.unit.manifest.builders import make_collection, read_one
from tests.unit.manifest.builders import read_source as read_tile_source

POSITIVE = Path(__file__).parent / "positive"
FULL = POSITIVE / "full.yaml"
NAME = str(FULL)


def read_full() -> Manifests:
    return read_manifests([NAME], ReadOptions()).manifests


def test_a_project_arrives_in_the_model() -> None:
    project = read_full().project

    assert project.deployment == Deployment(
        "127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080/oauth/token", "/byoc/v1"
    )
    assert (project.name, project.requests_per_minute, project.state) == ("mosaics", 600, "s3://team-state/byocplan")
    assert project.s3 == S3Settings("http://localhost:9000", "eu-central-1", "imagery", request_payer=True)
    assert (project.folder, project.is_declared) == (str(POSITIVE), True)


def test_a_collection_arrives_in_the_model() -> None:
    collection, _ = read_full().collections

    assert collection.address == "collection/s2-mosaic-120m"
    assert collection.name == "Mosaic 2019"
    assert (collection.id, collection.adopt) == ("017aa0ae-33a6-45d3-8548-0f7d1041b40c", True)
    assert collection.bands == {
        "B02": Band("B02", "b2", 2, 16, "UINT", None),
        "Red": Band("Red", None, None, 8, "UINT", 255, "R"),
    }
    assert collection.no_data is UNSET
    assert collection.storage_identifier == "eodata"
    assert collection.lifecycle == Lifecycle(
        prevent_destroy=True,
        on_remove=OnRemove.RETAIN,
        replace=Replace.IN_PLACE,
        ignore_changes=frozenset({"name", "bands"}),
    )
    assert collection.labels == {"team": "land"}
    assert collection.place == f"{NAME}:15"


def test_limits_know_the_line_that_set_them() -> None:
    full, single = read_full().collections

    place = f"{NAME}:30"
    assert full.rails == RailLimits(Limit(5, place), Limit(7, place), Limit(2.5, place), Limit(1, place))
    assert single.rails.max_delete_percent == Limit(12.5, f"{NAME}:12")
    assert single.rails.max_reingest_percent == Limit(40, f"{NAME}:12")


def test_acks_name_their_collection_and_count_to_the_end_of_their_day() -> None:
    collection, _ = read_full().collections

    last_ms = 1_796_169_599_999  # 2026-12-01T23:59:59.999Z
    assert collection.acks == (Ack(Rule.SCOPE_REMOVED, 4170, collection.address, last_ms, f"{NAME}:31"),)


@pytest.mark.parametrize("rule", sorted(set(Rule) - HARD_RULES))
def test_every_rule_that_an_ack_lifts_can_be_acked_in_a_manifest(rule: Rule) -> None:
    (ack,) = read_one(make_collection(f"s3Bucket: bkt, acks: [{{rule: {rule.value}, atMost: 3}}]")).acks

    assert (ack.rule, ack.at_most) == (rule, 3)


def test_tile_sources_arrive_in_the_model() -> None:
    collection, _ = read_full().collections
    pattern, path = collection.sources

    assert isinstance(pattern, PatternSource)
    assert pattern.pattern.text == "2019/{start:%Y%m%d}_{end:%Y%m%d}/{grid}/(BAND).tif"
    assert pattern.where.fields == {"grid": ("28V", "5*")}
    assert pattern.where.time_name == "start"
    assert pattern.options.sensing_time == SensingTime(SensingKind.FIELD, field="start")
    assert path == PathSource(
        "special/scene-7_(BAND).tiff",
        TileOptions(
            SensingTime(SensingKind.FIXED, 1_574_848_800_000),
            '{"coordinates":[[[1,2],[3,2],[3,4],[1,2]]],"type":"Polygon"}',
            Incomplete.ERROR,
            prune=False,
            on_content_change=OnContentChange.IGNORE,
        ),
        f"{NAME}:43",
    )


def test_an_inline_cover_keeps_its_crs() -> None:
    source = read_full().collections[0].sources[0]

    cover = json.loads(source.options.cover or "")

    assert cover["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::32628"
    assert cover["coordinates"][0][0] == [300000, 6900000.5]


def test_scalars_mean_what_they_say() -> None:
    (collection,) = read_manifests([str(POSITIVE / "traps.yaml")], ReadOptions()).manifests.collections

    (source,) = collection.sources
    assert isinstance(source, PatternSource)
    assert collection.address == "collection/010"
    assert collection.name == "1e3"
    assert collection.labels == {
        "country": "NO",
        "at": "12:30:45",
        "on": "2019-01-01",
        "big": "1_000",
        "quoted": "yes",
        "hex": "0x1F",
    }
    assert collection.bands == {"NO": Band("NO", source="010", bit_depth=16)}
    assert source.where.fields == {"country": ("NO", "yes", "~x"), "number": ("010",), "year": ("2019",)}


def test_aliases_and_merge_keys_are_written_out() -> None:
    (collection,) = read_manifests([str(POSITIVE / "anchors.yaml")], ReadOptions()).manifests.collections

    assert collection.bands is not None
    assert collection.bands["B03"] == Band("B03", bit_depth=16, sample_format="UINT")
    assert collection.bands["B04"] == Band("B04", bit_depth=8, sample_format="UINT")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('pattern: "{year}/(BAND).tif"', SensingTime(SensingKind.AUTO)),
        ('pattern: "{grid}/(BAND).tif"', SensingTime(SensingKind.KEEP)),
        ('pattern: "{grid}/(BAND).tif", sensingTime: auto', SensingTime(SensingKind.AUTO)),
        ('pattern: "{year}/(BAND).tif", sensingTime: keep', SensingTime(SensingKind.KEEP)),
        ('pattern: "{year}/(BAND).tif", sensingTime: null', SensingTime(SensingKind.FIXED)),
        ("path: a", SensingTime(SensingKind.KEEP)),
        ("path: a, sensingTime: 1970-01-01", SensingTime(SensingKind.FIXED, 0)),
        ("path: a, sensingTime: 1970-01-01T01:00:00.001+01:00", SensingTime(SensingKind.FIXED, 1)),
        ("path: a, sensingTime: 1970-01-01T00:00:00.001000", SensingTime(SensingKind.FIXED, 1)),
    ],
)
def test_the_sensing_time_is_managed_only_where_the_manifest_says_one(entry: str, expected: SensingTime) -> None:
    assert read_tile_source(entry).options.sensing_time == expected


@pytest.mark.parametrize(("said", "expected"), [("", UNSET), ("noData: null", None), ("noData: -9999.5", -9999.5)])
def test_no_data_tells_absent_from_null(said: str, expected: object) -> None:
    of_all = read_one(make_collection(f"s3Bucket: bkt, {said}"))
    of_band = read_one(make_collection(f"s3Bucket: bkt, bands: {{B1: {{bitDepth: 8, {said}}}}}"))

    assert of_all.no_data == expected
    assert of_band.bands is not None
    assert of_band.bands["B1"].no_data == expected


def make_full_documents() -> list[dict[str, Any]]:
    source = Source(NAME, (), POSITIVE, (POSITIVE,))
    documents, _ = read_source(source, FULL.read_bytes())
    variables = {name: "${" + name + "}" for name in find_variables(documents)}
    plain: list[Any] = [make_plain(check_document(document, variables)[0]) for document in documents]
    return plain


def iter_key_paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all keys that can be left out."""
    paths: list[tuple[Any, ...]] = []
    if isinstance(value, dict):
        for key, child in value.items():
            paths += [(*path, key), *iter_key_paths(child, (*path, key))]
    elif isinstance(value, list):
        for index, child in enumerate(value):
            paths += iter_key_paths(child, (*path, index))
    return paths


def test_every_key_counts(tmp_path: Path) -> None:
    documents = make_full_documents()
    (tmp_path / "cover.geojson").write_bytes((POSITIVE / "cover.geojson").read_bytes())
    whole = read_documents(tmp_path, documents)

    idle = [path for path in iter_key_paths(documents) if is_idle(tmp_path, documents, path, whole)]

    assert isinstance(whole, Manifests)
    assert idle == []


def is_idle(folder: Path, documents: list[dict[str, Any]], path: tuple[Any, ...], whole: object) -> bool:
    less = copy.deepcopy(documents)
    parent: Any = less
    for step in path[:-1]:
        parent = parent[step]
    del parent[path[-1]]
    return read_documents(folder, less) == whole


def read_documents(folder: Path, documents: list[dict[str, Any]]) -> object:
    """Return the manifests of documents, each on one line, or None when they are refused."""
    path = folder / "all.yaml"
    path.write_text("\n".join(f"---\n{json.dumps(document)}" for document in documents), encoding="utf-8")
    try:
        return read_manifests([str(path)], ReadOptions()).manifests
    except ManifestError:
        return None


def test_json_is_read_as_the_same_values_as_its_yaml() -> None:
    documents = make_full_documents()

    assert [yaml.safe_load(json.dumps(document)) for document in documents] == documents

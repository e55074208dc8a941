"""The cookbook has the patterns that are tested on real keys, and its examples of keys are among those."""

import re
from pathlib import Path

import pytest
import yaml

from byocplan.manifest import ReadOptions
from byocplan.model.pattern import compile_pattern
from byocplan.workflow.validate import validate
from tests.support.manifests import make_document
from tests.unit.model.pattern.test_layouts import LAYOUTS, TILE_PATTERNS

PAGE = (Path(__file__).parents[2] / "docs" / "cookbook.md").read_text(encoding="utf-8")
SOURCE = re.compile(r"^```yaml\n(- pattern: .*?)^```$", re.DOTALL | re.MULTILINE)
KEY = re.compile(r"^(?:Bucket `(?P<bucket>\S+)`, as|As) `(?P<key>[^`]+)`:$", re.MULTILINE)
SOURCES = [yaml.safe_load(text)[0] for text in SOURCE.findall(PAGE)]


def test_the_patterns_are_those_that_are_tested() -> None:
    shown = [source["pattern"] for source in SOURCES]

    assert set(shown) == {pattern for pattern, _ in TILE_PATTERNS.values()}
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source["pattern"][:30])
def test_a_pattern_of_the_page_is_valid_in_a_manifest(source: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(make_document("a", "bucket", tiles=[source]))

    answer = validate((str(tmp_path),), ReadOptions())

    assert answer.problems == ()


def test_the_sensing_time_is_the_one_that_is_tested() -> None:
    tested = dict(TILE_PATTERNS.values())

    chosen = {source["pattern"]: source["sensingTime"].strip("{}") for source in SOURCES if "sensingTime" in source}

    assert len(chosen) > 3
    assert chosen == {pattern: tested[pattern] for pattern in chosen}


def test_each_key_of_the_page_fits_the_pattern_below_it() -> None:
    keys = [found["key"].replace("(BAND)", "B01") for found in KEY.finditer(PAGE)]

    missed = [
        key for key, source in zip(keys, SOURCES, strict=True) if not compile_pattern(source["pattern"]).match(key)
    ]

    assert missed == []


@pytest.mark.skipif(not LAYOUTS, reason="no test data; set BYOCPLAN_TEST_DATA")
def test_buckets_and_keys_are_real_ones() -> None:
    real = {(each["bucket"], key) for each in LAYOUTS.values() for key in [*each["keys"], each["tile_path"]]}

    named = [(found["bucket"], found["key"]) for found in KEY.finditer(PAGE)]

    keys = {key for _, key in real}
    assert [pair for pair in named if pair not in real and not (pair[0] is None and pair[1] in keys)] == []

"""Pattern sources whose keys come from an S3 Inventory, against a bucket in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.model.pattern import Where, make_date_range
from byocplan.model.source import OnContentChange, TileOptions
from tests.support.discovery import DEFAULTS, discover, make_path_source, make_pattern_source
from tests.support.inventories import (
    CHECKSUM,
    COLUMNS,
    CURRENT,
    FOLDER,
    MANIFEST,
    Listed,
    make_inventory,
    make_md5,
    seal,
)
from tests.support.memory_bucket import MemoryBucket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.pattern import Where as WhereType
    from tests.support.discovery import Result

ADDRESS = f"s3://lists/{MANIFEST}"
MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"
ANY = Where()
TWO = [Listed("2019/1/1/28V/B1.tif", "one"), Listed("2019/1/1/28V/B2.tif", "two")]
IGNORE = TileOptions(on_content_change=OnContentChange.IGNORE)


def read(
    objects: dict[str, bytes],
    text: str = MOSAIC,
    where: WhereType = ANY,
    options: TileOptions = DEFAULTS,
    bands: Sequence[str] | None = None,
) -> Result:
    return discover(make_bucket(objects), make_pattern_source(text, where, options, inventory=ADDRESS), bands=bands)


def make_bucket(objects: dict[str, bytes], keys: Sequence[str] = ()) -> MemoryBucket:
    return MemoryBucket(dict.fromkeys(keys, "listed"), objects={f"lists/{key}": body for key, body in objects.items()})


def make(*files: Sequence[Listed], **options: Any) -> dict[str, bytes]:
    return make_inventory(*files, source="bucket", **options)


@pytest.mark.parametrize("how", [{}, {"is_gzip": False}, {"file_format": "Parquet"}])
def test_tiles_are_those_that_a_listing_would_give(how: dict[str, object]) -> None:
    rows = [*TWO, Listed("2019/1/1/28V/preview.jpg"), Listed("2020/2/2/33T/B1.tif", "three", 1_600_000_000_123)]

    found = read(make(rows[:1], rows[1:], **how), bands=["B1", "B2"])

    whole, half = found.tiles["2019/1/1/28V/(BAND).tif"], found.tiles["2020/2/2/33T/(BAND).tif"]
    assert (whole.files, whole.is_complete, whole.group) == ("B1=one\nB2=two", True, "28V")
    assert (half.is_complete, half.newest_ms) == (False, 1_600_000_000_123)
    assert (found.report.leftover_keys, found.report.sources[0].keys) == (1, 3)
    assert found.report.sources[0].inventory == ADDRESS


def test_the_bucket_itself_is_not_listed() -> None:
    bucket = make_bucket(make(TWO), keys=["2021/1/1/28V/B1.tif"])

    found = discover(bucket, make_pattern_source(MOSAIC, inventory=ADDRESS))

    assert bucket.asked == []
    assert list(found.tiles) == ["2019/1/1/28V/(BAND).tif"]


@pytest.mark.parametrize("name", ["a b", "a+b", "a%20b", 'a"b', "a,b", "a\nb", "=1+1", "ü", "a;b", "\x01", "a" * 900])
@pytest.mark.parametrize("file_format", ["CSV", "Parquet"])
def test_keys_come_back_whatever_they_hold(name: str, file_format: str) -> None:
    found = read(make([Listed(f"{name}/B1.tif")], file_format=file_format), "{scene}/(BAND).tif")

    assert list(found.tiles) == [f"{name}/(BAND).tif"]


@pytest.mark.parametrize("file_format", ["CSV", "Parquet"])
def test_old_versions_and_delete_markers_are_no_files(file_format: str) -> None:
    rows = [
        Listed("a/B1.tif", "new"),
        Listed("a/B1.tif", "old", is_latest=False),
        Listed("b/B1.tif", None, is_deleted=True),
        Listed("b/B1.tif", "old", is_latest=False),
    ]

    found = read(make(rows, columns=COLUMNS, file_format=file_format), "{scene}/(BAND).tif")

    assert {path: row.files for path, row in found.tiles.items()} == {"a/(BAND).tif": "B1=new"}


def test_where_narrows_and_what_a_listing_would_not_show_is_not_left_over() -> None:
    rows = [*TWO, Listed("2019/2/1/28V/B1.tif"), Listed("2019/1/2/odd.txt"), Listed("elsewhere/odd.txt")]
    january = Where(make_date_range("2019-01-01", "2019-01-31"))

    found = read(make(rows), where=january)

    assert list(found.tiles) == ["2019/1/1/28V/(BAND).tif"]
    assert found.report.leftover_keys == 1


def test_two_sources_read_one_inventory_once_and_share_its_left_over_keys() -> None:
    bucket = make_bucket(make([*TWO, Listed("aux/B1.tif"), Listed("none.txt")]))
    sources = [make_pattern_source(text, inventory=ADDRESS) for text in (MOSAIC, "{scene}/(BAND).tif")]

    found = discover(bucket, *sources)

    assert [source.keys for source in found.report.sources] == [2, 1]
    assert found.report.leftover_keys == 1
    assert sum("was made at" in note for note in found.report.notes) == 1


def test_the_age_of_the_inventory_is_told() -> None:
    found = read(make(TWO))

    assert any("2026-11-24T01:00:00Z" in note for note in found.report.notes)


def test_archived_files_are_told() -> None:
    found = read(make([Listed("a/B1.tif", storage_class="DEEP_ARCHIVE")]), "{scene}/(BAND).tif")

    assert any("archive storage class" in note for note in found.report.notes)


def test_a_row_with_an_empty_key_is_damage() -> None:
    with pytest.raises(BucketError, match="without a key"):
        read(make([Listed("")]))


def test_a_row_without_an_etag_is_damage_unless_nobody_compares_etags() -> None:
    objects = make([Listed("a/B1.tif", None)])

    found = read(objects, "{scene}/(BAND).tif", options=IGNORE)

    assert found.complete == ["a/(BAND).tif"]
    with pytest.raises(BucketError, match="without an ETag"):
        read(objects, "{scene}/(BAND).tif")


@pytest.mark.parametrize("file_format", ["CSV", "Parquet"])
@pytest.mark.parametrize(
    ("lacking", "says"),
    [("Key", "no column Key"), ("ETag", "onContentChange: ignore"), ("IsLatest", "all versions")],
)
def test_a_column_that_is_needed_is_missed(lacking: str, says: str, file_format: str) -> None:
    columns = [name for name in COLUMNS if name != lacking]

    with pytest.raises(BucketError, match=says):
        read(make(TWO, columns=columns, file_format=file_format))


def test_it_is_told_what_is_lost_without_other_columns() -> None:
    found = read(make(TWO, columns=["Bucket", "Key", "ETag"]))

    assert found.complete == ["2019/1/1/28V/(BAND).tif"]
    assert any("no LastModifiedDate: a FAILED tile" in note for note in found.report.notes)
    assert any("no StorageClass" in note for note in found.report.notes)


def test_an_inventory_without_etags_does_where_content_is_ignored() -> None:
    found = read(make(TWO, columns=["Bucket", "Key"]), options=IGNORE)

    assert found.complete == ["2019/1/1/28V/(BAND).tif"]


def test_orc_is_refused() -> None:
    with pytest.raises(BucketError, match=r"ORC.*CSV or Parquet"):
        read(make(TWO, file_format="ORC"))


def test_the_inventory_of_another_bucket_is_refused() -> None:
    with pytest.raises(BucketError, match="inventory of imagery, and the collection's s3Bucket is bucket"):
        read(make_inventory(TWO))


def test_a_manifest_that_is_not_as_its_checksum_says_is_refused() -> None:
    objects = make(TWO)

    with pytest.raises(BucketError, match=r"manifest\.checksum"):
        read({**objects, MANIFEST: objects[MANIFEST] + b" "})


@pytest.mark.parametrize("key", [MANIFEST, CHECKSUM, f"{FOLDER}/data/0.csv.gz"])
def test_an_object_that_is_missing_is_named(key: str) -> None:
    objects = make(TWO)
    del objects[key]

    with pytest.raises(BucketError, match=key):
        read(objects)


@pytest.mark.parametrize("damage", [b"", b"cut", b"x" * 1000])
def test_a_data_file_that_was_replaced_is_refused(damage: bytes) -> None:
    with pytest.raises(BucketError, match=r"bytes|MD5"):
        read({**make(TWO), f"{FOLDER}/data/0.csv.gz": damage})


def test_a_data_file_with_one_byte_changed_is_refused() -> None:
    objects = make(TWO)
    key = f"{FOLDER}/data/0.csv.gz"

    with pytest.raises(BucketError, match="MD5"):
        read({**objects, key: objects[key][:-1] + bytes([objects[key][-1] ^ 1])})


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 50, b'"a","b"\n', b'"bucket","%FF","1","2019-01-01T00:00:00Z","e","S"\n']
)
@pytest.mark.parametrize("file_format", ["CSV", "Parquet"])
def test_a_data_file_that_holds_something_else_is_refused_in_words(body: bytes, file_format: str) -> None:
    says = {"sourceBucket": "bucket", "fileFormat": file_format, "fileSchema": ", ".join(CURRENT)}

    if (body, file_format) == (b"", "CSV"):
        assert read(seal({"data.csv": body}, says)).tiles == {}
    else:
        with pytest.raises(BucketError, match="cannot be read"):
            read(seal({"data.csv": body}, says))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"files": 1}', b"[" * 100_000])
def test_what_is_no_manifest_of_an_inventory_is_refused(content: bytes) -> None:
    with pytest.raises(BucketError, match="not the manifest of an S3 Inventory"):
        read({**seal({}, json.loads("{}")), **_reseal(content)})


@pytest.mark.parametrize("failure", [AccessError("no", "ask"), UnreachableError("S3", "u", "gone", "wait")])
def test_an_inventory_that_breaks_off_is_a_listing_that_failed(failure: AccessError | UnreachableError) -> None:
    bucket = make_bucket(make(TWO, [Listed("2019/1/2/28V/B1.tif")]))
    bucket.unreadable[f"lists/{FOLDER}/data/1.csv.gz"] = failure

    found = discover(bucket, make_pattern_source(MOSAIC, inventory=ADDRESS))

    assert found.complete == ["2019/1/1/28V/(BAND).tif"]
    assert found.report.sources[0].failure == str(failure)


def test_an_inventory_that_fails_does_not_touch_the_sources_that_are_listed() -> None:
    bucket = make_bucket({}, keys=["a/B1.tif"])

    found = discover(bucket, make_pattern_source(MOSAIC, inventory=ADDRESS), make_path_source("a/(BAND).tif"))

    assert [bool(source.failure) for source in found.report.sources] == [True, False]
    assert found.complete == ["a/(BAND).tif"]


def _reseal(content: bytes) -> dict[str, bytes]:
    return {MANIFEST: content, CHECKSUM: make_md5(content).encode()}

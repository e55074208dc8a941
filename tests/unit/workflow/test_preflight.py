"""Tasks of a preflight: about 50 files each, whole tiles, picklable, without credentials."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from byocplan.cli.wiring import resolve_s3
from byocplan.discovery.s3_ranges import ByteRange, open_s3_ranges
from byocplan.errors import FileError, UnreachableError
from byocplan.model.collection import S3Settings
from byocplan.sets import DesiredRow
from byocplan.workflow.preflight import FILES_A_TASK, iter_chunks
from byocplan.workflow.preflight_task import PreflightTask, TileFiles, judge_tiles
from tests.support.tiffs import ByteFile, make_fields, make_tiff

if TYPE_CHECKING:
    from byocplan.discovery.s3_ranges import RangeBucket, RangeFile

GOOD = make_tiff(make_fields())


@dataclass(frozen=True, slots=True)
class File:
    """``broken`` fails alone, ``lost`` as nobody answers; all others are good."""

    key: str

    def read(self, start: int, length: int) -> ByteRange:
        if "broken" in self.key:
            raise FileError("unreadable", "reading it was denied")
        if "lost" in self.key:
            raise UnreachableError("S3", "http://host", "cause", "mend")
        piece = ByteFile(GOOD).read(start, length)
        return ByteRange(piece.data, piece.size)


@dataclass(frozen=True, slots=True)
class Files:
    def open(self, key: str) -> RangeFile:
        return File(key)


def open_files(_name: str, _settings: S3Settings) -> RangeBucket:
    return Files()


def make_task(*tiles: TileFiles) -> PreflightTask:
    return PreflightTask("bucket", S3Settings(), (), tiles, open_files)


def make_row(path: str, files: str | None) -> DesiredRow:
    return DesiredRow(path, None, files, 0, "", True, None)


def test_a_tile_is_never_parted_and_tasks_have_about_50_files() -> None:
    rows = [make_row(f"{number}/(BAND).tif", "B1=e\nB2=e\nB=3=e") for number in range(40)]

    chunks = list(iter_chunks(rows))

    assert [sum(len(tile.sources) for tile in chunk) for chunk in chunks] == [51, 51, 18]
    assert FILES_A_TASK == 50
    assert chunks[0][0] == TileFiles("0/(BAND).tif", ("B1", "B2", "B=3"))


def test_tiles_of_a_table_have_the_files_that_the_bands_make() -> None:
    rows = [make_row("1/(BAND).tif", None), make_row("scene.tif", None)]

    assert list(iter_chunks(rows, ("B1", "B2"))) == [
        (TileFiles("1/(BAND).tif", ("B1", "B2")), TileFiles("scene.tif", ("",)))
    ]
    assert list(iter_chunks(rows)) == [(TileFiles("scene.tif", ("",)),)]


def test_no_tiles_make_no_task() -> None:
    assert list(iter_chunks([])) == []


def test_verdicts_come_in_the_order_of_the_tiles() -> None:
    task = make_task(*(TileFiles(f"{number:03d}/(BAND).tif", ("B1", "B2")) for number in range(40)))

    verdicts = judge_tiles(task)

    assert [verdict.path for verdict in verdicts] == [tile.path for tile in task.tiles]
    assert [file.key for file in verdicts[3].files] == ["003/B1.tif", "003/B2.tif"]
    assert not any(verdict.is_refused for verdict in verdicts)


def test_a_tile_of_one_file_is_read_at_its_path() -> None:
    (verdict,) = judge_tiles(make_task(TileFiles("scene.tif", ("",))))

    assert [file.key for file in verdict.files] == ["scene.tif"]


def test_one_bad_file_is_a_verdict_and_nobody_answering_is_an_end() -> None:
    verdicts = judge_tiles(make_task(TileFiles("a/(BAND).tif", ("B1", "broken"))))

    assert [file.is_refused for file in verdicts[0].files] == [False, True]
    with pytest.raises(UnreachableError):
        judge_tiles(make_task(TileFiles("a/(BAND).tif", ("B1", "lost"))))


def test_a_task_carries_no_credentials() -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIDCANARY",
        "AWS_SECRET_ACCESS_KEY": "canary-secret",
        "AWS_SESSION_TOKEN": "canary-token",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1234",
        "AWS_REGION": "eu-central-1",
    }
    settings = resolve_s3(S3Settings(profile="imagery"), environment)

    sent = pickle.dumps(PreflightTask("bucket", settings, (), (), open_s3_ranges))

    assert b"http://127.0.0.1:1234" in sent
    assert b"canary" not in sent.lower()
    assert settings == S3Settings("http://127.0.0.1:1234", "eu-central-1", "imagery")


def test_what_the_manifest_says_of_a_bucket_stands_over_the_environment() -> None:
    own = S3Settings(endpoint_url="https://s3.example.com", region="us-west-2", request_payer=True)

    assert resolve_s3(own, {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_REGION": "eu-central-1"}) == own
    assert resolve_s3(S3Settings(), {}) == S3Settings()

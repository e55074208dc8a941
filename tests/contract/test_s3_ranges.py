"""Reading files by ranges, against a real S3 protocol and scripted answers on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from byocplan.discovery.s3_bucket import S3Patience, make_s3_bucket
from byocplan.discovery.s3_ranges import ByteRange, S3File, S3RangeBucket
from byocplan.errors import AccessError, BucketError, FileError, UnreachableError
from byocplan.model.collection import S3Settings
from tests.support.scripted_server import Reply, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.emulator import Emulator

ERROR = "<Error><Code>{code}</Code><Message>hostile text</Message></Error>"
QUICK = S3Patience(connect_timeout_s=2, read_timeout_s=2, attempts=1)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path) -> Iterator[None]:
    """An AWS environment of our own, with nothing of the machine's."""
    nothing = str(tmp_path / "none")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setenv("AWS_CONFIG_FILE", nothing)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", nothing)
        yield


def open_file(url: str, key: str = "a/B1.tif", *, bucket: str = "imagery", payer: bool = False) -> S3File:
    made = make_s3_bucket(bucket, S3Settings(endpoint_url=url), QUICK)
    return S3RangeBucket(bucket, made.client, payer).open(key)


def make_part(data: bytes, start: int, size: int, etag: str = "one") -> Reply:
    span = f"bytes {start}-{start + len(data) - 1}/{size}"
    return Reply(206, data, {"Content-Range": span, "ETag": f'"{etag}"'})


def make_error(status: int, code: str) -> Reply:
    return Reply(status, ERROR.format(code=code).encode(), {"Content-Type": "application/xml"})


def test_ranges_of_a_real_object_are_read_and_its_size_is_known(emulator: Emulator) -> None:
    emulator.put_objects("imagery", [("a/B1.tif", bytes(range(200)))])
    file = open_file(emulator.exports()["AWS_ENDPOINT_URL_S3"])

    first, second = file.read(0, 50), file.read(150, 1000)

    assert first == ByteRange(bytes(range(50)), 200)
    assert second == ByteRange(bytes(range(150, 200)), 200)


def test_an_empty_object_gives_nothing(emulator: Emulator) -> None:
    emulator.put_objects("imagery", [("a/B1.tif", b"")])

    assert open_file(emulator.exports()["AWS_ENDPOINT_URL_S3"]).read(0, 100) == ByteRange(b"", 0)


def test_a_missing_object_is_one_bad_file_and_a_missing_bucket_is_an_end(emulator: Emulator) -> None:
    emulator.put_objects("imagery", [("other", b"x")])
    url = emulator.exports()["AWS_ENDPOINT_URL_S3"]

    with pytest.raises(FileError, match="no longer in the bucket"):
        open_file(url).read(0, 10)
    with pytest.raises(BucketError, match="no such bucket"):
        open_file(url, bucket="no-such-bucket").read(0, 10)


def test_an_object_that_changes_between_two_reads_is_told(emulator: Emulator) -> None:
    emulator.put_objects("imagery", [("a/B1.tif", b"1" * 100)])
    file = open_file(emulator.exports()["AWS_ENDPOINT_URL_S3"])
    file.read(0, 10)
    emulator.put_objects("imagery", [("a/B1.tif", b"2" * 100)])

    with pytest.raises(FileError, match="changed while it was read"):
        file.read(10, 10)


def test_requests_carry_range_version_and_payer() -> None:
    with ScriptedServer(make_part(b"x" * 10, 0, 99), make_part(b"y" * 10, 10, 99)) as server:
        file = open_file(server.url, payer=True)

        answers = [file.read(0, 10), file.read(10, 10)]

    assert [answer.data for answer in answers] == [b"x" * 10, b"y" * 10]
    headers = [{name.lower(): value for name, value in asked.headers.items()} for asked in server.asked]
    assert [each["range"] for each in headers] == ["bytes=0-9", "bytes=10-19"]
    assert [each.get("if-match") for each in headers] == [None, '"one"']
    assert [each["x-amz-request-payer"] for each in headers] == ["requester"] * 2


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (403, "AccessDenied", "denied"),
        (403, "InvalidObjectState", "archive"),
        (404, "NoSuchKey", "no longer"),
        (400, "Odd", "with 400"),
    ],
)
def test_what_is_wrong_with_one_file_is_said_of_it(status: int, code: str, says: str) -> None:
    with ScriptedServer(otherwise=make_error(status, code)) as server, pytest.raises(FileError, match=says) as caught:
        open_file(server.url).read(0, 10)

    assert caught.value.rule == "unreadable"
    assert "hostile" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "ExpiredToken", AccessError),
        (403, "InvalidAccessKeyId", AccessError),
        (301, "PermanentRedirect", BucketError),
        (503, "SlowDown", UnreachableError),
        (500, "InternalError", UnreachableError),
    ],
)
def test_what_every_file_would_meet_is_an_end(status: int, code: str, kind: type[Exception]) -> None:
    with ScriptedServer(otherwise=make_error(status, code)) as server, pytest.raises(kind):
        open_file(server.url).read(0, 10)


def test_a_server_without_ranges_gives_no_more_than_was_asked_for() -> None:
    with ScriptedServer(otherwise=Reply(200, b"z" * 5000, {"ETag": '"one"'})) as server:
        file = open_file(server.url)

        first = file.read(0, 100)
        with pytest.raises(FileError, match="does not answer ranges"):
            file.read(100, 100)

    assert first == ByteRange(b"z" * 100, 5000)


def test_a_body_that_breaks_off_is_asked_for_again() -> None:
    broken = Reply(206, b"x" * 10, {"Content-Range": "bytes 0-9/99", "ETag": '"one"'}, drop="middle")
    with ScriptedServer(broken, make_part(b"x" * 10, 0, 99)) as server:
        answer = open_file(server.url).read(0, 10)

    assert answer.data == b"x" * 10
    assert len(server.asked) == 2


def test_nobody_there_is_an_end() -> None:
    with pytest.raises(UnreachableError):
        open_file("http://127.0.0.1:9").read(0, 10)

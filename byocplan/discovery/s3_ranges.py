"""Files of a bucket on S3, read by ranges. Reads S3 through the client that listing uses, with the same settings.

What is wrong with one file is a FileError; what would be wrong with every file (no credentials, no bucket, nobody
answers) is raised as listing raises it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError
from botocore.parsers import ResponseParserError

from byocplan.discovery.s3_bucket import S3Patience, make_s3_bucket
from byocplan.discovery.s3_failure import EXPIRED, MOVED_STATUSES, REJECTED, make_s3_error
from byocplan.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.collection import S3Settings

#: A body that breaks off is asked for again; the library repeats requests, but not that.
TRIES = 3
#: Connections kept in one process: as many as tasks and their threads use at once.
CONNECTIONS = 32
FORBIDDEN, NOT_FOUND, CHANGED, NO_SUCH_RANGE, SERVER_ERROR = 403, 404, 412, 416, 500
#: Error codes that every file of the bucket would meet.
HOPELESS = EXPIRED | REJECTED | {"NoSuchBucket", "RequestTimeTooSkewed"}


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Some bytes of a file (fewer than asked for at its end) and how many it has in all."""

    data: bytes
    size: int


class RangeFile(Protocol):
    """A file whose bytes can be read by ranges."""

    def read(self, start: int, length: int) -> ByteRange:
        """Return bytes; one request. Raises FileError, AccessError, BucketError or UnreachableError."""


class RangeBucket(Protocol):
    """A bucket whose files can be read. Safe to use from several threads at once."""

    def open(self, key: str) -> RangeFile:
        """Return the file of a key; sends nothing yet."""


@dataclass(slots=True)
class S3File:
    """One object; once something was read, all further reads are of the same version of it."""

    bucket: S3RangeBucket
    key: str
    etag: str = ""

    def read(self, start: int, length: int) -> ByteRange:
        """Return bytes. Endpoint: GetObject with Range, and If-Match from the second read on."""
        arguments = {"Bucket": self.bucket.name, "Key": self.key, "Range": f"bytes={start}-{start + length - 1}"}
        if self.etag:
            arguments["IfMatch"] = self.etag
        if self.bucket.request_payer:
            arguments["RequestPayer"] = "requester"
        for attempt in range(TRIES):
            try:
                return self._get(arguments, start, length)
            except ClientError as failure:
                return self._judge(failure)
            except (BotoCoreError, ResponseParserError) as failure:
                if attempt + 1 == TRIES:
                    raise self._make_error(failure) from failure
        raise AssertionError("unreachable")

    def _get(self, arguments: Mapping[str, str], start: int, length: int) -> ByteRange:
        answer = self.bucket.client.get_object(**arguments)
        whole = answer.get("ContentRange", "").rpartition("/")[2]
        with answer["Body"] as body:
            # A server that knows no ranges sends everything from the start: no more than was asked for is taken.
            data = body.read(length)
        if len(data) < (announced := min(length, answer["ContentLength"])):
            raise IncompleteReadError(actual_bytes=len(data), expected_bytes=announced)
        if start and not whole:
            raise FileError("unreadable", "the S3 endpoint does not answer ranges")
        self.etag = answer.get("ETag", "")
        return ByteRange(data, int(whole) if whole.isdigit() else answer["ContentLength"])

    def _judge(self, failure: ClientError) -> ByteRange:
        """Return nothing for an empty file; raise what else the answer means."""
        code = str(failure.response.get("Error", {}).get("Code", ""))
        status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status == NO_SUCH_RANGE and not self.etag:
            return ByteRange(b"", 0)
        if code in HOPELESS or status in MOVED_STATUSES or status >= SERVER_ERROR:
            raise self._make_error(failure) from failure
        raise FileError("unreadable", _describe(code, status)) from failure

    def _make_error(self, failure: Exception) -> Exception:
        return make_s3_error(failure, self.bucket.name, self.bucket.client.meta.endpoint_url)


@dataclass(frozen=True, slots=True)
class S3RangeBucket:
    """One bucket and the client that reads it."""

    name: str
    client: Any
    request_payer: bool = False

    def open(self, key: str) -> S3File:
        """Return the file of a key; sends nothing yet."""
        return S3File(self, key)


@cache
def open_s3_ranges(name: str, settings: S3Settings) -> RangeBucket:
    """Return a bucket as ``settings`` and the AWS environment of this process reach it; sends nothing yet.

    Kept for the life of the process: tasks of one run share its connections.
    """
    bucket = make_s3_bucket(name, settings, S3Patience(connections=CONNECTIONS))
    return S3RangeBucket(name, bucket.client, bucket.request_payer)


def _describe(code: str, status: int) -> str:
    if code == "InvalidObjectState":
        return "it is in an archive storage class; restore it first"
    if status == NOT_FOUND:
        return "it is no longer in the bucket"
    if status == CHANGED:
        return "it changed while it was read"
    if status == FORBIDDEN:
        return "reading it was denied; allow s3:GetObject"
    return f"S3 refused to read it with {status}"

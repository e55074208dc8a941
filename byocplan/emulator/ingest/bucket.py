"""The S3 endpoint that ingestion reads from. Touches the network; the only user of boto3 in the emulator."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ACCESS_KEY = SECRET_KEY = "emulator"  # noqa: S105
REGION = "eu-central-1"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a listing; the ETag keeps its quotes."""

    key: str
    etag: str
    size: int


class BucketError(Exception):
    """A bucket or object cannot be read; the text is the cause of failure."""


@lru_cache(maxsize=1)
def make_embedded_session() -> Any:
    """Return the session of all embedded endpoints: a new one would read botocore's large data files again."""
    import boto3

    return boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)


def make_s3_client(url: str | None, *, embedded: bool) -> Any:
    """Return a client of an endpoint; credentials are boto3's own for an external one."""
    import boto3
    from botocore.config import Config

    config = Config(
        s3={"addressing_style": "path"},
        retries={"max_attempts": 2},
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=10,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = make_embedded_session() if embedded else boto3.session.Session()
    return session.client("s3", endpoint_url=url, config=config)


def ask(call: Callable[..., Any], bucket: str, **arguments: Any) -> Any:
    """Call the endpoint; raises BucketError with the cause in words."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call(Bucket=bucket, **arguments)
    except ClientError as problem:
        code = problem.response.get("Error", {}).get("Code", "")
        if code == "NoSuchBucket":
            raise BucketError(f"bucket: {bucket} does not exist.") from None
        if code in {"404", "NoSuchKey", "NotFound"}:
            raise BucketError(f"missing file: {arguments.get('Key')} does not exist.") from None
        raise BucketError(f"bucket: {bucket} cannot be read ({code}).") from None
    except BotoCoreError as problem:
        raise BucketError(f"bucket: {bucket} cannot be reached ({type(problem).__name__}).") from None


def iter_objects(client: Any, bucket: str, prefix: str, delimiter: str = "") -> Iterator[StoredObject]:
    """Yield the objects under a prefix, one request a thousand."""
    arguments: dict[str, Any] = {"Prefix": prefix} | ({"Delimiter": delimiter} if delimiter else {})
    while True:
        page = ask(client.list_objects_v2, bucket, **arguments)
        for entry in page.get("Contents", ()):
            yield StoredObject(entry["Key"], entry["ETag"], entry["Size"])
        if not page.get("IsTruncated"):
            return
        arguments["ContinuationToken"] = page["NextContinuationToken"]


def find_object(client: Any, bucket: str, key: str) -> StoredObject | None:
    """Return one object's ETag and size, none when it is missing."""
    try:
        head = ask(client.head_object, bucket, Key=key)
    except BucketError as problem:
        if str(problem).startswith("missing"):
            return None
        raise
    return StoredObject(key, head["ETag"], head["ContentLength"])


class ObjectReader:
    """The first bytes of one object, fetched once each; a change of the object in between is an error."""

    def __init__(self, client: Any, bucket: str, stored: StoredObject) -> None:
        self._client, self._bucket, self._stored = client, bucket, stored
        self._data = b""

    def read_to(self, end: int) -> bytes:
        """Return the first ``end`` bytes."""
        if end > len(self._data):
            wanted = f"bytes={len(self._data)}-{end - 1}"
            etag = self._stored.etag
            answer = ask(self._client.get_object, self._bucket, Key=self._stored.key, Range=wanted, IfMatch=etag)
            self._data += answer["Body"].read()
        return self._data

"""Small objects under one prefix of a bucket, written on conditions. Touches S3: the state's only use of boto3.

Credentials, profile, region and endpoint come from the AWS chain; what the manifest says stands over it. Only error
codes are taken from answers, never their messages: these are written by whoever runs the endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from botocore import exceptions as aws
from botocore.config import Config

from byocplan.errors import AccessError, ByocplanError, StateError, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.model.collection import S3Settings

#: Conflict: another write to the same object was under way. Source: S3 API, PutObject, conditional writes.
REFUSED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
DENIED = frozenset({401, 403})
MOVED = frozenset({301, 302, 307, 308})
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500
#: Larger than any state; whatever is there instead is not read.
LONGEST = 64 * 1024 * 1024
CHUNK = 1 << 20

LOGIN = "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in again"
CHECK = "check the network and the S3 endpoint (spec.s3.endpointUrl or AWS_ENDPOINT_URL_S3), then run again"
GRANT = "allow s3:GetObject, s3:PutObject and s3:DeleteObject under the prefix of spec.state, and s3:ListBucket"


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it was read; ``etag`` is what a condition on it takes."""

    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take and how often it is tried; together far less than a lease lasts."""

    connect_timeout_s: float = 3
    read_timeout_s: float = 7
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """The objects of one bucket whose keys begin with ``prefix``, which ends with a slash."""

    client: Any
    bucket: str
    prefix: str

    def locate(self, name: str) -> str:
        """Return the address of an object, for people."""
        return f"s3://{self.bucket}/{self.prefix}{name}"

    def get(self, name: str) -> Stored | None:
        """Return an object, None when there is none. Endpoint: GetObject."""
        try:
            answer = self.client.get_object(**self._address(name))
            body: bytes = answer["Body"].read(LONGEST)
        except (aws.BotoCoreError, aws.ClientError, OSError) as failure:
            if _get_code(failure) in ABSENT:
                return None
            raise self._explain(failure, name, "read") from failure
        return Stored(answer["ETag"], body)

    def download(self, name: str, into: Path) -> bool:
        """Copy an object, of any size, to a file and tell whether there was one. Endpoint: GetObject."""
        try:
            answer = self.client.get_object(**self._address(name))
            with into.open("wb") as file:
                for chunk in answer["Body"].iter_chunks(CHUNK):
                    file.write(chunk)
        except (aws.BotoCoreError, aws.ClientError, OSError) as failure:
            if _get_code(failure) in ABSENT:
                return False
            raise self._explain(failure, name, "read") from failure
        return True

    def upload(self, name: str, source: Path) -> None:
        """Put a file, whatever is there; it may have 5 GB. Endpoint: PutObject."""
        with source.open("rb") as file:
            self._put(name, file, {})

    def discard(self, name: str) -> None:
        """Delete an object, whatever is there. Endpoint: DeleteObject."""
        try:
            self.client.delete_object(**self._address(name))
        except (aws.BotoCoreError, aws.ClientError) as failure:
            raise self._explain(failure, name, "deleted") from failure

    def create(self, name: str, body: bytes) -> str | None:
        """Put an object where there is none and return its ETag; None when there is one. Endpoint: PutObject."""
        return self._put(name, body, {"IfNoneMatch": "*"})

    def replace(self, name: str, body: bytes, etag: str) -> str | None:
        """Put an object in place of the one with ``etag``; None when that is gone. Endpoint: PutObject."""
        return self._put(name, body, {"IfMatch": etag})

    def put(self, name: str, body: bytes) -> None:
        """Put an object, whatever is there. Endpoint: PutObject."""
        self._put(name, body, {})

    def remove(self, name: str, etag: str) -> bool:
        """Delete the object with ``etag``, and tell whether it was there.

        Endpoint: DeleteObject. A store that knows no condition on it deletes whatever is there.
        """
        try:
            self.client.delete_object(**self._address(name), IfMatch=etag)
        except (aws.BotoCoreError, aws.ClientError) as failure:
            if _get_code(failure) in REFUSED | ABSENT:
                return False
            raise self._explain(failure, name, "deleted") from failure
        return True

    def _put(self, name: str, body: bytes | BinaryIO, condition: dict[str, str]) -> str | None:
        try:
            etag: str = self.client.put_object(**self._address(name), Body=body, **condition)["ETag"]
        except (aws.BotoCoreError, aws.ClientError) as failure:
            if not condition or _get_code(failure) not in REFUSED | ABSENT:
                raise self._explain(failure, name, "written") from failure
            return self._find_own(name, body)
        return etag

    def _find_own(self, name: str, body: bytes | BinaryIO) -> str | None:
        """Return the ETag when the refused object stands there all the same.

        The library repeats a request whose answer was lost; the repetition is refused because the first one counted.
        """
        stored = self.get(name)
        return stored.etag if stored is not None and stored.body == body else None

    def _address(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + name}

    def _explain(self, failure: Exception, name: str, verb: str) -> ByocplanError:
        return make_error(failure, self.locate(name), verb, str(self.client.meta.endpoint_url))


def open_store(bucket: str, prefix: str, settings: S3Settings, patience: Patience = Patience()) -> ObjectStore:
    """Return the store as ``settings`` and the AWS environment reach it; sends nothing yet."""
    config = Config(
        connect_timeout=patience.connect_timeout_s,
        read_timeout=patience.read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": patience.attempts},
        user_agent_extra="byocplan",
    )
    try:
        session = boto3.session.Session(profile_name=settings.profile, region_name=settings.region)
        client = session.client("s3", endpoint_url=settings.endpoint_url, config=config)
        client.meta.events.register("before-call.s3.HeadBucket", _stay)
    except (aws.BotoCoreError, ValueError) as failure:
        raise make_error(failure, f"s3://{bucket}/{prefix}", "opened", settings.endpoint_url or "") from failure
    return ObjectStore(client, bucket, prefix)


def _stay(params: dict[str, Any], **_: object) -> None:
    """Keep the library from asking for the region of a bucket in order to ask for the region of that bucket."""
    params["context"].setdefault("s3_redirect", {})["redirected"] = True


def make_error(failure: Exception, where: str, verb: str, endpoint_url: str) -> ByocplanError:
    """Return what to raise for ``failure``; its text holds no credentials and nothing the endpoint wrote."""
    kind, origin = type(failure).__name__, _make_origin(endpoint_url)
    if isinstance(failure, aws.ClientError):
        return _make_answer_error(failure, where, verb, origin)
    if isinstance(failure, (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError)):
        return AccessError(f"no usable AWS credentials for the state at {where} ({kind})", LOGIN)
    if isinstance(failure, (aws.ProfileNotFound, aws.SSOError, aws.TokenRetrievalError, aws.MetadataRetrievalError)):
        return AccessError(f"no usable AWS credentials for the state at {where} ({kind})", LOGIN)
    if isinstance(failure, (aws.ConnectionError, aws.HTTPClientError, aws.IncompleteReadError, OSError)):
        return UnreachableError("S3", origin, kind, CHECK)
    return StateError(where, f"cannot be {verb} ({kind})", "check spec.state and spec.s3")


def _make_answer_error(failure: aws.ClientError, where: str, verb: str, origin: str) -> ByocplanError:
    code, status = _get_code(failure), _get_status(failure)
    shown = str(status) if code in ("", str(status)) else f"{status} {code}"
    if code == "NoSuchBucket":
        return StateError(where, "there is no such bucket", "make it, or check spec.state and the S3 endpoint")
    if status == TOO_MANY_REQUESTS or status >= SERVER_ERROR:
        return UnreachableError("S3", origin, shown, "wait and run again")
    if status in DENIED:
        return AccessError(f"the state at {where} cannot be {verb} ({code or status})", f"{LOGIN}; {GRANT}")
    if status in MOVED:
        return StateError(where, "the bucket is in another region", "set spec.s3.region to the region of the bucket")
    return StateError(where, f"cannot be {verb} (S3 answered {shown})", "check spec.state and the S3 endpoint")


def _make_origin(url: str) -> str:
    """Return scheme, host and port of a URL: user names and passwords written into it are not shown."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _get_code(failure: Exception) -> str:
    answer = getattr(failure, "response", None) if isinstance(failure, aws.ClientError) else None
    return str((answer or {}).get("Error", {}).get("Code", ""))


def _get_status(failure: aws.ClientError) -> int:
    status: int = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status

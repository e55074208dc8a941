"""A bucket on S3 behind the listing seam. Reads S3 through boto3, which no other module here imports.

Credentials, profile, region and endpoint come from the AWS chain (environment, shared files, instance roles); what the
manifest says stands over it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from byocplan.discovery.listing import Presence
from byocplan.discovery.s3_failure import CHECK_ENDPOINT, make_policy_error, make_read_error, make_s3_error
from byocplan.discovery.s3_page import decode_page, take_out_keys
from byocplan.errors import BucketError, ByocplanError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.discovery.listing import ObjectPage
    from byocplan.model.collection import S3Settings

USER_AGENT = "byocplan"
NOT_FOUND = 404
NO_POLICY = "NoSuchBucketPolicy"
#: Requests for single keys at once; no more than the client keeps connections.
PROBES_AT_ONCE = 8
#: Bytes of an object handed on at a time, and how often an answer that broke off is taken up again.
PIECE_BYTES, RESUMES = 1024 * 1024, 3


@dataclass(frozen=True, slots=True)
class S3Patience:
    """How long one request may take and how often it is tried."""

    connect_timeout_s: float = 10
    read_timeout_s: float = 60
    attempts: int = 4
    connections: int = 10


@dataclass(frozen=True, slots=True)
class S3Bucket:
    """One bucket and the client that lists it."""

    name: str
    client: Any
    request_payer: bool = False

    def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield every key that begins with ``prefix``. Endpoint: ListObjectsV2, 1,000 keys a request."""
        return self._iter_pages({"Prefix": prefix})

    def iter_pages_after(self, prefix: str, after: str) -> Iterator[ObjectPage]:
        """Yield every key that begins with ``prefix`` and comes after ``after``. Endpoint: ListObjectsV2."""
        return self._iter_pages({"Prefix": prefix, "StartAfter": after})

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield the keys that begin with ``prefix`` and have no ``/`` behind it. Endpoint: ListObjectsV2."""
        return self._iter_pages({"Prefix": prefix, "Delimiter": "/"})

    def iter_content(self, bucket: str, key: str) -> Iterator[bytes]:
        """Yield the content of an object piece by piece. Endpoint: GetObject; again from where an answer broke off."""
        position, etag, resumes = 0, "", 0
        while True:
            try:
                answer = self.client.get_object(**self._make_request(bucket, key, position, etag))
                etag = answer.get("ETag", "")
                with closing(answer["Body"]) as body:
                    for piece in body.iter_chunks(PIECE_BYTES):
                        position += len(piece)
                        yield piece
            except (BotoCoreError, ClientError, ResponseParserError) as failure:
                resumes += 1
                if isinstance(failure, ClientError) or not position or resumes > RESUMES:
                    raise make_read_error(failure, bucket, key, self.client.meta.endpoint_url) from failure
            else:
                return

    def _make_request(self, bucket: str, key: str, position: int, etag: str) -> dict[str, str]:
        """Return what asks for an object, or for the rest of it as long as it is the same."""
        request = {"Bucket": bucket, "Key": key}
        if self.request_payer:
            request["RequestPayer"] = "requester"
        if position:
            request |= {"Range": f"bytes={position}-", "IfMatch": etag}
        return request

    def find_region(self) -> str | None:
        """Return the region that S3 tells, None where it tells none. Endpoint: HeadBucket, one request."""
        try:
            answer = self.client.head_bucket(Bucket=self.name)
        except ClientError as failure:
            answer = failure.response
        except (BotoCoreError, ResponseParserError):
            return None
        region = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
        return str(region) if region else None

    def find_policy(self) -> str | None:
        """Return the bucket policy as JSON text, None where there is none. Endpoint: GetBucketPolicy, one request."""
        try:
            return str(self.client.get_bucket_policy(Bucket=self.name).get("Policy", ""))
        except ClientError as failure:
            if failure.response.get("Error", {}).get("Code") == NO_POLICY:
                return None
            raise make_policy_error(failure, self.name, self.client.meta.endpoint_url) from failure
        except (BotoCoreError, ResponseParserError) as failure:
            raise make_policy_error(failure, self.name, self.client.meta.endpoint_url) from failure

    def probe(self, keys: Sequence[str]) -> Sequence[Presence]:
        """Return what is known of each key, in order. Endpoint: HeadObject, one request a key."""
        with ThreadPoolExecutor(PROBES_AT_ONCE) as pool:
            return list(pool.map(self._probe, keys))

    def _probe(self, key: str) -> Presence:
        arguments = {"Bucket": self.name, "Key": key}
        if self.request_payer:
            arguments["RequestPayer"] = "requester"
        try:
            self.client.head_object(**arguments)
        except ClientError as failure:
            if failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == NOT_FOUND:
                return Presence.GONE
            return _refuse(make_s3_error(failure, self.name, self.client.meta.endpoint_url), failure)
        except (BotoCoreError, ResponseParserError) as failure:
            return _refuse(make_s3_error(failure, self.name, self.client.meta.endpoint_url), failure)
        return Presence.THERE

    def _iter_pages(self, query: Mapping[str, str]) -> Iterator[ObjectPage]:
        arguments = {"Bucket": self.name, **query}
        if self.request_payer:
            arguments["RequestPayer"] = "requester"
        while True:
            answer = self._list(arguments)
            yield self._decode(answer)
            if not answer["IsTruncated"]:
                return
            token = answer.get("NextContinuationToken")
            if not token or token == arguments.get("ContinuationToken"):
                raise BucketError(self.name, "the listing does not go on after a page", "check the S3 endpoint")
            arguments["ContinuationToken"] = token

    def _decode(self, answer: Mapping[str, Any]) -> ObjectPage:
        try:
            return decode_page(answer)
        except (KeyError, ValueError) as failure:
            reason = f"the listing cannot be read ({type(failure).__name__})"
            raise BucketError(self.name, reason, CHECK_ENDPOINT) from failure

    def _list(self, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = self.client.list_objects_v2(**arguments)
        except (BotoCoreError, ClientError, ResponseParserError) as failure:
            raise make_s3_error(failure, self.name, self.client.meta.endpoint_url) from failure
        # Any XML answered with 200 would pass for an empty bucket.
        if "IsTruncated" not in answer:
            raise BucketError(self.name, "the answer is no listing", CHECK_ENDPOINT)
        return answer


def make_s3_bucket(
    name: str, settings: S3Settings, patience: S3Patience = S3Patience(), *, is_signed: bool = True
) -> S3Bucket:
    """Return the bucket ``name`` as ``settings`` and the AWS environment reach it; sends nothing yet.

    With ``is_signed`` False it is reached as by anybody: no credentials are looked for, and none are sent.
    """
    try:
        client = _make_client(settings, patience, is_signed=is_signed)
    except (BotoCoreError, ValueError) as failure:
        raise make_s3_error(failure, name, settings.endpoint_url or "") from failure
    return S3Bucket(name, client, request_payer=settings.request_payer)


def _make_client(settings: S3Settings, patience: S3Patience, *, is_signed: bool) -> Any:
    core = botocore.session.Session(profile=settings.profile)
    # Times stay text: the library's own parser takes two thirds of the time of a listing.
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_keep)
    session = boto3.session.Session(botocore_session=core, region_name=settings.region)
    config = Config(
        connect_timeout=patience.connect_timeout_s,
        read_timeout=patience.read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": patience.attempts},
        max_pool_connections=patience.connections,
        user_agent_extra=USER_AGENT,
        **({} if is_signed else {"signature_version": UNSIGNED}),
    )
    client = session.client("s3", endpoint_url=settings.endpoint_url, config=config)
    client.meta.events.register("before-call.s3.HeadBucket", _stay)
    # Named so, it comes before the library's own look at the body (``before-parse.s3.*``), which reads all of it.
    client.meta.events.register_first("before-parse.*.ListObjectsV2", take_out_keys)
    return client


def _stay(params: dict[str, Any], **_: object) -> None:
    """Keep the library from asking for the region of a bucket in order to ask for the region of that bucket."""
    params["context"].setdefault("s3_redirect", {})["redirected"] = True


def _refuse(error: ByocplanError, failure: Exception) -> Presence:
    """Return that nothing is known; raise where nobody answered, since the next key would wait in vain too."""
    if isinstance(error, UnreachableError):
        raise error from failure
    return Presence.UNKNOWN


def _keep(value: object) -> object:
    return value

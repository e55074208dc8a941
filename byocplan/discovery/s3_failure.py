"""What S3 or the AWS library raised in, our errors with the mend out. Pure; the texts hold no credentials.

Only error codes are taken from answers, never their messages: these are written by whoever runs the endpoint.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from botocore import exceptions as aws

from byocplan.errors import AccessError, BucketError, ByocplanError, UnreachableError

NO_BUCKET = frozenset({"NoSuchBucket", "404", "NotFound"})
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidToken", "RequestExpired", "TokenRefreshRequired"})
REJECTED = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidClientTokenId", "InvalidSecurity"})
DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "Unauthorized"})
ELSEWHERE = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "Redirect",
        "TemporaryRedirect",
    }
)
GONE_ON = frozenset({"PreconditionFailed", "InvalidRange"})
MOVED_STATUSES = frozenset({301, 302, 307, 308})
DENIED_STATUSES = frozenset({401, 403})
#: What is not allowed at all, or not made: another account's policy on AWS, any policy on some servers.
NOT_OFFERED = frozenset({405, 501})
MAX_SHOWN = 64
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500

LOGIN = "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in again"
CHECK_PROFILE = "check spec.s3.profile or AWS_PROFILE against `aws configure list-profiles`"
CHECK_NAME = "check spec.s3Bucket and the S3 endpoint (spec.s3.endpointUrl or AWS_ENDPOINT_URL_S3)"
CHECK_ENDPOINT = "check the network and the S3 endpoint (spec.s3.endpointUrl or AWS_ENDPOINT_URL_S3), then run again"
WAIT = "wait and run again; if that does not help, check the S3 endpoint"

#: Exceptions that mean: no usable credentials were found, or they could not be fetched.
CREDENTIAL_FAILURES = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.ProfileNotFound,
    aws.SSOError,
    aws.TokenRetrievalError,
    aws.NoAuthTokenError,
    aws.InvalidConfigError,
    aws.ConfigParseError,
    aws.ConfigNotFound,
    aws.MetadataRetrievalError,
)


def make_s3_error(failure: Exception, bucket: str, endpoint_url: str) -> ByocplanError:
    """Return what to raise for ``failure``, which a listing of ``bucket`` met at ``endpoint_url``."""
    if isinstance(failure, aws.ClientError):
        return _make_answer_error(failure, bucket, endpoint_url)
    kind = type(failure).__name__
    if isinstance(failure, CREDENTIAL_FAILURES):
        return _make_login_error(failure, bucket)
    if isinstance(failure, (aws.ParamValidationError, aws.InvalidRegionError)):
        return BucketError(bucket, f"the name or the region is not valid ({kind})", "check spec.s3Bucket and s3.region")
    if isinstance(failure, (aws.ConnectionError, aws.HTTPClientError, aws.IncompleteReadError)):
        return UnreachableError("S3", make_origin(endpoint_url), kind, CHECK_ENDPOINT)
    if isinstance(failure, ValueError):
        return BucketError(bucket, "the S3 endpoint is no URL", CHECK_ENDPOINT)
    return BucketError(bucket, f"the answer cannot be read ({kind})", CHECK_ENDPOINT)


def make_read_error(failure: Exception, bucket: str, key: str, endpoint_url: str) -> ByocplanError:
    """Return what to raise for ``failure``, which reading one object met at ``endpoint_url``."""
    where = f"{bucket}/{key}"
    if isinstance(failure, aws.ClientError):
        code = str(failure.response.get("Error", {}).get("Code", ""))
        status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code == "NoSuchKey":
            return BucketError(where, "there is no such object", "check its address in the manifest")
        if code in GONE_ON:
            return BucketError(where, "it was replaced while it was read", "run again")
        if code in DENIED or (status in DENIED_STATUSES and code not in EXPIRED | REJECTED):
            mend = "allow s3:GetObject on it, and s3:ListBucket, without which a missing object looks like a denied one"
            return AccessError(f"reading s3://{where} was denied ({code or status})", mend)
    if isinstance(failure, aws.FlexibleChecksumError):
        return BucketError(where, "what arrived is not what its checksum says", "run again")
    return make_s3_error(failure, bucket, endpoint_url)


def make_policy_error(failure: Exception, bucket: str, endpoint_url: str) -> ByocplanError:
    """Return what to raise for ``failure``, which reading the policy of ``bucket`` met at ``endpoint_url``."""
    if isinstance(failure, aws.ClientError):
        code = str(failure.response.get("Error", {}).get("Code", ""))
        status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in DENIED or (status in DENIED_STATUSES and code not in EXPIRED | REJECTED):
            mend = "allow s3:GetBucketPolicy on it, or ask its owner"
            return AccessError(f"reading the policy of s3://{bucket} was denied ({code or status})", mend)
        if status in NOT_OFFERED:
            return BucketError(bucket, f"S3 does not give its policy ({_name_answer(status, code)})", "ask its owner")
    return make_s3_error(failure, bucket, endpoint_url)


def make_origin(url: str) -> str:
    """Return scheme, host and port of a URL: user names and passwords written into it are not shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}"


def _make_login_error(failure: aws.BotoCoreError, bucket: str) -> AccessError:
    """Return our error for credentials that were not found; a profile is named, since it may come from anywhere."""
    what = f"no usable AWS credentials for s3://{bucket}"
    if isinstance(failure, aws.ProfileNotFound):
        profile = str(failure.kwargs.get("profile", ""))[:MAX_SHOWN]
        return AccessError(f"{what}: there is no profile {profile!r}", CHECK_PROFILE)
    return AccessError(f"{what} ({type(failure).__name__})", LOGIN)


def _make_answer_error(failure: aws.ClientError, bucket: str, endpoint_url: str) -> ByocplanError:
    """Return our error for an answer of S3 that is an error document."""
    code = str(failure.response.get("Error", {}).get("Code", ""))
    status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in ELSEWHERE or status in MOVED_STATUSES:
        return BucketError(bucket, "the bucket is in another region", _make_region_mend(failure))
    if code in NO_BUCKET:
        return BucketError(bucket, "there is no such bucket", CHECK_NAME)
    if status in (SERVER_ERROR, TOO_MANY_REQUESTS) or status > SERVER_ERROR:
        return UnreachableError("S3", make_origin(endpoint_url), _name_answer(status, code), WAIT)
    refusal = _find_access_error(code, status, bucket)
    return refusal or BucketError(bucket, f"S3 refused to list it with {_name_answer(status, code)}", CHECK_NAME)


def _find_access_error(code: str, status: int, bucket: str) -> AccessError | None:
    """Return the error for credentials that are stale, wrong or too weak, None for any other answer."""
    if code in EXPIRED:
        return AccessError(f"the AWS session for s3://{bucket} has expired ({code})", "log in again, then run again")
    if code in REJECTED:
        return AccessError(f"S3 rejects the AWS credentials for s3://{bucket} ({code})", LOGIN)
    if code == "RequestTimeTooSkewed":
        return AccessError("S3 refuses requests because this computer's clock is off", "set the clock, then run again")
    if code in DENIED or status in DENIED_STATUSES:
        mend = "allow s3:ListBucket on the bucket; if the requester pays for it, set s3.requestPayer: true"
        return AccessError(f"listing s3://{bucket} was denied ({code or status})", mend)
    return None


def _name_answer(status: int, code: str) -> str:
    """Return ``503 SlowDown``; where an answer has no code of its own, the library repeats the status."""
    return str(status) if code in ("", str(status)) else f"{status} {code}"


def _make_region_mend(failure: aws.ClientError) -> str:
    headers = failure.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = headers.get("x-amz-bucket-region")
    return f"set s3.region: {region}" if region else "set s3.region to the region of the bucket"

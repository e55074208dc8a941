"""The S3 bucket behind the listing seam, against a real S3 protocol on loopback."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from byocplan.discovery.listing import Presence, SeekableBucket
from byocplan.discovery.s3_bucket import S3Bucket, S3Patience, make_s3_bucket
from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.model.collection import S3Settings
from byocplan.model.pattern import Where, make_date_range
from tests.support.discovery import discover, make_path_source, make_pattern_source
from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.seaweed import run_seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = S3Patience(connect_timeout_s=2, read_timeout_s=2, attempts=1)
SECRET = "wJalrXUtnFEMIsecretEXAMPLEKEY"
LISTING = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A moto S3 server on a free port."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_seaweed(tmp_path_factory.mktemp("weed")) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An AWS environment of our own, with nothing of the machine's."""
    nothing = str(tmp_path_factory.mktemp("aws") / "none")
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in values.items():
            patch.setenv(name, value)
        yield


def fill_bucket(server: str, name: str, keys: list[str]) -> Any:
    """Make a bucket with small objects, and return a client of it."""
    client = boto3.client("s3", endpoint_url=server)
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key in keys:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(name, key, b"x")
    return client


@dataclass(slots=True)
class Canned:
    """A server that answers every request alike, and keeps what came."""

    url: str = ""
    status: int = 200
    body: str = ""
    requests: list[str] = field(default_factory=list)

    def make_bucket(self, *, request_payer: bool = False) -> S3Bucket:
        return make_s3_bucket("b-b", S3Settings(self.url, request_payer=request_payer), QUICK)

    def answer(self, status: int, body: str) -> None:
        self.status, self.body = status, body
        self.requests.clear()


@pytest.fixture(scope="module")
def canned() -> Iterator[Canned]:
    canned = Canned()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            canned.requests.append(f"{self.path}\n{self.headers}".lower())
            self.send_response(canned.status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(canned.body)))
            self.end_headers()
            self.wfile.write(canned.body.encode())

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        canned.url = f"http://127.0.0.1:{web.server_port}"
        thread = Thread(target=web.serve_forever)
        thread.start()
        yield canned
        web.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def canned_bucket(canned: Canned) -> S3Bucket:
    return canned.make_bucket()


def make_error_body(code: str) -> str:
    return f"<Error><Code>{code}</Code><Message>told {SECRET}</Message></Error>"


def test_pages_hold_keys_bare_etags_and_instants_in_order(server: str) -> None:
    client = fill_bucket(server, "pages", ["a/B1.tif", "a/ü b,c+%41.tif", "b/B1.tif", "a/"])
    bucket = make_s3_bucket("pages", S3Settings(endpoint_url=server))

    pages = list(bucket.iter_pages("a/"))

    head = client.head_object(Bucket="pages", Key="a/B1.tif")
    assert [page.keys for page in pages] == [["a/", "a/B1.tif", "a/ü b,c+%41.tif"]]
    assert pages[0].etags[1] == head["ETag"].strip('"')
    assert abs(pages[0].modified_ms[1] - head["LastModified"].timestamp() * 1000) < 1000


def test_more_than_a_thousand_keys_come_in_several_pages_each_once(server: str) -> None:
    keys = [f"p/{number:05}.tif" for number in range(1003)]
    fill_bucket(server, "many", keys)

    pages = list(make_s3_bucket("many", S3Settings(endpoint_url=server)).iter_pages("p/"))

    assert [len(page) for page in pages] == [1000, 3]
    assert [key for page in pages for key in page.keys] == keys


def test_children_leave_sub_folders_out(server: str) -> None:
    fill_bucket(server, "children", ["f/B1.tif", "f/sub/B1.tif", "f.tif"])

    pages = list(make_s3_bucket("children", S3Settings(endpoint_url=server)).iter_children("f/"))

    assert [key for page in pages for key in page.keys] == ["f/B1.tif"]


def test_a_listing_begins_where_it_is_told_to_and_says_what_follows(server: str) -> None:
    keys = [f"p/{folder}/{number:04}.tif" for folder in "ab" for number in range(600)]
    fill_bucket(server, "stretch", keys)
    bucket = make_s3_bucket("stretch", S3Settings(endpoint_url=server))

    pages = list(bucket.iter_pages_after("p/", "p/a/0099.tif"))
    level = next(iter(bucket.iter_children("p/")))

    assert isinstance(bucket, SeekableBucket)
    assert [key for page in pages for key in page.keys] == keys[100:]
    assert [page.has_more for page in pages] == [True, False]
    assert (level.keys, level.folders) == ([], ["p/a/", "p/b/"])


@pytest.mark.parametrize("kind", ["moto", "seaweed"])
def test_a_long_listing_in_parts_finds_every_key_once(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("server" if kind == "moto" else "seaweed")
    keys = [
        f"S2/2020/{month:02}-{day}/T{number:03} ü+/B1.tif"
        for month in (1, 2)
        for day in range(3)
        for number in range(17)
    ]
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1")
    client.create_bucket(Bucket="parts")
    for key in keys:
        client.put_object(Bucket="parts", Key=key, Body=b"x")
    bucket = make_s3_bucket("parts", S3Settings(endpoint_url=url, region="us-east-1"))
    # So that ten keys make a page.
    bucket.client.meta.events.register(
        "before-parameter-build.s3.ListObjectsV2", lambda params, **_: params.update(MaxKeys=10)
    )
    source = make_pattern_source("S2/{year}/{when}/{grid}/(BAND).tif")

    result = discover(bucket, source)

    assert sorted(result.tiles) == sorted(key.replace("B1", "(BAND)") for key in keys)
    assert result.report.sources[0].keys == len(keys)


def test_archived_objects_are_told(server: str) -> None:
    client = fill_bucket(server, "archive", ["a.tif"])
    client.put_object(Bucket="archive", Key="b.tif", Body=b"x", StorageClass="GLACIER")

    pages = list(make_s3_bucket("archive", S3Settings(endpoint_url=server)).iter_pages(""))

    assert pages[0].archived == {"b.tif"}


def test_discovery_through_s3_groups_patterns_and_paths(server: str) -> None:
    keys = [f"2019/{month}/27/28V/{band}.tif" for month in (1, 11) for band in ("B01", "B02")]
    fill_bucket(server, "discovery", [*keys, "2019/11/27/28V/preview.jpg", "scene/B01.TIFF", "scene/B02.TIFF"])
    bucket = make_s3_bucket("discovery", S3Settings(endpoint_url=server))
    november = Where(date=make_date_range("2019-11-01", "2019-11-30"))
    pattern = make_pattern_source("{year}/{month}/{day}/{grid}/(BAND).tif", november)

    result = discover(bucket, pattern, make_path_source("scene"), bands=["B01", "B02"])

    assert result.complete == ["2019/11/27/28V/(BAND).tif", "scene/(BAND).TIFF"]
    assert result.report.left_over == {"#/#/#/#V/preview.jpg": 1}


def test_the_endpoint_and_the_profile_may_come_from_the_environment(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    fill_bucket(server, "environment", ["a.tif"])
    credentials = tmp_path / "credentials"
    credentials.write_text(f"[team]\naws_access_key_id = team\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_PROFILE", "team")

    pages = list(make_s3_bucket("environment", S3Settings()).iter_pages(""))

    assert [page.keys for page in pages] == [["a.tif"]]


def test_the_requester_pays_only_when_the_manifest_says_so(canned: Canned, canned_bucket: S3Bucket) -> None:
    canned.answer(200, LISTING)

    list(canned_bucket.iter_pages(""))
    list(canned.make_bucket(request_payer=True).iter_pages(""))

    assert ["x-amz-request-payer: requester" in request for request in canned.requests] == [False, True]


def test_a_bucket_that_does_not_exist_is_a_bucket_error_with_the_mend(server: str) -> None:
    bucket = make_s3_bucket("no-such-bucket", S3Settings(endpoint_url=server))

    with pytest.raises(BucketError, match=r"s3://no-such-bucket: there is no such bucket; check spec.s3Bucket"):
        list(bucket.iter_pages(""))


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (403, "AccessDenied", AccessError, "allow s3:ListBucket"),
        (403, "InvalidAccessKeyId", AccessError, "rejects the AWS credentials"),
        (403, "SignatureDoesNotMatch", AccessError, "rejects the AWS credentials"),
        (400, "ExpiredToken", AccessError, "expired"),
        (403, "RequestTimeTooSkewed", AccessError, "clock"),
        (403, "", AccessError, "denied"),
        (301, "PermanentRedirect", BucketError, "another region; set s3.region"),
        (400, "AuthorizationHeaderMalformed", BucketError, "another region"),
        (400, "InvalidBucketName", BucketError, "400 InvalidBucketName"),
        (503, "SlowDown", UnreachableError, "503 SlowDown"),
        (500, "InternalError", UnreachableError, "500 InternalError"),
        (404, "NoSuchBucket", BucketError, "no such bucket"),
    ],
)
def test_each_refusal_becomes_an_error_with_its_mend_and_without_secrets(
    status: int, code: str, kind: type[Exception], words: str, canned: Canned, canned_bucket: S3Bucket
) -> None:
    canned.answer(status, make_error_body(code))

    with pytest.raises(kind, match=words) as caught:
        list(canned_bucket.iter_pages(""))

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    ["<html><body>Welcome</body></html>", "", "<html><p>unclosed", '{"hello": "S3"}'],
    ids=["html", "empty", "broken", "json"],
)
def test_a_server_that_is_no_s3_is_not_taken_for_an_empty_bucket(
    body: str, canned: Canned, canned_bucket: S3Bucket
) -> None:
    canned.answer(200, body)

    with pytest.raises((BucketError, UnreachableError), match=r"check the .*S3 endpoint"):
        list(canned_bucket.iter_pages(""))


def test_a_listing_that_does_not_go_on_ends_with_an_error(canned: Canned, canned_bucket: S3Bucket) -> None:
    token = "<NextContinuationToken>t</NextContinuationToken>"
    canned.answer(200, f"<ListBucketResult><IsTruncated>true</IsTruncated>{token}</ListBucketResult>")

    with pytest.raises(BucketError, match="does not go on"):
        list(canned_bucket.iter_pages(""))

    assert len(canned.requests) == 2


def test_an_endpoint_where_nothing_listens_is_unreachable_and_its_password_is_not_shown() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://user:{SECRET}@127.0.0.1:{held.getsockname()[1]}"
        bucket = make_s3_bucket("b-b", S3Settings(endpoint_url=url), QUICK)

        with pytest.raises(UnreachableError, match=r"cannot reach S3 at http://127.0.0.1") as caught:
            list(bucket.iter_pages(""))

    assert SECRET not in str(caught.value)


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = S3Settings(endpoint_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        bucket = make_s3_bucket("b-b", settings, S3Patience(1, 0.3, attempts=1))

        with pytest.raises(UnreachableError, match="ReadTimeoutError"):
            list(bucket.iter_pages(""))


def test_a_profile_that_is_not_there_is_named_with_the_bucket() -> None:
    wanted = r"s3://b-b: there is no profile 'nobody'; check spec\.s3\.profile or AWS_PROFILE"

    with pytest.raises(AccessError, match=wanted):
        make_s3_bucket("b-b", S3Settings(profile="nobody"), QUICK)


def test_missing_credentials_say_what_to_set(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    bucket = make_s3_bucket("b-b", S3Settings(endpoint_url=server), QUICK)

    with pytest.raises(AccessError, match=r"no usable AWS credentials for s3://b-b .*; set AWS_PROFILE"):
        list(bucket.iter_pages(""))


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (S3Settings(profile="nobody"), AccessError),
        (S3Settings(endpoint_url="not a url"), BucketError),
        (S3Settings(region="not a region"), BucketError),
    ],
    ids=["profile", "endpoint", "region"],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_sent(
    settings: S3Settings, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        list(make_s3_bucket("b-b", settings, QUICK).iter_pages(""))


def test_a_bucket_name_that_cannot_be_is_refused(server: str) -> None:
    with pytest.raises(BucketError, match=r"check spec.s3Bucket"):
        list(make_s3_bucket("not/a bucket", S3Settings(endpoint_url=server), QUICK).iter_pages(""))


@pytest.mark.parametrize(
    ("status", "presence"),
    [
        (200, Presence.THERE),
        (404, Presence.GONE),
        (403, Presence.UNKNOWN),
        (401, Presence.UNKNOWN),
    ],
)
def test_only_a_404_tells_a_probe_that_a_file_is_gone(status: int, presence: Presence) -> None:
    with ScriptedServer(otherwise=Reply(status)) as scripted:
        states = make_s3_bucket("probed", S3Settings(scripted.url, request_payer=True), QUICK).probe(["a b/1.tif"])

    assert states == [presence]
    assert {(asked.method, asked.path) for asked in scripted.asked} == {("HEAD", "/probed/a%20b/1.tif")}
    assert {asked.headers.get("x-amz-request-payer") for asked in scripted.asked} == {"requester"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_probe_of_a_server_in_trouble_says_so(status: int) -> None:
    with (
        ScriptedServer(otherwise=Reply(status)) as scripted,
        pytest.raises(UnreachableError, match=str(status)),
    ):
        make_s3_bucket("probed", S3Settings(scripted.url), QUICK).probe(["a"])


def test_a_probe_answers_in_the_order_of_the_keys(server: str) -> None:
    keys = [f"{number}.tif" for number in range(40)]
    fill_bucket(server, "probed", keys[::2])

    states = make_s3_bucket("probed", S3Settings(server), QUICK).probe(keys)

    assert states == [Presence.THERE, Presence.GONE] * 20


def test_the_content_of_an_object_comes_whole_from_another_bucket_too(server: str) -> None:
    client = fill_bucket(server, "lists", [])
    body = bytes(range(256)) * 10_000
    client.put_object(Bucket="lists", Key="a b/ü.gz", Body=body)

    pieces = list(make_s3_bucket("other", S3Settings(server), QUICK).iter_content("lists", "a b/ü.gz"))

    assert b"".join(pieces) == body
    assert len(pieces) > 1


def test_an_object_that_is_not_there_is_named(server: str) -> None:
    fill_bucket(server, "no-lists", [])

    with pytest.raises(BucketError, match=r"s3://no-lists/x\.json: there is no such object"):
        list(make_s3_bucket("other", S3Settings(server), QUICK).iter_content("no-lists", "x.json"))


def test_an_object_that_may_not_be_read_says_what_to_allow() -> None:
    body = make_error_body("AccessDenied").encode()
    with (
        ScriptedServer(otherwise=Reply(403, body)) as scripted,
        pytest.raises(AccessError, match=r"s3://lists/x\.json was denied.*s3:GetObject") as caught,
    ):
        list(make_s3_bucket("other", S3Settings(scripted.url), QUICK).iter_content("lists", "x.json"))

    assert SECRET not in str(caught.value)


def test_an_answer_that_breaks_off_is_taken_up_where_it_ended() -> None:
    whole = b"0123456789" * 300_000
    with ScriptedServer() as scripted:
        tag = {"ETag": '"one"'}
        scripted.replies.extend(
            [Reply(200, whole, tag, drop="middle"), Reply(206, whole[len(whole) // 2 :], tag)],
        )
        pieces = list(make_s3_bucket("other", S3Settings(scripted.url), QUICK).iter_content("lists", "x"))

    asked = [{name.lower(): text for name, text in each.headers.items()} for each in scripted.asked]
    at = int(asked[1]["range"].removeprefix("bytes=").removesuffix("-"))
    assert (asked[1]["if-match"], at > 0) == ('"one"', True)
    assert b"".join(pieces)[:at] == whole[:at]


def test_an_object_replaced_while_it_is_read_is_told() -> None:
    body = make_error_body("PreconditionFailed").encode()
    with ScriptedServer(Reply(200, b"x" * 3_000_000, drop="middle"), otherwise=Reply(412, body)) as scripted:
        bucket = make_s3_bucket("other", S3Settings(scripted.url), QUICK)

        with pytest.raises(BucketError, match="replaced while it was read"):
            list(bucket.iter_content("lists", "x"))


def test_a_probe_that_nobody_answers_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    with pytest.raises(UnreachableError):
        make_s3_bucket("probed", S3Settings(url), QUICK).probe(["a", "b"])


def test_the_policy_of_a_bucket_is_its_text_or_none(server: str) -> None:
    client = fill_bucket(server, "policies", [])
    bucket = make_s3_bucket("policies", S3Settings(server), QUICK)
    policy = '{"Version": "2012-10-17", "Statement": []}'

    before = bucket.find_policy()
    client.put_bucket_policy(Bucket="policies", Policy=policy)

    assert before is None
    assert bucket.find_policy() == policy


@pytest.mark.parametrize(
    ("status", "code", "error", "said"),
    [
        (403, "AccessDenied", AccessError, "reading the policy of s3://b-b was denied"),
        (403, "ExpiredToken", AccessError, "has expired"),
        (405, "MethodNotAllowed", BucketError, "does not give its policy (405 MethodNotAllowed)"),
        (501, "NotImplemented", BucketError, "does not give its policy (501 NotImplemented)"),
        (404, "NoSuchBucket", BucketError, "no such bucket"),
        (503, "SlowDown", UnreachableError, "503 SlowDown"),
    ],
)
def test_a_policy_that_is_not_given_is_told(
    canned: Canned, canned_bucket: S3Bucket, status: int, code: str, error: type[Exception], said: str
) -> None:
    canned.answer(status, make_error_body(code))

    with pytest.raises(error) as raised:
        canned_bucket.find_policy()

    assert said in str(raised.value)
    assert SECRET not in str(raised.value)

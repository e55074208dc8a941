"""Error bodies in every shape that was recorded or documented."""

from __future__ import annotations

import pytest

from byocplan.api.refusal import decode_refusal, make_error
from byocplan.api.transport import Answer
from byocplan.errors import AccessError, ApiError, ConflictError, NotFoundError
from tests.support.api import SECRET

SHAPES = {
    "wrapped": (
        (
            b'{"error":{"status":400,"reason":"Bad Request","message":"Request body should be non-empty.",'
            b'"code":"COMMON_BAD_PAYLOAD"}}'
        ),
        "Request body should be non-empty.",
        "COMMON_BAD_PAYLOAD",
        (),
    ),
    "wrapped with a list of violations": (
        (
            b'{"error":{"status":400,"reason":"Bad Request","message":"Illegal.","code":"COMMON_BAD_PAYLOAD",'
            b'"errors":[{"parameter":"output->resx","violation":"`width = 2624`, too large"}]}}'
        ),
        "Illegal.",
        "COMMON_BAD_PAYLOAD",
        ("output->resx: `width = 2624`, too large",),
    ),
    "wrapped with a list of texts": (b'{"error":{"message":"No.","errors":["a","b"]}}', "No.", "", ("a", "b")),
    "wrapped with a map": (
        b'{"error":{"message":"No.","errors":{"path":"is taken","n":[1]}}}',
        "No.",
        "",
        ("path: is taken", "n: [1]"),
    ),
    "bare": (
        (
            b'{"status":429,"reason":"Too Many Requests","message":"You have exceeded your rate limit",'
            b'"code":"RATE_LIMIT_EXCEEDED"}'
        ),
        "You have exceeded your rate limit",
        "RATE_LIMIT_EXCEEDED",
        (),
    ),
    "reason alone": (b'{"error":{"status":400,"reason":"Bad Request"}}', "Bad Request", "", ()),
    "oauth": (
        b'{"error":"invalid_client","error_description":"Invalid client credentials"}',
        "Invalid client credentials",
        "invalid_client",
        (),
    ),
    "list": (b'["one", {"violation":"two"}]', "status 400", "", ("one", "request: two")),
    "empty": (b"", "status 400 (no explanation given)", "", ()),
    "blank": (b" \r\n", "status 400 (no explanation given)", "", ()),
    "web page": (
        b"<!DOCTYPE html><html><head><title>502\n Bad  Gateway</title></head><body>" + b"x" * 9000,
        "status 400 (a web page: 502 Bad Gateway)",
        "",
        (),
    ),
    "web page without a title": (b"<html><body>Oops</body></html>", "status 400 (a web page without a title)", "", ()),
    "plain text": (b"upstream connect error", "upstream connect error", "", ()),
    "number": (b"42", "42", "", ()),
    "null": (b'{"error":null,"message":null,"code":7,"errors":null}', "status 400", "", ()),
    "not text": (b"\xff\xfe\x00", "\ufffd\ufffd\x00", "", ()),
    "truncated": (b'{"error":{"message":"No', '{"error":{"message":"No', "", ()),
}


@pytest.mark.parametrize(("body", "message", "code", "details"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_error_body_is_read(body: bytes, message: str, code: str, details: tuple[str, ...]) -> None:
    refusal = decode_refusal(Answer(400, body))

    assert (refusal.message, refusal.code, refusal.details) == (message, code, details)


@pytest.mark.parametrize("body", [b"x" * 10**6, b'{"message":"' + b"x" * 10**5 + b'"}', b"[" * 10**5])
def test_long_texts_are_cut(body: bytes) -> None:
    assert len(decode_refusal(Answer(400, body)).message) <= 500


def test_a_thousand_violations_are_cut_to_a_few_short_ones() -> None:
    body = b'{"errors":[' + b",".join([b'"' + b"v" * 1000 + b'"'] * 1000) + b"]}"

    details = decode_refusal(Answer(400, body)).details

    assert len(details) == 20
    assert max(map(len, details)) == 200


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ApiError),
        (401, AccessError),
        (403, AccessError),
        (404, NotFoundError),
        (409, ConflictError),
        (500, ApiError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[Exception]) -> None:
    error = make_error("GET collections/x", Answer(status, b""))

    assert type(error) is kind
    assert "GET collections/x was refused with" in str(error)


@pytest.mark.parametrize("body", [b"<html><title>nginx</title></html>", b"404 page not found"])
@pytest.mark.parametrize("status", [404, 409])
def test_a_page_of_another_server_does_not_count_as_the_services_word(status: int, body: bytes) -> None:
    error = make_error("GET collections/x", Answer(status, body))

    assert type(error) is ApiError


def test_secrets_that_a_body_quotes_are_masked() -> None:
    body = f'{{"message": "bad secret {SECRET} for", "errors": ["{SECRET}"]}}'.encode()

    error = make_error("GET collections", Answer(400, body), [SECRET])

    assert SECRET not in str(error)
    assert "bad secret *** for" in str(error)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("get https://b/k?X-Amz-Signature=abc&X-Amz-Date=1", "get https://b/k?X-Amz-Signature=***&X-Amz-Date=1"),
        ("https://b/k?a=1&X-Amz-Security-Token=a%2Fb 'x'", "https://b/k?a=1&X-Amz-Security-Token=*** 'x'"),
        (
            "https://b/k?AWSAccessKeyId=AK&Signature=x%3D&Expires=1",
            "https://b/k?AWSAccessKeyId=***&Signature=***&Expires=1",
        ),
        ("u=https%3A%2F%2Fb%3FX-Amz-Signature%3Dabc", "u=https%3A%2F%2Fb%3FX-Amz-Signature%3D***"),
        ("no such token=1 in 2019/(BAND).tif", "no such token=1 in 2019/(BAND).tif"),
    ],
)
def test_signed_addresses_are_made_useless(text: str, shown: str) -> None:
    refusal = decode_refusal(Answer(400, text.encode()))

    assert refusal.message == shown

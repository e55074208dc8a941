"""Answers in the shapes of the service. Pure."""

import json

from flask import Response

from byocplan.emulator.errors import ApiError, RateLimitedError, RefusedError

JSON = "application/json"


def make_json_answer(text: str, status: int = 200) -> Response:
    """Return an answer whose body is JSON already."""
    return Response(text, status=status, content_type="application/json; charset=utf-8")


def make_answer(body: object, status: int = 200) -> Response:
    """Return an answer with a JSON body."""
    return make_json_answer(json.dumps(body), status)


def make_empty_answer(status: int = 204) -> Response:
    """Return an answer without a body."""
    answer = Response(b"", status=status)
    del answer.headers["Content-Type"]
    return answer


def make_error_answer(error: ApiError) -> Response:
    """Return a wrapped error."""
    return make_answer(error.encode(), error.status)


def make_refusal(error: RefusedError) -> Response:
    """Return a 401 or 403, which have no body."""
    return make_empty_answer(error.status)


def make_rate_answer(error: RateLimitedError) -> Response:
    """Return the 429: body not wrapped, ``Retry-After`` in milliseconds. Source: rate limiting documentation."""
    body = {"status": 429, "reason": "Too Many Requests", "message": str(error), "code": "RATE_LIMIT_EXCEEDED"}
    answer = make_answer(body, 429)
    answer.headers["Retry-After"] = str(error.retry_after_ms)
    return answer

"""What a refusal says: error bodies in every shape seen, and the error each status stands for. Pure.

Source: BYOC OpenAPI, RestErrorWrapper; recorded answers of the same platform; OAuth (RFC 6749, 5.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from byocplan.api.signed import MASK, hide_signatures
from byocplan.errors import AccessError, ApiError, ByocplanError, ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.api.transport import Answer

MAX_BODY_BYTES = 1 << 20
MAX_TEXT = 500
MAX_DETAILS = 20
MAX_DETAIL = 200
TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
ACCESS_MENDS = {
    401: "check SH_CLIENT_ID and SH_CLIENT_SECRET, and that they belong to this deployment",
    403: "check that this account owns the collection and may use BYOC",
}
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The words of a refusal, cut to a sane length. ``message`` is never empty.

    ``is_foreign``: a web page or plain text, so probably not the API that speaks.
    """

    message: str
    code: str = ""
    details: tuple[str, ...] = ()
    is_foreign: bool = False


def decode_refusal(answer: Answer, secrets: Sequence[str] = ()) -> Refusal:
    """Read wrapped, bare, list, map, empty, HTML and plain bodies; ``secrets`` that it quotes are masked."""
    text = _mask(answer.body[:MAX_BODY_BYTES].decode("utf-8", "replace"), secrets).strip()
    fallback = REASONS.get(answer.status, f"status {answer.status}")
    if not text:
        return Refusal(f"{fallback} (no explanation given)")
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return Refusal(_read_page(text, fallback), is_foreign=True)
    return _read_json(body, fallback)


def make_error(request: str, answer: Answer, secrets: Sequence[str] = ()) -> ByocplanError:
    """Return the error that the answer to ``request`` (``GET collections/ID``) stands for."""
    if 300 <= answer.status < 400:  # noqa: PLR2004 - redirects
        text = "the service redirects, and redirects are not followed; check the address of the deployment"
        return ApiError(request, answer.status, text)
    refusal = decode_refusal(answer, secrets)
    if answer.status in ACCESS_MENDS:
        what = f"{request} was refused with {answer.status}: {refusal.message}"
        return AccessError(what, ACCESS_MENDS[answer.status])
    # A page of some other server must not make collections look deleted.
    kinds = {} if refusal.is_foreign else {404: NotFoundError, 409: ConflictError}
    kind = kinds.get(answer.status, ApiError)
    return kind(request, answer.status, refusal.message, refusal.code, refusal.details)


def _read_json(body: Any, fallback: str) -> Refusal:
    if isinstance(body, list):
        return Refusal(fallback, details=_cut_details(body))
    if not isinstance(body, dict):
        return Refusal(_cut(str(body), MAX_TEXT) or fallback)
    inner = body.get("error")
    if isinstance(inner, dict):
        body = inner
    texts = (body.get(key) for key in ("message", "error_description", "error", "reason", "detail"))
    message = next((text for text in texts if isinstance(text, str) and text.strip()), fallback)
    code = body.get("code", inner if isinstance(inner, str) else "")
    return Refusal(
        _cut(message, MAX_TEXT),
        _cut(code, MAX_DETAIL) if isinstance(code, str) else "",
        _cut_details(body.get("errors")),
    )


def _cut_details(errors: Any) -> tuple[str, ...]:
    details = []
    for detail in _iter_details(errors):
        details.append(_cut(detail, MAX_DETAIL))
        if len(details) == MAX_DETAILS:
            break
    return tuple(details)


def _iter_details(errors: Any) -> Iterator[str]:
    if isinstance(errors, list):
        yield from (_render_violation(item) for item in errors)
    elif isinstance(errors, dict):
        yield from (f"{key}: {_render_violation(value)}" for key, value in errors.items())
    elif errors is not None:
        yield str(errors)


def _render_violation(item: Any) -> str:
    if isinstance(item, dict) and "violation" in item:
        return f"{item.get('parameter') or 'request'}: {item['violation']}"
    return item if isinstance(item, str) else msgspec.json.encode(item).decode()


def _read_page(text: str, fallback: str) -> str:
    title = TITLE.search(text[:MAX_BODY_BYTES])
    if title:
        return _cut(f"{fallback} (a web page: {' '.join(title[1].split())})", MAX_TEXT)
    if text.startswith("<"):
        return f"{fallback} (a web page without a title)"
    return _cut(text, MAX_TEXT)


def _mask(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return hide_signatures(text)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"

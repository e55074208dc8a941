"""Envelopes of the API: ``{data}`` and ``{data, links}``, and what tiles and collections share. Pure.

Unknown keys are ignored, null counts as absent; a field of another type is an AnswerError that names it.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from byocplan.errors import AnswerError
from byocplan.model.instant import decode_instant

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
LONGEST_SHOWN = 60


class Links(msgspec.Struct, rename="camel"):
    """Where the next page is. Source: BYOC OpenAPI, View."""

    next_token: str | None = None
    next: str | None = None


class One(msgspec.Struct, Generic[T]):
    """The envelope of one object."""

    data: T


class Many(msgspec.Struct, Generic[T]):
    """The envelope of a page."""

    data: list[T]
    links: Links | None = None


class Tail(msgspec.Struct):
    """The envelope of a page from its links on."""

    links: Links | None = None


def make_decoder(kind: type[T], subject: str) -> Callable[[bytes], T]:
    """Return a function from JSON to ``kind`` that raises AnswerError, naming ``subject``, where it does not fit."""
    decoder = msgspec.json.Decoder(kind)

    def decode(body: bytes) -> T:
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise AnswerError(subject, _explain(error, body)) from None

    return decode


_decode_tail = make_decoder(Tail, "the end of a page")
_decode_envelope = make_decoder(Many[msgspec.Raw], "a page")


def skim_links(body: bytes) -> Links:
    """Return where the next page is; of a page that ends with its links, as the service writes it, no more is read.

    In JSON, what follows the last ``"links"`` is an object of its own only where they are the page's. What is no JSON
    before them is noticed by whoever decodes the page.
    """
    start = body.rfind(b'"links"')
    if start >= 0:
        with suppress(AnswerError):
            return _decode_tail(b"{" + body[start:]).links or Links()
    return _decode_envelope(body).links or Links()


@lru_cache(maxsize=1024)
def decode_time(text: str | None) -> int | None:
    """Return the instant (ms) of a time in an answer, None for none."""
    if text is None:
        return None
    try:
        return decode_instant(text)
    except (ValueError, OverflowError):
        raise AnswerError("times", f"{text[:LONGEST_SHOWN]!r} is no time") from None


def _explain(error: Exception, body: bytes) -> str:
    if not body.strip():
        return "it is empty"
    if body.lstrip().startswith(b"<"):
        return "it is a web page"
    if isinstance(error, msgspec.ValidationError):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return f"it is no JSON ({error})"

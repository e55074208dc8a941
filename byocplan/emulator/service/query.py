"""Query parameters of the lists, read leniently where clients differ and refused where they are wrong. Pure."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from byocplan.emulator.errors import make_bad_payload
from byocplan.emulator.store.tiles import STATUSES

MAX_COUNT = 100
SORTS = ("created:asc", "created:desc", "path:asc", "path:desc")


@dataclass(frozen=True, slots=True)
class Paging:
    """How the pages of a list are cut: by the row they end with, unless a fault wants them by id or by offset.

    ``shuffle`` draws the order within a page.
    """

    by_id: bool = False
    by_offset: bool = False
    shuffle: Random | None = None


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What one page of tiles is asked for."""

    count: int = MAX_COUNT
    token: str = ""
    sort: Literal["created", "path"] = "created"
    descending: bool = False
    path: str | None = None
    status: str | None = None
    paging: Paging = Paging()


def decode_count(parameters: Mapping[str, str]) -> int:
    """Return the page size. Source: ``count`` is 1..100, 100 by default."""
    text = parameters.get("count") or str(MAX_COUNT)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_COUNT):
        raise make_bad_payload("count", f"must be a whole number from 1 to {MAX_COUNT}")
    return int(text)


def decode_status(parameters: Mapping[str, str]) -> str | None:
    """Return the status filter, which clients send bare or as JSON."""
    text = parameters.get("status") or None
    status = text.strip('"') if text else None
    if status is not None and status not in STATUSES:
        raise make_bad_payload("status", f"must be one of {', '.join(STATUSES)}")
    return status


def decode_page_query(parameters: Mapping[str, str], paging: Paging) -> PageQuery:
    """Return the query of one page of tiles, or raise the 400."""
    sort = parameters.get("sort") or SORTS[0]
    if sort not in SORTS:
        raise make_bad_payload("sort", f"must be one of {', '.join(SORTS)}")
    field, _, direction = sort.partition(":")
    return PageQuery(
        count=decode_count(parameters),
        token=parameters.get("viewtoken") or "",
        sort="path" if field == "path" else "created",
        descending=direction == "desc",
        path=parameters.get("path"),
        status=decode_status(parameters),
        paging=paging,
    )


def encode_token(key: tuple[str | int, ...]) -> str:
    """Return the opaque token that names the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_token(token: str, kinds: tuple[type, ...]) -> tuple[str | int, ...]:
    """Return the row key of a token, whose parts must be of these kinds, or raise the 400."""
    try:
        key = tuple(json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))))
    except (ValueError, TypeError):
        key = ()
    if tuple(type(part) for part in key) != kinds:
        raise make_bad_payload("viewtoken", "is not a token of this list")
    return key

"""The body of a ListObjectsV2 answer in, its keys as columns out. Pure; what looks odd is left to the library.

The library makes a tree and a mapping of every key, twice: once to see whether a body with status 200 is an error, once
for the answer. Keys are nine tenths of the body, so they are taken out before it looks, by one search for each element.
Whatever S3 does not write itself (comments, CDATA, entities in keys, elements missing or more than once) stays in.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from byocplan.discovery.listing import ARCHIVED, ObjectPage
from byocplan.model.instant import decode_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The answer's member that holds the columns taken out.
COLUMNS = "ObjectColumns"

OK = 200
STANDARD = "<StorageClass>STANDARD<"
NAME, FIRST, LAST = b"Contents", b"<Contents>", b"</Contents>"
#: What XML reads otherwise than it is written, and what may stand between keys.
ODD = (b"\r", b"<CommonPrefixes")
FOREIGN_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", re.IGNORECASE)
KEY, MODIFIED, ETAG, CLASS = (
    re.compile(rf"<{name}>{quote}({inside}){quote}</{name}>")
    for name, inside, quote in (
        ("Key", "[^<&]+", ""),
        ("LastModified", r"[0-9-]{10}T[0-9:]{8}(?:\.[0-9]{3})?Z", ""),
        ("ETag", '[^<&"]*', '(?:&quot;|")?'),
        ("StorageClass", "[A-Z_]+", ""),
    )
)


def take_out_keys(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Move the keys of a page from the body to the member ``COLUMNS``; a handler of botocore's ``before-parse``."""
    body = response_dict.get("body")
    if response_dict.get("status_code") != OK or not isinstance(body, bytes):
        return
    start, end = body.find(FIRST), body.rfind(LAST) + len(LAST)
    rest = body[:start] + body[end:]
    # Keys written in any other way would stay behind and be lost.
    if start < 0 or end < start or NAME in rest or FOREIGN_ENCODING.match(body):
        return
    page = find_columns(body[start:end])
    if page is not None:
        customized_response_dict[COLUMNS] = page
        response_dict["body"] = rest


def find_columns(contents: bytes) -> ObjectPage | None:
    """Return the ``Contents`` elements as columns, keys as they are written; None unless each has what S3 writes."""
    # The mark alone is rare and quickly looked for; with < before it, it begins a comment or CDATA.
    if any(odd in contents for odd in ODD) or (b"!" in contents and b"<!" in contents):
        return None
    try:
        text = contents.decode()
        count = contents.count(FIRST)
        keys, modified, etags = (each.findall(text) for each in (KEY, MODIFIED, ETAG))
        if not len(keys) == len(modified) == len(etags) == count:
            return None
        archived = _find_archived(text, keys)
        if archived is None:
            return None
        return ObjectPage(keys, etags, _decode_times(modified), archived)
    except ValueError:  # no UTF-8, or no time
        return None


def decode_page(answer: Mapping[str, Any]) -> ObjectPage:
    """Return a ListObjectsV2 answer as columns. Raises ValueError or KeyError when a member cannot be read."""
    folders = [each["Prefix"] for each in answer.get("CommonPrefixes", [])]
    has_more = bool(answer.get("IsTruncated"))
    taken: ObjectPage | None = answer.get(COLUMNS)
    if taken is None:
        return replace(_decode_contents(answer.get("Contents", [])), folders=folders, has_more=has_more)
    keys, archived = taken.keys, taken.archived
    if answer.get("EncodingType") == "url":
        keys, archived = _unquote(keys), frozenset(_unquote(list(archived)))
    return ObjectPage(keys, taken.etags, taken.modified_ms, archived, folders, has_more)


def _decode_contents(contents: Sequence[Mapping[str, Any]]) -> ObjectPage:
    return ObjectPage(
        keys=[entry["Key"] for entry in contents],
        etags=[entry.get("ETag", "").strip('"') for entry in contents],
        modified_ms=[decode_instant(entry["LastModified"]) for entry in contents],
        archived=frozenset(entry["Key"] for entry in contents if entry.get("StorageClass") in ARCHIVED),
    )


def _decode_times(texts: Sequence[str]) -> list[int]:
    """Return instants; with whole milliseconds and a zone, the quick way is exact."""
    decode = datetime.fromisoformat
    return [round(decode(text).timestamp() * 1000) for text in texts]


def _find_archived(text: str, keys: Sequence[str]) -> frozenset[str] | None:
    """Return the keys in an archive class, None where it is not plain which they are."""
    if text.count(STANDARD) == len(keys) or not any(each in text for each in ARCHIVED):
        return frozenset()
    classes = CLASS.findall(text)
    if len(classes) != len(keys):
        return None
    return frozenset(key for key, each in zip(keys, classes, strict=True) if each in ARCHIVED)


def _unquote(keys: Sequence[str]) -> list[str]:
    """Return keys as they are; ``encoding-type=url`` writes them as forms do, with ``+`` for a space."""
    return [unquote_plus(key) if "%" in key or "+" in key else key for key in keys]

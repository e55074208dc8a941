"""Keys taken out of the body of a listing are what the AWS library would have read; what is odd is left to it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import RestXMLParser
from hypothesis import given, settings
from hypothesis import strategies as st

from byocplan.discovery.s3_page import COLUMNS, decode_page, take_out_keys

if TYPE_CHECKING:
    from byocplan.discovery.listing import ObjectPage

SHAPE = ServiceModel(Loader().load_service_model("s3", "service-2")).operation_model("ListObjectsV2").output_shape
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
TAIL = "<CommonPrefixes><Prefix>f/</Prefix></CommonPrefixes></ListBucketResult>"
MEMBERS = {
    "Key": "a/B1.tif",
    "LastModified": "2024-03-01T10:20:30.123Z",
    "ETag": "&quot;0123abcd-2&quot;",
    "Size": "12",
    "StorageClass": "STANDARD",
}


def make_entry(members: dict[str, str] = MEMBERS, **changes: str) -> str:
    return (
        f"<Contents>{''.join(f'<{name}>{text}</{name}>' for name, text in {**members, **changes}.items())}</Contents>"
    )


def make_body(*entries: str, head: str = HEAD) -> bytes:
    return f"{head}<IsTruncated>true</IsTruncated>{''.join(entries)}{TAIL}".encode()


def parse(body: bytes) -> dict[str, object]:
    parser = RestXMLParser(timestamp_parser=lambda value: value)
    answer: dict[str, object] = parser.parse({"body": body, "headers": {}, "status_code": 200}, SHAPE)
    return answer


def read(body: bytes, *, quickly: bool) -> tuple[ObjectPage, bool]:
    """Return the page, and whether the keys were taken out."""
    response: dict[str, Any] = {"status_code": 200, "body": body}
    taken: dict[str, object] = {}
    if quickly:
        take_out_keys(response, taken, event_name="before-parse.s3.ListObjectsV2")
    return decode_page({**parse(response["body"]), **taken}), COLUMNS in taken


def with_lists(page: ObjectPage) -> ObjectPage:
    return replace(page, keys=list(page.keys), etags=list(page.etags))


@pytest.mark.parametrize(
    "entries",
    [
        [make_entry(), make_entry(Key="b"), make_entry(Key="ü/ö")],
        [make_entry(), make_entry(Key="b", StorageClass="GLACIER"), make_entry(Key="c", StorageClass="GLACIER_IR")],
        [make_entry({name: MEMBERS[name] for name in ("Key", "ETag", "Size", "LastModified")})],
        [make_entry(ETag='"abc"'), make_entry(ETag="abc"), make_entry(LastModified="2024-03-01T10:20:30Z")],
        [make_entry(ChecksumAlgorithm="CRC64NVME", Owner="<DisplayName>x</DisplayName><ID>y</ID>"), make_entry()],
        [make_entry(Key="what! is/this.tif")],
        [re.sub(r">\s*<", ">\n  <", make_entry())],
    ],
)
def test_what_s3_writes_is_taken_out_and_is_what_the_library_reads(entries: list[str]) -> None:
    body = make_body(*entries)

    quick, is_quick = read(body, quickly=True)

    assert is_quick
    assert quick == with_lists(read(body, quickly=False)[0])
    assert (quick.has_more, quick.folders) == (True, ["f/"])


@pytest.mark.parametrize(
    "body",
    [
        make_body(make_entry(Key="a&amp;b.tif")),
        make_body(make_entry(Key="<![CDATA[a.tif]]>")),
        make_body(make_entry(), "<!-- <Contents><Key>no</Key></Contents> -->", make_entry(Key="b")),
        make_body(make_entry({name: text for name, text in MEMBERS.items() if name != "ETag"}), make_entry()),
        make_body(make_entry(ETag="a&amp;b")),
        make_body(make_entry(LastModified="2024-03-01T10:20:30.123456Z")),
        make_body(make_entry(LastModified="2024-03-01T10:20:30.123+00:00")),
        make_body(make_entry({**MEMBERS, "StorageClass": "GLACIER"}), make_entry({**MEMBERS, "StorageClass": ""})),
        make_body(make_entry().replace("<Contents>", '<Contents id="1">'), make_entry(Key="b")),
        make_body(make_entry(), "<CommonPrefixes><Prefix>g/</Prefix></CommonPrefixes>", make_entry(Key="h")),
        make_body(make_entry(Key="a\rb")),
        make_body(make_entry(Key="é"), head=HEAD.replace("UTF-8", "ISO-8859-1")),
        make_body(),
    ],
)
def test_what_is_odd_is_left_to_the_library(body: bytes) -> None:
    page, is_quick = read(body, quickly=True)

    assert not is_quick
    assert page == read(body, quickly=False)[0]


@pytest.mark.parametrize("status", [404, 500])
def test_errors_are_left_as_they_are(status: int) -> None:
    response = {"status_code": status, "body": make_body(make_entry())}
    taken: dict[str, object] = {}

    take_out_keys(response, taken)

    assert taken == {}
    assert response["body"] == make_body(make_entry())


KEYS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1)


@settings(deadline=None)
@given(KEYS, st.booleans())
def test_any_key_is_read_as_it_was_written(keys: list[str], is_encoded: bool) -> None:
    encoding = "<EncodingType>url</EncodingType>" if is_encoded else ""
    body = make_body(
        encoding, *(make_entry(Key=quote_plus(key, safe="/") if is_encoded else escape(key)) for key in keys)
    )

    page, is_quick = read(body, quickly=True)

    # Without columns the library's own handler decodes the keys, which is not asked here.
    assert is_quick or not is_encoded
    assert page.keys == keys

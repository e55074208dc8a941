"""Whatever the service answers, reading it ends in a value or in an error of our own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from byocplan.api.refusal import decode_refusal, make_error
from byocplan.api.transport import Answer
from byocplan.api.wire_collection import decode_collection, decode_collection_page
from byocplan.api.wire_tile import decode_tile, decode_tile_page
from byocplan.errors import AnswerError, ByocplanError
from byocplan.model.tile import encode_files

if TYPE_CHECKING:
    from collections.abc import Callable

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KEYS = st.sampled_from(
    ["error", "errors", "message", "code", "status", "violation", "parameter", "data", "links", "id", "path", "name"]
) | st.text(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
BODIES = st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode())


@given(BODIES, st.integers(300, 599))
@example(b"9" * 5000, 400)
@example(b'{"errors":[' + b"9" * 30 + b"]}", 400)
@example(b'{"errors":{"a":' + b"9" * 5000 + b"}}", 400)
@example(b'{"errors":' + b"9" * 5000 + b"}", 400)
@example(b'{"errors":[{"violation":' + b"9" * 5000 + b"}]}", 400)
@example(b'{"errors":[{"parameter":"\\ud800","violation":"\\ud800"}]}', 400)
def test_a_refusal_always_has_words_of_bounded_length(body: bytes, status: int) -> None:
    refusal = decode_refusal(Answer(status, body))

    assert 0 < len(refusal.message) <= 600
    assert sum(map(len, refusal.details)) <= 20 * 200
    assert isinstance(make_error("GET x", Answer(status, body)), ByocplanError)


@given(BODIES | VALUES.map(lambda value: json.dumps({"data": value}).encode()))
def test_an_answer_is_a_value_or_an_answer_error(body: bytes) -> None:
    complaints = [
        read(decode, body) for decode in (decode_tile, decode_tile_page, decode_collection, decode_collection_page)
    ]

    assert max(map(len, complaints)) < 500


def read(decode: Callable[[bytes], object], body: bytes) -> str:
    """Return what is complained of, empty for a value."""
    try:
        decode(body)
    except AnswerError as error:
        return str(error)
    return ""


ETAGS = st.none() | st.text('W/"=\naB', max_size=6) | st.builds('"{}"'.format, st.text("ab-1", min_size=1, max_size=4))


@given(st.dictionaries(st.text('B1="\n', min_size=1, max_size=3), st.none() | st.fixed_dictionaries({"etag": ETAGS})))
@example({'"\n': {"etag": '"='}})
@example({"B": {"etag": ""}, "C": {"etag": '"a"'}})
@example({"B": {"etag": '"a"'}, "C": {"etag": ""}})
@example({"B": {"etag": '"a"'}, "C": {"etag": '""'}})
@example({"B": {"etag": 'W/"a"'}, "C": {"etag": '"b"'}})
def test_files_of_a_page_are_those_of_each_tile(files: dict[str, dict[str, str | None] | None]) -> None:
    tile = {"id": "t", "path": "p", "status": "INGESTED", "additionalData": {"filesMetadata": files}}

    (text,) = decode_tile_page(json.dumps({"data": [tile]}).encode()).page.files

    assert text == encode_files(decode_tile(json.dumps({"data": tile}).encode()).files)

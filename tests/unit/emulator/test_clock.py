"""Time stamps in and out."""

from __future__ import annotations

import pytest

from byocplan.emulator.clock import decode_sensing_time, encode_created


def test_a_creation_time_always_has_six_digits_of_fraction() -> None:
    assert encode_created(1_679_000_182_000_000) == "2023-03-16T20:56:22.000000Z"


@pytest.mark.parametrize(
    ("text", "stored", "finer"),
    [
        ("2020-01-01T00:00:00z", "2020-01-01T00:00:00Z", False),
        ("2020-01-01T00:00:00.120Z", "2020-01-01T00:00:00.120Z", False),
        ("2020-01-01T00:00:00.0004Z", "2020-01-01T00:00:00Z", True),
        ("2020-01-01T05:30:00+0530", "2020-01-01T00:00:00Z", False),
        ("0742-09-12T02:29:50Z", "0742-09-12T02:29:50Z", False),
    ],
)
def test_a_sensing_time_is_stored_in_utc_to_the_millisecond(text: str, stored: str, finer: bool) -> None:
    assert decode_sensing_time(text) == (stored, finer)


@pytest.mark.parametrize("text", ["2020-01-01", "2020-13-01T00:00:00Z", "now", "", "2020-01-01T00:00:00+99:00"])
def test_anything_else_is_no_sensing_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decode_sensing_time(text)

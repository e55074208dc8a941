"""Numbers and shapes as text: what goes in can be read again."""

from base64 import b64decode

from hypothesis import given
from hypothesis import strategies as st

from byocplan.geometry import Footprint
from byocplan.view.report.numbers import encode_deltas, encode_numbers, encode_shapes, iter_numbers, iter_shapes


def read_numbers(text: str) -> list[int]:
    """Return the numbers as ``codec.js`` reads them."""
    numbers, value, place = [], 0, 1
    for byte in b64decode(text):
        value += (byte & 0x7F) * place
        place *= 128
        if not byte & 0x80:
            numbers.append(-(value + 1) // 2 if value % 2 else value // 2)
            value, place = 0, 1
    return numbers


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_numbers_come_back(numbers: list[int]) -> None:
    assert read_numbers(encode_numbers(numbers)) == numbers


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_deltas_sum_up_to_the_numbers(numbers: list[int]) -> None:
    steps = read_numbers(encode_deltas(numbers))

    assert [sum(steps[: index + 1]) for index in range(len(steps))] == numbers


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_the_own_reader_reads_the_same(numbers: list[int]) -> None:
    assert list(iter_numbers(encode_numbers(numbers))) == numbers


def test_shapes_come_back() -> None:
    shapes = [
        Footprint((((10.0, 50.0), (11.0, 50.0), (11.0, 51.5)), ((1.0, 2.0), (3.0, 4.0), (-5.0, 6.0)))),
        Footprint(()),
    ]

    assert list(iter_shapes(encode_shapes(shapes, 0.5), 0.5)) == shapes


def test_a_shape_is_rings_points_and_ways() -> None:
    shape = Footprint((((10.0, 50.0), (11.0, 50.0), (11.0, 51.0)),))

    assert read_numbers(encode_shapes([shape, shape], 0.5)) == [
        *(1, 3, 20, 100, 2, 0, 0, 2),
        *(1, 3, -2, -2, 2, 0, 0, 2),
    ]

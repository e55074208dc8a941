"""A tile's files may come in any pieces: what is made of them is the same."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from byocplan.discovery.taker import iter_runs
from byocplan.discovery.tile_buffer import FoundTile
from byocplan.sets.columns import join_files

FILES = st.tuples(
    st.sampled_from(["B1", "B10", "B2", "ü"]), st.text("ab1-", min_size=1, max_size=3), st.integers(0, 99)
)


@given(st.lists(st.lists(FILES, min_size=1, max_size=4), min_size=1, max_size=4))
def test_files_in_pieces_make_the_tile_that_they_make_at_once(pieces: list[list[tuple[str, str, int]]]) -> None:
    tile = FoundTile("p", None, "g")

    for piece in pieces:
        bands, etags, modified_ms = zip(*piece, strict=True)
        tile.add(bands, etags, modified_ms)
    tile.fold()

    bands, etags, modified_ms = zip(*[file for piece in pieces for file in piece], strict=True)
    assert tile.files == join_files(bands, etags)
    assert (tile.band_count, tile.newest_ms) == (len(set(bands)), max(modified_ms))


@given(st.lists(st.sampled_from([None, "a", "b"])))
def test_runs_are_all_items_in_order(items: list[str | None]) -> None:
    runs = list(iter_runs(items))

    assert [item for item, first, end in runs for _ in range(first, end)] == items
    assert all(left[0] != right[0] for left, right in pairwise(runs))

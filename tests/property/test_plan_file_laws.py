"""Laws of plan files: whatever a tile change holds comes back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from byocplan.model.change import WRITES, Precondition, Reason, TileChange
from byocplan.planfile.lines import decode_change, encode_change

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIMES = st.none() | st.integers(-(2**45), 2**45)
BEFORE = st.none() | st.builds(Precondition, TIMES, TEXTS, TEXTS, TIMES)


@given(
    st.builds(
        TileChange,
        st.sampled_from(WRITES),
        TEXTS,
        st.sampled_from(Reason),
        st.none() | TEXTS,
        TIMES,
        st.booleans(),
        st.none() | TEXTS,
        st.booleans(),
        st.booleans(),
        BEFORE,
        TEXTS,
    )
)
def test_a_tile_change_comes_back_but_for_a_cover_that_nobody_asks_for(change: TileChange) -> None:
    is_asked = change.cover_managed and change.cover is not None
    expected = replace(change, cover=change.cover if is_asked else None, cover_managed=is_asked)

    line = encode_change(change)
    found = decode_change(change.action, line)

    assert found == expected
    assert line.count(b"\n") == 1
    assert not change.group or found.group == change.group

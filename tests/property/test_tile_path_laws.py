"""Laws of choosing tiles by the wildcards of their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byocplan.model.tile_paths import TilePaths
from byocplan.sets.engine import Engine, EngineOptions
from byocplan.sets.tile_paths import choose_rows, has_path_like

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = ["a", "b", "A", "/", "(BAND)", "(", "%", "_", "\\", "é", "😀", "\n", "[", "]", ".", "+", "$", "$rows"]
PATHS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
WILDCARDS = st.lists(st.sampled_from([*PIECES, "*", "?"]), min_size=1, max_size=6).map("".join)
CHOICES = st.builds(
    lambda like, unlike: TilePaths(tuple(like), tuple(unlike)),
    st.lists(WILDCARDS, max_size=3),
    st.lists(WILDCARDS, max_size=2),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = Engine(EngineOptions())
    yield opened
    opened.close()


@given(paths=st.lists(PATHS, min_size=1, max_size=20, unique=True), selected=CHOICES)
@settings(max_examples=60, deadline=None)
def test_the_engine_takes_the_paths_that_the_wildcards_take(
    engine: Engine, paths: list[str], selected: TilePaths
) -> None:
    table = engine.make_name("paths")
    engine.run("CREATE TABLE $rows AS SELECT unnest(?) AS path", [paths], rows=table)

    chosen = choose_rows(engine, table, selected)

    taken = {path for (path,) in engine.run("SELECT path FROM $rows", rows=chosen)}
    assert taken == {path for path in paths if selected.takes(path)}
    for each in selected.like:
        assert has_path_like(engine, table, each) is any(TilePaths((each,)).takes(path) for path in paths)


@given(
    key=PATHS,
    cut=st.integers(0, 6),
    length=st.integers(0, 6),
    like=st.lists(WILDCARDS, min_size=1, max_size=3),
    heads=st.lists(PATHS, max_size=3),
)
@settings(max_examples=200, deadline=None)
def test_a_narrowed_listing_shows_every_file_of_the_tiles_selected(
    key: str, cut: int, length: int, like: list[str], heads: list[str]
) -> None:
    path = f"{key[:cut]}(BAND){key[cut + length :]}"
    selected = TilePaths((*like, f"{path[: cut + 3]}*"))
    prefixes = [*heads, key[:cut]]

    narrowed = selected.narrow_prefixes(prefixes)

    assert selected.takes(path)
    assert any(key.startswith(prefix) for prefix in narrowed)
    assert all(any(each.startswith(prefix) for prefix in prefixes) for each in narrowed)
    assert not any(one != other and one.startswith(other) for one in narrowed for other in narrowed)

"""What an export owes: whatever is live, the plan of what was written has nothing to do and leaves no tile unmanaged."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from byocplan.sets import TileSets
from byocplan.sets.engine import EngineOptions
from byocplan.view.manifest_table import iter_table
from byocplan.view.manifest_text import render_exported
from tests.support.exporting import LiveWorld, export, plan_files, write

WORDS = st.sampled_from(
    [
        *("2019", "01", "28V", "a,b", 'q"q', '"', "'", " lead", "trail ", "a  b", "=1+1", "-", "@x", "#", ": ", "${x}"),
        *("$$", "{y}", "[0]", "*", "\\", "é", "(B)", "%2F", "NULL", "path", "a;b", "\U0001f30d"),
    ]
)
NAMES = st.sampled_from(["(BAND).tif", "(BAND).TIFF", "x_(BAND).tif", "one.tif", "two, three.tiff", '(BAND) "1".tif'])
PATHS = st.builds(lambda parts, name: "/".join((*parts, name)), st.lists(WORDS, max_size=4), NAMES)
#: The first and the last instant that the service can say, and those around zero, too.
TIMES = st.one_of(
    st.none(), st.integers(-62_135_596_800_000, 253_402_300_799_999), st.sampled_from([-1, 0, 1, 1_574_812_800_001])
)
#: How many tiles are a list: none, so that all are rows of the engine, some groups, all.
HELD = [0, 5, 20_000]


def make_key(path: str) -> str:
    return path.replace("(BAND)", "B1")


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.dictionaries(PATHS, TIMES, min_size=1, max_size=60),
    st.sampled_from([0, 7, 1000]),
    st.integers(0, 3),
    st.sampled_from(HELD),
)
@example({f"a{number},b/{number}.tif": number * 7 for number in range(30)}, 7, 0, 5)
@example({f"{number * number}/ {number}'(BAND).tif": None for number in range(30)}, 1000, 2, 0)
def test_the_plan_of_an_export_is_empty(
    times: Mapping[str, int | None], rows_a_table: int, lost: int, held_tiles: int
) -> None:
    keys = {make_key(path) for number, path in enumerate(sorted(times)) if number % 4 >= lost}
    world = LiveWorld(times, sorted(keys))

    with tempfile.TemporaryDirectory() as name, TileSets(EngineOptions(held_tiles=held_tiles)) as sets:
        exported = export(world, sets, rows_a_table)
        write(exported, Path(name))
        plan = plan_files(world, Path(name))

    (part,) = plan.collections
    assert {each.action.value: each.count for each in part.sets} == {"keep": len(times)}
    assert (plan.has_changes, plan.is_applyable) == (False, True)
    assert exported.left_out == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.dictionaries(PATHS, TIMES, min_size=1, max_size=60), st.sampled_from([0, 7, 1000]), st.integers(0, 3))
def test_an_export_is_the_same_however_few_tiles_are_held(
    times: Mapping[str, int | None], rows_a_table: int, lost: int
) -> None:
    world = LiveWorld(times, [make_key(path) for number, path in enumerate(sorted(times)) if number % 4 >= lost])

    texts = set()
    for held_tiles in HELD:
        with TileSets(EngineOptions(held_tiles=held_tiles)) as sets:
            exported = export(world, sets, rows_a_table)
            texts.add((render_exported(exported), *("".join(iter_table(table)) for table in exported.tables)))

    assert len(texts) == 1

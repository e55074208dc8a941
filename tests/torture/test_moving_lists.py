"""R13 and R15: lists that move while they are read, and reads that lag behind writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.faulty import Arena, count_repeats, open_arena, seed, write_project
from tests.support.manifests import make_document
from tests.support.torture import BANDS, LIVE_BANDS, RAILS
from tests.torture.conftest import get_seed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.faulty import Figure

ORDERS = {
    "created": "order=created",
    "uuid": "order=uuid",
    "offset": "paging=offset",
    "both": "order=uuid paging=offset",
}
#: Tiles whose files are gone, and which are to be deleted.
DOOMED = 20
LAGS_S = (0, 1, 10, 60)


def make_path(number: int) -> str:
    return f"2020/1/{number % 28 + 1}/t{number}/(BAND).tif"


def prepare(arena: Arena, folder: Path, count: int) -> set[str]:
    """Bind a collection with ``count`` tiles, of which the files of some are gone then; return those to be kept."""
    paths = [make_path(number) for number in range(count)]
    write_project(folder, ("s2", make_document("s2", "s2", adopt=True, bands=BANDS, rails=RAILS)))
    arena.keys = {"s2": [path.replace("(BAND)", "B02") for path in paths]}
    tiles = [{"path": path, "sensingTime": f"2020-01-{n % 28 + 1:02d}T00:00:00Z"} for n, path in enumerate(paths)]
    seed(arena, {"name": "s2", "s3Bucket": "s2", "additionalData": {"bands": LIVE_BANDS}, "tiles": tiles})
    ended = arena.apply(folder)
    assert ended.code == 0, ended.text
    arena.keys = {"s2": arena.keys["s2"][DOOMED:]}
    arena.clear_log()
    return set(paths[DOOMED:])


def mutate(folder: Path, count: int, rules: str) -> tuple[int, int, int]:
    """Apply while others write; return duplicates, deletes that were wrong, and what is not well in the end."""
    with open_arena() as arena:
        kept = prepare(arena, folder, count)
        arena.script(rules)
        arena.apply(folder)
        _, repeats = count_repeats(arena.list_paths())
        deletes = sum(each["method"] == "DELETE" and each["status"] == 204 for each in arena.log())
        arena.script("")
        ended = arena.apply(folder)
        held = arena.list_paths()
        own = {path for path in held if not path.startswith("other/")}
        assert ended.code == 0, ended.text
        return repeats + count_repeats(held)[1], max(0, deletes - DOOMED), len(own ^ kept)


def make_mutation(order: str, every: int, amount: int) -> str:
    writer = f"GET */tiles every={every} seed={get_seed()} create={amount} delete={amount} change={amount}"
    return f"GET */tiles {ORDERS[order]}\n{writer}"


@pytest.mark.parametrize("order", ORDERS)
def test_others_write_between_two_pages_and_nothing_is_done_wrongly(tmp_path: Path, order: str) -> None:
    assert mutate(tmp_path, 450, make_mutation(order, 1, 7)) == (0, 0, 0)


@pytest.mark.sweep
@pytest.mark.parametrize("amount", [1, 10, 100])
@pytest.mark.parametrize("order", ORDERS)
def test_ten_thousand_tiles_are_listed_while_others_write(
    tmp_path: Path, figure: Figure, order: str, amount: int
) -> None:
    found = mutate(tmp_path, 10_000, make_mutation(order, 1, amount))

    figure(
        f"R13 10,000 tiles, pages by {order}, others write {3 * amount} tiles a page",
        f"{found[0]} duplicates, {found[1]} wrong deletes, {found[2]} not as wanted after the next apply",
    )
    assert found == (0, 0, 0)


def lag(folder: Path, lag_s: float, *, accepts: bool, wait: bool = True) -> tuple[int, int, list[int], int]:
    """Apply thrice in a row while reads lag; return paths, duplicates, the codes, and what the last one wrote."""
    with open_arena(accept_duplicates=accepts, parallelism=1) as arena:
        write_project(folder, ("s2", make_document("s2", "s2", bands=BANDS, rails=RAILS)))
        arena.keys = {"s2": [make_path(number).replace("(BAND)", "B02") for number in range(30)]}
        if lag_s:
            arena.script(f"POST */tiles hide={lag_s}s\nPOST */collections hide={lag_s}s\nDELETE * linger={lag_s}s")
        codes = [arena.apply(folder, wait=wait).code]
        arena.keys = {"s2": arena.keys["s2"][10:]}
        codes.append(arena.apply(folder, wait=wait).code)
        arena.clock.sleep(lag_s)
        codes.append(arena.apply(folder, wait=wait).code)
        arena.clock.sleep(lag_s)
        arena.clear_log()
        codes.append(arena.apply(folder, wait=wait).code)
        writes = [each for each in arena.log() if each["method"] in {"POST", "PUT", "DELETE"}]
        written = sum(not each["path"].endswith("/token") for each in writes)
        return *count_repeats(arena.list_paths()), codes, written


@pytest.mark.parametrize("accepts", [False, True], ids=["with 409", "without 409"])
@pytest.mark.parametrize("lag_s", LAGS_S)
def test_reads_that_lag_make_no_duplicate(tmp_path: Path, figure: Figure, lag_s: float, accepts: bool) -> None:
    paths, repeats, codes, written = lag(tmp_path, lag_s, accepts=accepts)

    mode = "without" if accepts else "with"
    figure(
        f"R15 reads lag by {lag_s} s, {mode} 409", f"{repeats} duplicates, exit codes {codes}, then {written} writes"
    )
    assert (paths, repeats, written) == (20, 0, 0)
    assert codes[-1] == 0

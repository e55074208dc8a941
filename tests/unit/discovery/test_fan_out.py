"""Long listings are cut into parts that are listed beside each other; no key is lost, none comes twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byocplan.discovery.fan_out import FanOut
from byocplan.discovery.listing import SeekableBucket
from byocplan.errors import AccessError, UnreachableError
from tests.support.discovery import discover, make_pattern_source
from tests.support.memory_bucket import MemoryBucket, RangedBucket, make_bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from byocplan.discovery.listing import ObjectPage

LOST = UnreachableError("S3", "http://localhost", "timeout", "run again")


def make_ranged(keys: Iterable[str], page_size: int = 5) -> RangedBucket:
    return RangedBucket({key: f"etag-{key}" for key in keys}, page_size=page_size)


def list_all(bucket: MemoryBucket, *prefixes: str) -> list[str]:
    with FanOut(bucket) as fan_out:
        for number, prefix in enumerate(prefixes):
            fan_out.start(number, prefix)
        return [key for each in fan_out.iter_arrivals() if each.page is not None for key in each.page.keys]


def by_folder(key: str) -> object:
    """Order as of a file system: ``a/`` before ``a-b``."""
    return key.split("/")


def test_a_long_listing_is_cut_at_folders() -> None:
    keys = [
        f"S2/{year}/{month:02}/{name:03}/B1.tif" for year in (2019, 2020) for month in range(1, 13) for name in range(9)
    ]
    bucket = make_ranged(keys)

    found = list_all(bucket, "S2/")

    assert Counter(found) == Counter(keys)
    assert bucket.begun == ["S2/2020/"]


def test_what_comes_before_the_first_cut_is_cut_again_in_the_folders_below() -> None:
    keys = [f"S2/{year}/{month}/{name:03}.tif" for year in (2019, 2020) for month in "abcd" for name in range(25)]
    bucket = make_ranged(keys)

    found = list_all(bucket, "S2/")

    assert Counter(found) == Counter(keys)
    assert {"S2/2019/c/", "S2/2019/d/", "S2/2020/"} <= set(bucket.begun)


def test_a_short_listing_is_not_cut() -> None:
    keys = [f"{folder}/{name}.tif" for folder in "abcd" for name in range(5)]
    bucket = make_ranged(keys)

    found = list_all(bucket, "")

    assert found == keys
    assert bucket.asked == [""]


def test_a_bucket_that_cannot_begin_anywhere_is_listed_from_end_to_end() -> None:
    keys = sorted(f"{folder}/{name}.tif" for folder in "abcd" for name in range(50))
    bucket = make_bucket(keys)
    bucket.page_size = 5

    found = list_all(bucket, "")

    assert not isinstance(bucket, SeekableBucket)
    assert found == keys


NAMES = st.text("ab-.0", min_size=1, max_size=2)
KEYS = st.sets(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=40, max_size=160)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(KEYS, st.integers(1, 4), st.sampled_from([str, by_folder]))
def test_no_key_is_lost_or_comes_twice(keys: set[str], page_size: int, order: type) -> None:
    bucket = replace(make_ranged(keys, page_size), order=order)

    found = list_all(bucket, "")

    assert Counter(found) == Counter(keys)


@pytest.mark.parametrize("page_size", [5, 7, 10])
@pytest.mark.parametrize("near", ["a-b", "a/p-b", "a/p/0-b", "a/q/0-b", "a/t.old"])
def test_no_key_is_lost_where_a_server_has_the_folder_before_a_name_that_begins_alike(
    near: str, page_size: int
) -> None:
    keys = [f"a/{folder}/0/{name}.tif" for folder in "pqrst" for name in range(20)]
    keys += [f"{near}/{name}.tif" for name in range(20)]

    found = list_all(replace(make_ranged(keys, page_size), order=by_folder), "")

    assert Counter(found) == Counter(keys)


def test_s3_listings_are_cut_beside_and_below_names_that_begin_alike() -> None:
    keys = [f"{top}/{folder}/{name}.tif" for top in ("a", "a-b", "c") for folder in "pq" for name in range(20)]
    bucket = make_ranged(keys)

    found = list_all(bucket, "")

    assert Counter(found) == Counter(keys)
    assert bucket.begun[0] == "c/"


class DeafBucket(RangedBucket):
    """Begins every listing at the prefix, wherever it is to begin."""

    def iter_pages_after(self, prefix: str, after: str) -> Iterator[ObjectPage]:
        self.begun.append(after)
        return self.iter_pages(prefix)


def test_a_server_that_begins_at_the_prefix_all_the_same_gives_no_key_twice() -> None:
    keys = [f"{folder}/{below}/{name}.tif" for folder in "abcd" for below in "pq" for name in range(20)]
    bucket = DeafBucket(dict.fromkeys(keys, "e"), page_size=5)

    found = list_all(bucket, "")

    assert bucket.begun
    assert Counter(found) == Counter(keys)


class ScrambledBucket(RangedBucket):
    """Has keys from before a stretch among those of it."""

    def iter_pages_after(self, prefix: str, after: str) -> Iterator[ObjectPage]:
        behind, before = (
            [key for key in sorted(self.keys) if (key > after) is is_behind] for is_behind in (True, False)
        )
        return self._iter_ordered(prefix, [*behind[:3], *before, *behind[3:]])


@pytest.mark.parametrize("page_size", [3, 5])
def test_a_stretch_whose_keys_stand_among_others_fails_its_source(page_size: int) -> None:
    keys = [f"{folder}/{name:03}/B1.tif" for folder in "ab" for name in range(40)]
    bucket = ScrambledBucket(dict.fromkeys(keys, "e"), page_size=page_size)

    result = discover(bucket, make_pattern_source("{folder}/{scene}/(BAND).tif"))

    assert "out of order" in result.report.sources[0].failure


def test_pages_of_a_stretch_come_in_order_and_parts_belong_behind_what_they_are_parts_of() -> None:
    keys = sorted(f"{folder}/{name:03}.tif" for folder in "abcd" for name in range(40))
    with FanOut(make_ranged(keys)) as fan_out:
        fan_out.start(0, "")

        arrivals = [each for each in fan_out.iter_arrivals() if each.page is not None]

    in_order = sorted(arrivals, key=lambda each: each.order)
    assert [key for each in in_order for key in (each.page.keys if each.page else ())] == keys
    assert len({each.order for each in arrivals}) > 3


def test_samples_of_what_is_left_over_do_not_depend_on_what_came_first() -> None:
    keys = [f"{folder}/{name:03}.txt" for folder in "abcd" for name in range(40)]

    reports = [discover(make_ranged(keys), make_pattern_source("{folder}/(BAND).tif")).report for _ in range(5)]

    assert {report.leftover_keys for report in reports} == {160}
    assert {tuple(report.left_over_samples.values()) for report in reports} == {
        ("a/000.txt", "b/000.txt", "c/000.txt", "d/000.txt")
    }


def test_the_tiles_of_a_long_listing_are_those_of_a_short_one() -> None:
    keys = [f"{grid:02}/{day:02}/B{band}.tif" for grid in range(12) for day in range(10) for band in range(3)]
    source = make_pattern_source("{grid}/{n:2d}/(BAND).tif")

    short, long = (discover(make_ranged(keys, size), source) for size in (1000, 7))

    assert long.tiles == short.tiles
    assert replace(long.report, sources=()) == replace(short.report, sources=())


def test_a_bucket_whose_folders_may_not_be_looked_into_is_listed_from_end_to_end() -> None:
    class Guarded(RangedBucket):
        def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
            raise AccessError(f"listing {prefix} was denied", "ask its owner")

    keys = [f"{folder}/{name:03}.tif" for folder in "abcd" for name in range(40)]

    found = list_all(Guarded(dict.fromkeys(keys, "e"), page_size=5), "")

    assert found == keys


class BreakingBucket(RangedBucket):
    """Refuses the listing that begins at one folder."""

    def iter_pages_after(self, prefix: str, after: str) -> Iterator[ObjectPage]:
        if after.endswith("c/"):
            raise AccessError("listing was denied", "ask its owner")
        return super().iter_pages_after(prefix, after)


def test_a_part_that_fails_fails_its_source_and_the_other_parts_are_kept() -> None:
    keys = [f"{folder}/{name:03}/B1.tif" for folder in "abcd" for name in range(40)]
    bucket = BreakingBucket(dict.fromkeys(keys, "e"), page_size=5)

    result = discover(bucket, make_pattern_source("{folder}/{scene}/(BAND).tif"))

    assert "denied" in result.report.sources[0].failure
    assert {path[0] for path in result.tiles} == {"a", "b", "d"}


def test_what_is_wrong_in_a_bucket_comes_out_where_the_pages_are_taken() -> None:
    class Broken(MemoryBucket):
        def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
            raise ZeroDivisionError(prefix)

    with pytest.raises(ZeroDivisionError):
        list_all(Broken({}), "a/")


def test_whoever_stops_taking_does_not_wait_for_the_rest() -> None:
    bucket = make_ranged((f"{name:05}.tif" for name in range(2000)), page_size=2)

    with FanOut(bucket) as fan_out:
        fan_out.start(0, "")
        first = next(fan_out.iter_arrivals())

    assert first.page is not None
    assert first.page.keys == ["00000.tif", "00001.tif"]


def test_an_exception_where_pages_are_taken_waits_for_no_answer_that_is_out() -> None:
    never = Event()

    class Silent(MemoryBucket):
        def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
            if prefix == "b/":
                never.wait()
            return super().iter_pages(prefix)

    def take_one() -> None:
        with FanOut(Silent({"a/1.tif": "e"})) as fan_out:
            fan_out.start(0, "a/")
            fan_out.start(1, "b/")
            next(fan_out.iter_arrivals())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_one()

    never.set()

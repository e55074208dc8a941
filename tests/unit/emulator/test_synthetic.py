"""The formula of synthetic tiles, written out."""

from __future__ import annotations

import hashlib
import zlib
from uuid import UUID

from byocplan.emulator.synthetic import (
    PLACES,
    iter_objects,
    make_etag,
    make_id,
    make_path,
    make_place_box,
    make_sensing_time,
)


def test_a_tile_lies_at_a_place_on_a_day() -> None:
    numbers = (0, 9, 10, PLACES - 1, PLACES, 1_000_000)

    paths = [make_path(number).removesuffix("/(BAND).tif") for number in numbers]

    assert paths == [
        "2015/07/01/01N", "2015/07/01/01X", "2015/07/01/02N", "2015/07/01/60X", "2015/07/02/01N", "2020/01/22/41N",
    ]  # fmt: skip
    assert make_sensing_time(1_000_000) == "2020-01-22T00:00:00Z"


def test_paths_are_sorted_and_unique() -> None:
    paths = [make_path(number) for number in range(3 * PLACES)]

    assert paths == sorted(set(paths))


def test_a_place_lies_in_its_own_utm_zone() -> None:
    epsg, box = make_place_box(276)

    assert epsg == 32628
    assert box == (445_080.0, 5_608_800.0, 554_880.0, 5_718_600.0)


def test_an_etag_follows_from_path_and_source() -> None:
    path = "2019/11/27/28V/(BAND).tif"

    etag = make_etag(path, "B02")

    digest = hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()
    assert etag == f'"{digest[:24]}{zlib.crc32(b"B02"):08x}"'
    assert len(etag) == 34


def test_ids_look_random_and_differ_between_collections() -> None:
    ids = [UUID(bytes=make_id(collection, number)) for collection in ("one", "two") for number in range(100)]

    assert len(set(ids)) == 200
    assert {each.version for each in ids} == {4}
    assert ids[:100] != sorted(ids[:100])


def test_objects_come_as_a_bucket_lists_them() -> None:
    objects = list(iter_objects(2 * PLACES, ("B11", "B02"), first=5))

    keys = [key for key, _ in objects]
    assert keys == sorted(set(keys))
    assert len(keys) == 4 * PLACES
    assert objects[0] == ("2015/07/01/01T/B02.tif", make_etag("2015/07/01/01T/(BAND).tif", "B02"))

"""Whether the files of a tile to delete are gone: all of them, by a 404 each."""

import pytest

from byocplan.discovery.listing import Presence
from byocplan.discovery.proving import CHUNK, list_keys, prove_gone
from byocplan.model.loss import DoomedTile, Proof
from tests.support.memory_bucket import MemoryBucket, make_bucket

TILE = DoomedTile("a/(BAND).tif", ("B2",))


@pytest.mark.parametrize(
    ("tile", "keys"),
    [
        pytest.param(TILE, ["a/B1.tif", "a/B2.tif"], id="configured and ingested bands"),
        pytest.param(DoomedTile("a/(BAND).tif"), ["a/B1.tif"], id="configured bands"),
        pytest.param(DoomedTile("a/one.TIFF", ("B2",)), ["a/one.TIFF"], id="one file"),
        pytest.param(DoomedTile("a/folder", ("B2",)), [], id="a folder the service did not rewrite"),
    ],
)
def test_the_keys_of_a_tile(tile: DoomedTile, keys: list[str]) -> None:
    assert list_keys(tile, ["B1"]) == keys


@pytest.mark.parametrize(
    ("states", "gone", "there"),
    [
        pytest.param({}, 1, 0, id="all gone"),
        pytest.param({"a/B2.tif": Presence.THERE}, 0, 1, id="one is there"),
        pytest.param({"a/B1.tif": Presence.UNKNOWN}, 0, 0, id="one shows nothing"),
        pytest.param({"a/B1.tif": Presence.UNKNOWN, "a/B2.tif": Presence.THERE}, 0, 1, id="one is there for sure"),
    ],
)
def test_a_tile_is_gone_when_every_file_is(states: dict[str, Presence], gone: int, there: int) -> None:
    bucket = MemoryBucket({}, states=states)

    proof = prove_gone([TILE], 1, ["B1"], bucket)

    assert (proof.gone, proof.there, proof.unknown) == (gone, there, 1 - gone - there)
    assert proof.example == ("" if gone else TILE.path)


def test_a_tile_without_keys_shows_nothing() -> None:
    assert prove_gone([DoomedTile("a/(BAND).tif")], 1, [], make_bucket([])) == Proof(1, 1, example="a/(BAND).tif")


def test_what_exists_is_the_example_before_what_shows_nothing() -> None:
    tiles = [DoomedTile(f"{name}/(BAND).tif") for name in "abc"]
    bucket = MemoryBucket({"c/B1.tif": "e"}, states={"a/B1.tif": Presence.UNKNOWN})

    assert prove_gone(tiles, 3, ["B1"], bucket) == Proof(3, 3, gone=1, there=1, example="c/(BAND).tif")


def test_a_bucket_that_shows_nothing_is_not_asked_for_thousands_of_files() -> None:
    tiles = [DoomedTile(f"{number}/(BAND).tif") for number in range(10 * CHUNK)]
    bucket = MemoryBucket({}, states={tile.path.replace("(BAND)", "B1"): Presence.UNKNOWN for tile in tiles})

    proof = prove_gone(tiles, len(tiles), ["B1"], bucket)

    assert (proof.looked_at, proof.unknown, len(bucket.probed)) == (10 * CHUNK, 10 * CHUNK, CHUNK)


def test_the_seed_is_told_of_a_sample_alone() -> None:
    whole = prove_gone([TILE], 1, ["B1"], make_bucket([]), "seed")
    sample = prove_gone([TILE], 2, ["B1"], make_bucket([]), "seed")

    assert (whole.seed, sample.seed) == ("", "seed")

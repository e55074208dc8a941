"""Synthetic tiles by number: paths, times, boxes, files and ids of tiles that no file stands behind. Pure.

Whoever needs the same tiles elsewhere (a made-up bucket, a table of desired tiles) takes them from here and they agree
exactly. Tile ``n``, from 0, lies at place ``n % 600`` on day ``n // 600``:

* places are the 60 UTM zones by the ten northern latitude bands ``N P Q R S T U V W X``, day 0 is 2015-07-01;
* path ``YYYY/MM/DD/<zone><letter>/(BAND).tif``; paths in the order of their numbers are sorted;
* sensing time: midnight of the day, UTC;
* ETag of a file: the first 24 hex digits of the MD5 of the tile's path (with ``(BAND)`` in it), then the CRC-32 of the
  source as 8 hex digits, all within quotes;
* id: the MD5 of ``<collection id>/<n>`` with the version bits of a random UUID, so ids are in random order.
"""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

FIRST_DAY = date(2015, 7, 1)
ZONES = 60
LETTERS = "NPQRSTUVWX"
PLACES = ZONES * len(LETTERS)
#: Boxes as those of Sentinel-2, astride the central meridian of the zone; one latitude band is 8 degrees.
WEST_M, SIDE_M, FIRST_SOUTH_M, BAND_M = 445_080.0, 109_800.0, 300_000.0, 884_800.0
MIN_METERS_PER_PIXEL, MAX_METERS_PER_PIXEL = 10.0, 160.0
HEADER_SIZE = 1328
TAIL = "/(BAND).tif"
DIGEST_DIGITS = 24


def make_day_text(day: int, form: str) -> str:
    """Return a day by its number, written as the form says."""
    return format(FIRST_DAY + timedelta(days=day), form)


def make_day_folder(day: int) -> str:
    """Return ``2015/07/01/`` for day 0."""
    return make_day_text(day, "%Y/%m/%d/")


def make_day_time(day: int) -> str:
    """Return the sensing time of all tiles of a day."""
    return make_day_text(day, "%Y-%m-%dT00:00:00Z")


def make_place_name(place: int) -> str:
    """Return ``01N`` for place 0, ``60X`` for the last."""
    zone, letter = divmod(place, len(LETTERS))
    return f"{zone + 1:02d}{LETTERS[letter]}"


def make_place_box(place: int) -> tuple[int, tuple[float, float, float, float]]:
    """Return the EPSG code of a place and its west, south, east and north in metres."""
    zone, letter = divmod(place, len(LETTERS))
    south = FIRST_SOUTH_M + letter * BAND_M
    return 32601 + zone, (WEST_M, south, WEST_M + SIDE_M, south + SIDE_M)


def make_path(number: int) -> str:
    """Return a tile's path."""
    day, place = divmod(number, PLACES)
    return make_day_folder(day) + make_place_name(place) + TAIL


def make_sensing_time(number: int) -> str:
    """Return a tile's sensing time."""
    return make_day_time(number // PLACES)


def make_path_digest(path: str) -> str:
    """Return what the ETags of one tile's files have in common."""
    return hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()[:DIGEST_DIGITS]


@lru_cache(maxsize=256)
def make_source_digest(source: str) -> str:
    """Return what tells the ETag of one source from another's."""
    return f"{zlib.crc32(source.encode()):08x}"


def make_etag(path: str, source: str) -> str:
    """Return the ETag of one file of a tile, quotes included."""
    return f'"{make_path_digest(path)}{make_source_digest(source)}"'


def make_id(collection_id: str, number: int) -> bytes:
    """Return the 16 bytes of a tile's id."""
    digest = bytearray(hashlib.md5(f"{collection_id}/{number}".encode(), usedforsecurity=False).digest())
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return bytes(digest)


def iter_objects(count: int, sources: Sequence[str], first: int = 0) -> Iterator[tuple[str, str]]:
    """Yield key and ETag of all files of the tiles ``first`` to ``first + count``, sorted as S3 lists them."""
    ordered = sorted(sources, key="{}.tif".format)
    for number in range(first, first + count):
        path = make_path(number)
        digest = make_path_digest(path)
        for source in ordered:
            yield path.replace("(BAND)", source), f'"{digest}{make_source_digest(source)}"'

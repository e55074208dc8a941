"""Bands for a first collection: one file a text for ``(BAND)`` in, bands as these files have them out. Reads S3."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.cog.header import read_header
from byocplan.cog.rules import MOST_BANDS, check_samples
from byocplan.errors import ByocplanError, FileError
from byocplan.model.band import Band

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.cog.header import Header
    from byocplan.discovery.s3_ranges import RangeBucket

#: Files whose headers are read: one request each, and a few more for a long header.
MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class ReadBands:
    """Bands by the text for ``(BAND)`` of the file they lie in. ``obstacle`` says why they are not all known."""

    by_text: Mapping[str, tuple[Band, ...]] = field(default_factory=dict)
    obstacle: str = ""


def read_bands(files: Mapping[str, str], bucket: RangeBucket) -> ReadBands:
    """Return the bands of files, which are keys by their text for ``(BAND)``; a failure is an obstacle.

    Bands are named as the service names them: as the text, with ``_1``, ``_2`` where a file has several. Source: BYOC
    documentation, automatic configuration.
    """
    if len(files) > MOST_FILES:
        return ReadBands(obstacle=f"there are more than {MOST_FILES} kinds of files")
    found: dict[str, tuple[Band, ...]] = {}
    for text, key in files.items():
        try:
            found[text] = _make_bands(text, read_header(bucket.open(key).read))
        except FileError as failure:
            return ReadBands(found, f"{key}: {failure.what}")
        except ByocplanError as error:
            return ReadBands(found, f"{key}: {error}")
    names = [band.name for bands in found.values() for band in bands]
    if len(names) > MOST_BANDS:
        return ReadBands(found, f"a collection has {MOST_BANDS} bands at most, and these files have {len(names)}")
    if len(set(names)) < len(names):
        return ReadBands(found, "files of several bands and the names of others make the same names of bands")
    return ReadBands(found)


def _make_bands(text: str, header: Header) -> tuple[Band, ...]:
    """Return the bands of one file. Raises FileError for samples that no band can have."""
    for what in check_samples(header):
        raise FileError("samples", what)
    if not text.isprintable():
        raise FileError("format", "its name has characters that no band may have")
    main = header.main
    if main.bands == 1:
        return (Band(text, None, None, main.bit_depth, main.kind),)
    return tuple(Band(f"{text}_{index}", text, index, main.bit_depth, main.kind) for index in range(1, main.bands + 1))

"""The documented rules for the files of one tile together, and for the bands of its collection. Pure.

Source: BYOC documentation, "COG requirements": one system, boxes that differ by a pixel at most, one bit depth a band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.preflight import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.cog.header import Header
    from byocplan.cog.place import Box, Place
    from byocplan.model.preflight import BandNeed

#: Boxes are sums of floating numbers.
SLACK = 1 + 1e-9

#: The rules in words, by name.
TILE_RULES: Mapping[str, str] = {
    "same-projection": "all files of a tile are in one coordinate system",
    "same-box": "a file differs from the intersection of all by one of its pixels at most",
    "band-index": "the file of a band has so many bands",
    "bit-depth": "the file of a band has the bit depth of the band",
    "sample-format": "the file of a band has the sample format of the band",
}


def check_tile(headers: Mapping[str, Header], bands: Sequence[BandNeed]) -> tuple[Finding, ...]:
    """Return what the files of a tile, by the text for ``(BAND)``, break together."""
    return (*_check_places(headers), *_check_bands(headers, bands))


def _check_places(headers: Mapping[str, Header]) -> Iterator[Finding]:
    places = {source: header.main.place for source, header in headers.items() if header.main.place is not None}
    systems = sorted({str(place.epsg) for place in places.values()})
    if len(systems) > 1:
        yield Finding("same-projection", f"its files are in EPSG:{', EPSG:'.join(systems)}")
        return
    common = _make_intersection(list(places.values()))
    for source, place in sorted(places.items()):
        limits = (*place.pixel, *place.pixel)
        differs = any(
            abs(side - other) > limit * SLACK for side, other, limit in zip(place.box, common, limits, strict=True)
        )
        if differs:
            yield Finding("same-box", f"the file of {source} differs by more than a pixel")


def _make_intersection(places: Sequence[Place]) -> Box:
    if not places:
        return 0.0, 0.0, 0.0, 0.0
    wests, souths, easts, norths = zip(*(place.box for place in places), strict=True)
    return max(wests), max(souths), min(easts), min(norths)


def _check_bands(headers: Mapping[str, Header], bands: Sequence[BandNeed]) -> Iterator[Finding]:
    for band in bands:
        header = headers.get(band.source)
        if header is None:
            continue
        main = header.main
        if band.band_index > main.bands:
            yield Finding("band-index", f"{band.name} is band {band.band_index} of a file that has {main.bands}")
        if band.bit_depth is not None and band.bit_depth != main.bit_depth:
            yield Finding("bit-depth", f"{band.name} has {band.bit_depth} bits and its file {main.bit_depth}")
        if band.sample_format is not None and band.sample_format != main.kind:
            yield Finding("sample-format", f"{band.name} is {band.sample_format} and its file {main.kind}")

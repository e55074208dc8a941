"""The documented rules for the files of one tile together and against the collection's bands. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from byocplan.emulator.ingest.facts import FileFacts, Place

Bands = Mapping[str, Mapping[str, Any]]
MIN_OVERVIEW_PX = 256
METERS_PER_DEGREE = 111319.49079327358
Box = tuple[float, float, float, float]


def get_places(files: Sequence[FileFacts]) -> list[Place]:
    """Return where the files lie."""
    return [each.place for each in files if each.place is not None]


def make_intersection(places: Sequence[Place]) -> Box:
    """Return what all boxes have in common."""
    wests, souths, easts, norths = zip(*(place.box for place in places), strict=True)
    return max(wests), max(souths), min(easts), min(norths)


def make_union(places: Sequence[Place]) -> Box:
    """Return the box around all boxes."""
    wests, souths, easts, norths = zip(*(place.box for place in places), strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def check_boxes(files: Sequence[FileFacts]) -> Iterator[str]:
    """Every file may differ from the intersection of all by one of its own pixels at most."""
    places = get_places(files)
    if len({place.epsg for place in places}) > 1:
        yield "projection: all files of a tile must be in the same coordinate system."
        return
    common = make_intersection(places)
    for facts, place in zip(files, places, strict=True):
        width, height = place.pixel
        limits = (width, height, width, height)
        if any(abs(a - b) > limit * (1 + 1e-9) for a, b, limit in zip(place.box, common, limits, strict=True)):
            yield f"bounding box: {facts.source} differs from the intersection of all files by more than one pixel."


def check_configured_bands(files: Sequence[FileFacts], bands: Bands) -> Iterator[str]:
    """Check that the file of each band has it, with the bit depth and sample format of the collection."""
    by_source = {each.source: each for each in files}
    for name, band in bands.items():
        facts = by_source[band["source"]]
        own, file = f"band {name}", f"its file {facts.source}"
        if band["bandIndex"] > facts.bands:
            yield f"band index: {own} is band {band['bandIndex']} of {facts.source}, which has {facts.bands}."
        if band["bitDepth"] != facts.bit_depth:
            yield f"bit depth: {own} has {band['bitDepth']} bits and {file} has {facts.bit_depth}."
        if band.get("sampleFormat", facts.sample_format) != facts.sample_format:
            yield f"sample format: {own} is {band['sampleFormat']} and {file} is {facts.sample_format}."


def check_tile(files: Sequence[FileFacts], bands: Bands) -> list[str]:
    """Return every rule that the files of a tile break together."""
    return [*check_boxes(files), *check_configured_bands(files, bands)]


def make_resolutions(files: Sequence[FileFacts]) -> tuple[float, float]:
    """Return the finest and coarsest metres per pixel; overviews under 256 pixels in both dimensions do not count."""
    finest, coarsest = [], []
    for facts, place in zip(files, get_places(files), strict=True):
        base = max(place.pixel) * (METERS_PER_DEGREE if place.epsg == 4326 else 1)  # noqa: PLR2004
        full = facts.main.size[0]
        sizes = [image.size for image in facts.header.images if not image.is_mask]
        counted = [width for width, height in sizes[1:] if max(width, height) >= MIN_OVERVIEW_PX]
        finest.append(base)
        coarsest.append(base * round(full / min(counted)) if counted else base)
    return min(finest), max(coarsest)

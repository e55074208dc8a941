"""Bands of one collection: what the manifest asks for laid over what is live. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.band import Band, LiveBand
from byocplan.model.change import FieldChange
from byocplan.model.unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The API's names of what a band has, and whether a collection with tiles refuses to change it.
#: Source: BYOC OpenAPI, BYOCCollectionUpdatePayload.
PROPERTIES = (
    ("source", "source", True),
    ("bandIndex", "band_index", True),
    ("bitDepth", "bit_depth", True),
    ("sampleFormat", "sample_format", True),
    ("noData", "no_data", False),
)


@dataclass(frozen=True, slots=True)
class MergedBands:
    """``bands`` are all bands after the change; ``origin`` maps a band's name to its live name, where it has one."""

    bands: Mapping[str, LiveBand]
    origin: Mapping[str, str]


def merge_bands(desired: Mapping[str, Band], live: Mapping[str, LiveBand], *, keep_no_data: bool = True) -> MergedBands:
    """Return the desired bands with all that the manifest leaves open taken from the live ones, else from defaults.

    In order of their names: that of keys means nothing, so the same manifest in another order makes the same plan.
    """
    origin = {name: found for name, band in desired.items() if (found := _find_origin(name, band, live))}
    bands = {}
    for name, band in sorted(desired.items()):
        before = live.get(origin.get(name, ""))
        if before is not None and not keep_no_data:
            before = replace(before, no_data=None)
        bands[name] = _merge_band(name, band, before)
    return MergedBands(bands, origin)


def compare_bands(merged: MergedBands, live: Mapping[str, LiveBand], *, has_tiles: bool) -> Iterator[FieldChange]:
    """Yield what differs, in order of the bands' names; removed bands last."""
    for name, band in sorted(merged.bands.items()):
        before = live.get(merged.origin.get(name, ""))
        if before is None:
            yield FieldChange(f"bands.{name}", None, encode_band(band), is_immutable=has_tiles)
            continue
        if before.name != name:
            yield FieldChange(f"bands.{name}.name", before.name, name)
        old, new = encode_band(before), encode_band(band)
        for key, _, is_immutable in PROPERTIES:
            if old[key] != new[key]:
                yield FieldChange(f"bands.{name}.{key}", old[key], new[key], is_immutable=is_immutable and has_tiles)
    removed = find_removed(merged, live)
    for name in removed:
        is_last = has_tiles and not merged.bands
        yield FieldChange(f"bands.{name}", encode_band(live[name]), None, is_immutable=is_last)


def find_removed(merged: MergedBands, live: Mapping[str, LiveBand]) -> tuple[str, ...]:
    """Return the live bands that the manifest gives up."""
    return tuple(sorted(live.keys() - set(merged.origin.values())))


def encode_band(band: LiveBand) -> dict[str, object]:
    """Return the band in the API's words."""
    return {key: getattr(band, attribute) for key, attribute, _ in PROPERTIES}


def _find_origin(name: str, band: Band, live: Mapping[str, LiveBand]) -> str | None:
    """Return the live band this one is: of the same name, else of the previous name."""
    return next((each for each in (name, band.previous_name) if each in live), None)


def _merge_band(name: str, band: Band, before: LiveBand | None) -> LiveBand:
    base = before or LiveBand(name, name, 1, None, None, None)
    return LiveBand(
        name,
        base.source if band.source is None else band.source,
        base.band_index if band.band_index is None else band.band_index,
        base.bit_depth if band.bit_depth is None else band.bit_depth,
        base.sample_format if band.sample_format is None else band.sample_format,
        base.no_data if band.no_data is UNSET else band.no_data,
    )

"""Bands and noData from the first ingested tile. Pure."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from byocplan.emulator.ingest.facts import FileFacts
from byocplan.emulator.store.collections import Collection

Band = dict[str, Any]


def make_bands(files: Sequence[FileFacts]) -> dict[str, Band]:
    """Return bands named after files; those of a file with several get ``_1``, ``_2`` and so on."""
    bands = {}
    for facts in files:
        for index in range(1, facts.bands + 1):
            name = facts.source if facts.bands == 1 else f"{facts.source}_{index}"
            bands[name] = {
                "bitDepth": facts.bit_depth,
                "source": facts.source,
                "bandIndex": index,
                "sampleFormat": facts.sample_format,
            }
    return bands


def find_no_data(band: Band, by_source: dict[str, FileFacts]) -> float | None:
    """Return the noData tag of a band's file; NaN cannot be configured."""
    value = by_source[band["source"]].no_data[band["bandIndex"] - 1]
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value


def add_no_data(collection: Collection, files: Sequence[FileFacts]) -> Collection:
    """Return the collection with the files' noData: its own when all agree, each band's otherwise. The user's stays."""
    if collection.no_data is not None or any("noData" in band for band in collection.bands.values()):
        return collection
    by_source = {facts.source: facts for facts in files}
    found = {name: find_no_data(band, by_source) for name, band in collection.bands.items()}
    values = set(found.values())
    if len(values) == 1:
        return replace(collection, no_data=values.pop())
    bands = {
        name: band if found[name] is None else band | {"noData": found[name]} for name, band in collection.bands.items()
    }
    return replace(collection, bands=bands)


def configure_collection(collection: Collection, files: Sequence[FileFacts]) -> Collection:
    """Return the collection with bands, and with the sample formats that it did not know."""
    bands = collection.bands or make_bands(files)
    formats = {facts.source: facts.sample_format for facts in files}
    filled = {
        name: band | {"sampleFormat": band.get("sampleFormat") or formats[band["source"]]}
        for name, band in bands.items()
    }
    return replace(collection, bands=filled)

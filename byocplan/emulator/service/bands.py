"""Bands: what a request may say about them, and which edits a collection with tiles allows. Pure."""

from typing import Any

from byocplan.emulator.errors import ApiError, make_bad_payload
from byocplan.emulator.service.payload import Payload, find_number, find_object

BIT_DEPTHS = (8, 16, 32)
SAMPLE_FORMATS = ("UINT", "INT", "FLOAT")
MAX_BANDS = 100
Band = dict[str, Any]


def decode_band(name: str, payload: Payload) -> Band:
    """Return one band, defaults filled in, keys as in the recorded answers. Source: BYOC OpenAPI, BYOCFormat."""
    where = f"additionalData.bands.{name}."
    if payload.get("bitDepth") not in BIT_DEPTHS or isinstance(payload.get("bitDepth"), bool):
        raise make_bad_payload(f"{where}bitDepth", "must be one of 8, 16, 32")
    if payload.get("sampleFormat") not in {None, *SAMPLE_FORMATS}:
        raise make_bad_payload(f"{where}sampleFormat", f"must be one of {', '.join(SAMPLE_FORMATS)}")
    index, source = payload.get("bandIndex"), payload.get("source")
    if index is not None and (not isinstance(index, int) or isinstance(index, bool) or index < 1):
        raise make_bad_payload(f"{where}bandIndex", "must be a whole number from 1")
    if source is not None and not isinstance(source, str):
        raise make_bad_payload(f"{where}source", "must be a string")
    band: Band = {"bitDepth": int(payload["bitDepth"]), "source": source or name, "bandIndex": index or 1}
    no_data = find_number(payload, "noData", where)
    extras = {"sampleFormat": payload.get("sampleFormat"), "noData": no_data}
    return band | {key: value for key, value in extras.items() if value is not None}


def decode_bands(additional: Payload) -> dict[str, Band]:
    """Return the bands of ``additionalData``, empty when there are none."""
    bands = find_object(additional, "bands", "additionalData.") or {}
    if len(bands) > MAX_BANDS:
        raise make_bad_payload("additionalData.bands", f"must not hold more than {MAX_BANDS} bands")
    for name, band in bands.items():
        if not isinstance(band, dict):
            raise make_bad_payload(f"additionalData.bands.{name}", "must be an object")
    return {name: decode_band(name, band) for name, band in bands.items()}


def refuse_two_levels(no_data: float | None, bands: dict[str, Band]) -> None:
    """Raise the 400 when noData stands at the collection and at a band."""
    if no_data is not None and any("noData" in band for band in bands.values()):
        raise make_bad_payload("noData", "can be defined either per band or per collection, but not both")


def get_identity(band: Band) -> tuple[str, int, int]:
    """Return what an edit must keep: where the band's values come from."""
    return band["source"], band["bandIndex"], band["bitDepth"]


def make_edited_bands(stored: dict[str, Band], wanted: dict[str, Band], status: int) -> dict[str, Band]:
    """Return the new bands of a collection that has tiles, or raise: only rename, remove and noData are allowed.

    A sample format that the request leaves out stays.
    """
    if not wanted:
        raise ApiError(status, "To remove all bands, you must first empty the collection.")
    left = list(stored.values())
    edited = {}
    for name, band in wanted.items():
        match = next((each for each in left if get_identity(each) == get_identity(band)), None)
        if match is None:
            raise ApiError(status, f"Band {name} cannot be added or changed while the collection has tiles.")
        known = match.get("sampleFormat")
        if known and band.get("sampleFormat", known) != known:
            raise ApiError(status, f"The sample format of band {name} is {known} and cannot be changed.")
        left.remove(match)
        edited[name] = band | ({"sampleFormat": known} if known else {})
    return edited


def have_same_types(first: dict[str, Band], second: dict[str, Band]) -> bool:
    """Return whether two collections have the same band names and types."""

    def make_types(bands: dict[str, Band]) -> dict[str, tuple[Any, Any]]:
        return {name: (band["bitDepth"], band.get("sampleFormat")) for name, band in bands.items()}

    return make_types(first) == make_types(second)

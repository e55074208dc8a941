"""Bands of a collection, as the manifest asks for them and as the API answers them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from byocplan.model.unset import UNSET, Unset


@dataclass(frozen=True, slots=True)
class Band:
    """A band the manifest asks for; None is a default that the service or the live band fills.

    ``sample_format`` is ``UINT``, ``INT`` or ``FLOAT``; ``bit_depth`` 8, 16 or 32; ``band_index`` counts from 1.
    ``previous_name`` asks for a rename and has no effect once this name is live.
    """

    name: str
    source: str | None = None
    band_index: int | None = None
    bit_depth: int | None = None
    sample_format: str | None = None
    no_data: float | Unset | None = UNSET
    previous_name: str | None = None


@dataclass(frozen=True, slots=True)
class LiveBand:
    """A band of a live collection. ``source`` is the text that takes the place of ``(BAND)``."""

    name: str
    source: str
    band_index: int
    bit_depth: int | None
    sample_format: str | None
    no_data: float | None

"""A live collection as plain JSON values, and back: what is kept of it to be planned against later. Pure.

What no plan compares (extent, times) is left out.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from byocplan.model.band import LiveBand
from byocplan.model.collection import LiveCollection

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = (
    "id",
    "name",
    "s3_bucket",
    "account_id",
    "is_configured",
    "no_data",
    "storage_identifier",
    "max_meters_per_pixel_override",
)


def encode_live_collection(live: LiveCollection) -> dict[str, Any]:
    """Return the fields that a plan looks at."""
    return {**{name: getattr(live, name) for name in PLAIN}, "bands": [asdict(band) for band in live.bands.values()]}


def make_live_collection(form: Mapping[str, Any]) -> LiveCollection:
    """Return the collection. Raises KeyError or TypeError for a form that ``encode_live_collection`` did not make."""
    bands = [LiveBand(**band) for band in form["bands"]]
    return LiveCollection(**{name: form[name] for name in PLAIN}, bands={band.name: band for band in bands})

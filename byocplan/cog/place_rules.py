"""The documented rules for where a file lies: a header in, what it breaks out. Pure.

Source: BYOC documentation, "COG requirements".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.cog.header import Header

WGS84, WEB_MERCATOR, LAEA_EUROPE = 4326, 3857, 3035
UTM_NORTH, UTM_SOUTH = range(32601, 32661), range(32701, 32761)
#: Where the poles lie, in metres: half a meridian times the scale of UTM, with the false northing of southern zones.
UTM_POLE = (500_000.0, 9_997_964.943)
FALSE_NORTHING = 10_000_000.0
LAEA_POLES = ((4_321_000.0, 7_369_716.255), (4_321_000.0, -8_828_174.511))
RIGHT_ANGLE = 90.0
#: Rounding in the place of a global file is no crossing: a millionth of a pixel.
SLACK_PIXELS = 1e-6


def is_supported(epsg: int | None) -> bool:
    """Tell whether files may be in this system."""
    return epsg in (WGS84, WEB_MERCATOR, LAEA_EUROPE) or epsg in UTM_NORTH or epsg in UTM_SOUTH


def check_projection(header: Header) -> Iterator[str]:
    """Yield for a file in another system, or in none."""
    place = header.main.place
    if place is None:
        yield "the file does not say where it lies (no tie point and pixel scale)"
    elif not is_supported(place.epsg):
        yield f"EPSG:{place.epsg}" if place.epsg else "a system without an EPSG code"


def check_orientation(header: Header) -> Iterator[str]:
    """Yield for a rotated file and for one whose rows run from south to north."""
    if header.main.place is None:
        return
    a, b, _c, d, e, _f = header.main.place.transform
    if b or d:
        yield "the file is rotated"
    elif a <= 0 or e >= 0:
        yield "the rows run from south to north" if a > 0 else "the columns run from east to west"


def check_poles(header: Header) -> Iterator[str]:
    """Yield when a pole lies within the file."""
    place = header.main.place
    if place is None or not is_supported(place.epsg):
        return
    west, south, east, north = place.box
    if place.epsg == WGS84:
        slack = SLACK_PIXELS * place.pixel[1]
        crosses = south < -RIGHT_ANGLE - slack or north > RIGHT_ANGLE + slack
    else:
        crosses = any(west < x < east and south < y < north for x, y in _get_poles(place.epsg))
    if crosses:
        yield f"it reaches from {south:g} to {north:g}"


def _get_poles(epsg: int | None) -> tuple[tuple[float, float], ...]:
    """Return the poles in metres; web mercator has none."""
    if epsg == LAEA_EUROPE:
        return LAEA_POLES
    if epsg not in UTM_NORTH and epsg not in UTM_SOUTH:
        return ()
    x, y = UTM_POLE
    shift = FALSE_NORTHING if epsg in UTM_SOUTH else 0.0
    return (x, shift + y), (x, shift - y)

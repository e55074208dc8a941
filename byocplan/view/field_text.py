"""Field changes of one collection in, lines out (``noData  null → 0``). Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from byocplan.model.change import Origin
from byocplan.view.clean import clean
from byocplan.view.style import PAINTS
from byocplan.view.words import format_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.change import FieldChange
    from byocplan.model.collection import CollectionPayload
    from byocplan.view.style import Style

FIELDS_SHOWN = 10
BANDS_SHOWN = 8
PATH_WIDTH, VALUE_WIDTH = 80, 80


def list_fields(fields: Sequence[FieldChange], style: Style) -> list[str]:
    """Return a line a field, aligned, and one for those beyond the tenth."""
    shown = fields[:FIELDS_SHOWN]
    names = [clean(field.path, PATH_WIDTH) for field in shown]
    width = max(map(len, names), default=0)
    lines = [_render_field(name.ljust(width), field, style) for name, field in zip(names, shown, strict=True)]
    return lines + format_rest(len(fields), len(shown), "field")


def render_payload(payload: CollectionPayload) -> str:
    """Return what a new collection gets, on one line."""
    bands = "known after ingestion" if payload.bands is None else _render_bands(list(payload.bands))
    return f"noData {render_value(payload.no_data)}   bands {bands}"


def render_value(value: object) -> str:
    """Return a JSON value as it stands in the manifest and the API, cut."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(json.dumps(value, ensure_ascii=False, default=str), VALUE_WIDTH)


def _render_field(name: str, field: FieldChange, style: Style) -> str:
    sign = style.paint(style.symbols.update, PAINTS["update"])
    note = "   refused in place" if field.is_immutable else ""
    note += "   changed outside" if field.origin is Origin.LIVE else ""
    before, after = render_value(field.before), render_value(field.after)
    return f"{sign}  {name}   {before} {style.symbols.become} {after}{note}"


def _render_bands(names: list[str]) -> str:
    shown = ", ".join(clean(name, 40) for name in names[:BANDS_SHOWN])
    return shown + (f" and {len(names) - BANDS_SHOWN} more" if len(names) > BANDS_SHOWN else "")

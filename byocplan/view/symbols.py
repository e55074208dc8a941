"""The signs of actions, in Unicode and in ASCII. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.model.change import Action, TileAction


@dataclass(frozen=True, slots=True)
class Symbols:
    """Signs and joints; ``become`` stands between before and after, ``joint`` between groups."""

    create: str = "+"
    update: str = "~"
    replace: str = "±"
    reingest: str = "↻"
    delete: str = "-"
    adopt: str = "→"
    forget: str = "×"
    attention: str = "!"
    become: str = "→"
    joint: str = " · "
    about: str = "≈"
    cut: str = "…"


UNICODE = Symbols()
ASCII = Symbols(replace="-/+", reingest="@", adopt=">", forget="x", become="->", joint=" | ", about="~", cut="...")


def get_symbol(symbols: Symbols, action: Action | TileAction) -> str:
    """Return the sign of an action; a blank for those that change nothing."""
    signs: dict[str, str] = {
        "create": symbols.create,
        "update": symbols.update,
        "replace": symbols.replace,
        "reingest": symbols.reingest,
        "delete": symbols.delete,
        "adopt": symbols.adopt,
        "forget": symbols.forget,
        "failed": symbols.attention,
        "incomplete": symbols.attention,
    }
    return signs.get(action.value, " ")

"""How text looks: colour or none, Unicode or ASCII. Chosen by the caller; nothing here asks the terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from byocplan.view.symbols import ASCII, UNICODE, Symbols


class Paint(StrEnum):
    """What a piece of text is painted with. The values are ANSI SGR codes."""

    BOLD = "1"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    MAGENTA = "35"
    CYAN = "36"


#: The paint of an action's word, for collections and tiles alike.
PAINTS: dict[str, Paint] = {
    "create": Paint.GREEN,
    "update": Paint.YELLOW,
    "reingest": Paint.CYAN,
    "delete": Paint.RED,
    "replace": Paint.MAGENTA,
    "adopt": Paint.CYAN,
    "forget": Paint.YELLOW,
    "failed": Paint.RED,
    "incomplete": Paint.YELLOW,
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a text view looks."""

    color: bool = False
    unicode: bool = True

    @property
    def symbols(self) -> Symbols:
        """The signs this style draws with."""
        return UNICODE if self.unicode else ASCII

    def paint(self, text: str, paint: Paint | None) -> str:
        """Return ``text`` in colour if the style has any. Pad before painting: the codes count as characters."""
        if not self.color or paint is None or not text:
            return text
        return f"\x1b[{paint.value}m{text}\x1b[0m"


PLAIN = Style(color=False, unicode=False)

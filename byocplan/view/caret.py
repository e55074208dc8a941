"""A line and an index in, the line and a caret below that character out. Pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from byocplan.view.clean import CUT, break_commands, clean
from byocplan.view.style import Paint

if TYPE_CHECKING:
    from byocplan.view.style import Style

BEFORE, AFTER = 70, 50
#: What the longest escape (``\\U000e0001``) makes of that many characters.
ESCAPED_WIDTH = 10 * (BEFORE + AFTER)


def list_caret(text: str, index: int, style: Style, note: str = "") -> list[str]:
    """Return two lines: the text around ``index`` (0-based, at most its length), and the caret with a note."""
    start = max(0, index - BEFORE)
    before = (CUT if start else "") + clean(text[start:index], ESCAPED_WIDTH)
    after = clean(text[index : index + AFTER], ESCAPED_WIDTH) + (CUT if len(text) > index + AFTER else "")
    caret = " " * _measure(before) + style.paint("^", Paint.RED)
    return [break_commands(before + after), f"{caret} {note}".rstrip()]


def _measure(text: str) -> int:
    """Return how many columns a terminal gives to the text."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1

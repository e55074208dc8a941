"""Two texts in, a unified diff that is safe to show out. Pure."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.style import Paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.view.style import Style

LONGEST = 2000
BOM = "\ufeff"
_PAINTS = {"+": Paint.GREEN, "-": Paint.RED, "@": Paint.CYAN}


def render_diff(name: str, before: str, after: str, style: Style) -> str:
    """Return the diff, empty for equal texts. What no line shows is told below, as ``diff`` does."""
    lines = [*unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")]
    unseen = [f"\\ {text}" for text in _iter_unseen(before, after)]
    heads = [] if lines or not unseen else [f"--- {name}", f"+++ {name}"]
    lines = [*heads, *lines, *unseen]
    return "".join(f"{style.paint(clean(line, limit=LONGEST), _PAINTS.get(line[:1]))}\n" for line in lines)


def _iter_unseen(before: str, after: str) -> Iterator[str]:
    if "\r\n" in before and "\r\n" not in after:
        yield "The line ends change from CRLF to LF."
    if before and after and not before.endswith("\n") and after.endswith("\n"):
        yield "The last line gets a line end."
    if before.startswith(BOM) and not after.startswith(BOM):
        yield "The byte order mark goes."

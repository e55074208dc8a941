"""Two texts in, a unified diff that is safe to show out. Pure."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.style import Paint

if TYPE_CHECKING:
    from byocplan.view.style import Style

LONGEST = 2000
_PAINTS = {"+": Paint.GREEN, "-": Paint.RED, "@": Paint.CYAN}


def render_diff(name: str, before: str, after: str, style: Style) -> str:
    """Return the diff, empty for equal texts."""
    lines = unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
    return "".join(f"{style.paint(clean(line, limit=LONGEST), _PAINTS.get(line[:1]))}\n" for line in lines)

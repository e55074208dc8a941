"""The one sanitiser: text from outside in, text that is safe to show on a terminal out. Pure.

Names, paths, causes and messages come from the service, the bucket and manifests of strangers. What a terminal would
obey or hide (C0, C1, ESC, DEL, bidirectional controls, zero-width characters, newlines, odd spaces, lone surrogates)
is written as an escape, so that it can be seen and does nothing. The same for what a CI system would obey in its log.
"""

from __future__ import annotations

import re

CUT = "..."
DEFAULT_LIMIT = 300

#: Printable by Unicode's letter, but shown as nothing or as a blank: fillers, joiners, variation selectors.
INVISIBLE = frozenset(
    {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}
    | {chr(code) for code in range(0x180B, 0x1810)}
    | {chr(code) for code in range(0xFE00, 0xFE10)}
    | {chr(code) for code in range(0xE0100, 0xE01F0)}
)

#: Commands in logs: ``::set-output`` at the start of a line (GitHub, after blanks too), and anywhere ``##[`` (GitHub),
#: ``##vso[`` (Azure) and ``##teamcity[``.
LOG_COMMAND = re.compile(r"(?<!\S):(?=:)|#(?=#[A-Za-z]*\[)")


def clean(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return ``text`` on one line, its unseen characters as hex escapes, cut to ``limit`` characters.

    Printable text comes back as it is, backslashes too.
    """
    shown = text[:limit]
    if not shown.isprintable() or not INVISIBLE.isdisjoint(shown):
        shown = "".join(_show(character) for character in shown)
    shown = break_commands(shown)
    if len(text) <= limit and len(shown) <= limit:
        return shown
    return shown[: max(0, limit - len(CUT))] + CUT


def break_commands(line: str) -> str:
    """Return a line in which no CI system finds a command: the first character of each is an escape."""
    return LOG_COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", line)


def _show(character: str) -> str:
    if character.isprintable() and character not in INVISIBLE:
        return character
    return character.encode("unicode_escape").decode("ascii")

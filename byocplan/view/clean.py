"""The one sanitiser: text from outside in, text that is safe to show out. Pure.

Names, paths, causes and messages come from the service, the bucket and manifests of strangers. What a terminal would
obey or hide (C0, C1, ESC, DEL, bidirectional controls, zero-width characters, newlines, odd spaces, lone surrogates)
is written as an escape, so that it can be seen and does nothing. The same for what a CI system would obey in its log.
Markdown and HTML get the same text, with what these languages would obey made inert on top.
"""

from __future__ import annotations

import re
from html import escape

CUT = "..."
DEFAULT_LIMIT = 300
#: For sentences of our own that hold names, ids and what to run with them.
LONG = 600
#: For what a reader may want whole: causes of failure, commands to type.
LONGEST = 1000

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

#: Words and counts of our own, in which no host finds a link, a mention, a reference, a commit or markup.
PLAIN_WORDS = re.compile(r"[A-Za-z0-9 ,.;()'/:+=-]*(?:[%<>](?= |$)[A-Za-z0-9 ,.;()'/:+=-]*)*")
LINK_LIKE = re.compile(r"(?i)//|www\.|\bgh-\d|\b[0-9a-f]{7,}\b|^\s*$")
BACKTICKS = re.compile("`+")


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


def clean_code(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return ``text`` as a code span of Markdown, fit for the cell of a table: hosts look for nothing inside of one.

    The fence is longer than any run of backticks in it. A pipe is escaped, since it would end the cell; after a
    backslash, which hosts read differently, it is written as a hex escape.
    """
    shown = clean(text, limit).replace("\\|", "\\\\x7c").replace("|", "\\|")
    if not shown.strip():
        return "*empty*"
    fence = "`" * (1 + max(map(len, BACKTICKS.findall(shown)), default=0))
    pad = " " if "`" in (shown[0], shown[-1]) or " " in (shown[0], shown[-1]) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def clean_words(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return a sentence for Markdown: as it is where it has nothing but words and counts, else as a code span."""
    shown = clean(text, limit)
    is_plain = PLAIN_WORDS.fullmatch(shown) and not LINK_LIKE.search(shown)
    return shown if is_plain else clean_code(text, limit)


def clean_html(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return ``text`` for the text or a quoted attribute of HTML."""
    return escape(clean(text, limit), quote=True)


def share_room(room: int, count: int, least: int = DEFAULT_LIMIT) -> int:
    """Return to how many characters each of ``count`` texts may be cut so that all fit into ``room``.

    No more than ``LONGEST``; no fewer than ``least``, even where they do not fit.
    """
    return max(least, min(LONGEST, room // max(1, count)))


def break_commands(line: str) -> str:
    """Return a line in which no CI system finds a command: the first character of each is an escape."""
    return LOG_COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", line)


def _show(character: str) -> str:
    if character.isprintable() and character not in INVISIBLE:
        return character
    return character.encode("unicode_escape").decode("ascii")

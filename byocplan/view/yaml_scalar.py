"""Texts and numbers as YAML scalars that YAML 1.1 and 1.2 read alike. Pure."""

from __future__ import annotations

import re

from byocplan.view.clean import INVISIBLE

_PLAIN = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./+@ -]*[A-Za-z0-9_./+@-])?")
#: Words that YAML 1.1 reads as something else. Source: YAML 1.1, types bool and null.
WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"})
_LATIN, _BASIC = 0xFF, 0xFFFF


def write_text(text: str) -> str:
    """Return the text, quoted where YAML would take it for something else; what is not printable is an escape.

    ``${`` is doubled, since manifests put variables there.
    """
    text = text.replace("${", "$${")
    if _PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    return f'"{"".join(_escape(character) for character in text)}"'


def write_number(number: float) -> str:
    """Return ``0``, ``-9999``, ``0.5``."""
    return str(int(number)) if number == int(number) else repr(number)


def _escape(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable() and character not in INVISIBLE:
        return character
    code = ord(character)
    if code <= _LATIN:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC else f"\\U{code:08x}"

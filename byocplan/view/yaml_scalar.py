"""Texts and numbers as YAML scalars that YAML 1.1 and 1.2 read alike. Pure."""

from __future__ import annotations

from byocplan.model.yaml_plain import is_plain
from byocplan.view.clean import INVISIBLE

_LATIN, _BASIC = 0xFF, 0xFFFF


def write_text(text: str) -> str:
    """Return the text, quoted where YAML would take it for something else; what is not printable is an escape.

    ``${`` is doubled, since manifests put variables there.
    """
    text = text.replace("${", "$${")
    if is_plain(text):
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

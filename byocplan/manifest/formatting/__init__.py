"""Canonical YAML: the text of a manifest in, the same manifest in the one form out. Comments stay. Pure.

The text itself is edited, line by line: what no rule is about is not touched, so no comment is lost.
"""

from byocplan.manifest.formatting.text import format_text

__all__ = ["format_text"]

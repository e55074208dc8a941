"""Pages that are made of the code: in, the manifest's schema and the commands; out, Markdown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs.generate.commands import render_commands
from docs.generate.manifest import render_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: File of ``docs`` → what it holds.
PAGES: Mapping[str, Callable[[], str]] = {"manifest.md": render_manifest, "cli.md": render_commands}

"""``byocplan schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from byocplan.cli.terminal import Terminal

KINDS = ("Project", "Collection")


@click.command(epilog="Example:  byocplan schema > manifest.schema.json")
@click.argument("kind", required=False, type=click.Choice(KINDS, case_sensitive=False))
@click.pass_obj
def schema_command(terminal: Terminal, kind: str | None) -> None:
    """Print the JSON Schema (draft-07) of the manifests, or of one KIND."""
    import json

    from byocplan.manifest.schema import read_schema

    terminal.result(json.dumps(read_schema(kind), indent=2, ensure_ascii=False))

"""Bindings in, text or JSON out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.scope import PathScope
from byocplan.view.clean import clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.words import format_count

if TYPE_CHECKING:
    from byocplan.model.binding import Binding, Bindings
    from byocplan.model.scope import Scope


def render_bindings(bindings: Bindings) -> str:
    """Return one line a binding: address, collection id, name and bucket."""
    if not bindings.by_address:
        return f"Nothing is bound for {clean(bindings.project)} on {clean(bindings.deployment)}.\n"
    rows = [
        (clean(binding.address), clean(binding.id), clean(binding.name), f"s3://{clean(binding.s3_bucket)}")
        for _, binding in sorted(bindings.by_address.items())
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def render_bindings_json(bindings: Bindings, kept_in: str, where: str) -> str:
    """Return all bindings as JSON; ``kept_in`` is what ``spec.state`` says, ``where`` the file or object itself."""
    return encode_json(
        {
            "format_version": FORMAT_VERSION,
            "project": bindings.project,
            "deployment": bindings.deployment,
            "state": kept_in,
            "where": where,
            "lineage": bindings.lineage,
            "serial": bindings.serial,
            "bindings": [_make_plain(binding) for _, binding in sorted(bindings.by_address.items())],
        }
    )


def render_binding(binding: Binding) -> str:
    """Return everything that is recorded of one binding."""
    pairs = [
        ("id", binding.id),
        ("name", binding.name),
        ("s3Bucket", binding.s3_bucket),
        ("deployment", binding.deployment),
        ("account", binding.account_id or "not known"),
        ("preventDestroy", str(binding.prevent_destroy).lower()),
        ("onRemove", binding.on_remove.value),
        ("labels", ", ".join(f"{name}={text}" for name, text in sorted(binding.labels.items())) or "none"),
        ("serial", str(binding.serial)),
        *(("owns", _describe(scope)) for scope in binding.scopes),
    ]
    lines = (f"  {name:<14}  {clean(text)}\n" for name, text in pairs)
    return f"{clean(binding.address)}\n{''.join(lines)}"


def render_binding_json(binding: Binding) -> str:
    """Return everything that is recorded of one binding as JSON."""
    return encode_json({"format_version": FORMAT_VERSION, **_make_plain(binding)})


def _make_plain(binding: Binding) -> dict[str, object]:
    """Return what is recorded; what manifests, the lock file and the service have too is spelled as there."""
    return {
        "address": binding.address,
        "id": binding.id,
        "name": binding.name,
        "s3Bucket": binding.s3_bucket,
        "deployment": binding.deployment,
        "accountId": binding.account_id,
        "preventDestroy": binding.prevent_destroy,
        "onRemove": binding.on_remove.value,
        "labels": dict(sorted(binding.labels.items())),
        "serial": binding.serial,
        "owns": [_describe(scope) for scope in binding.scopes],
    }


def _describe(scope: Scope) -> str:
    """Return a scope in words: the pattern and what narrows it, or how many listed paths."""
    kept = "" if scope.prune else ", never pruned"
    if isinstance(scope, PathScope):
        return f"{format_count(len(scope.paths), 'listed path')}{kept}"
    narrowed = "" if scope.where.date is None and not scope.where.fields else ", narrowed by where"
    selected = "" if scope.selected.is_all else ", as far as it was applied"
    return f"{scope.pattern.text}{narrowed}{selected}{kept}"

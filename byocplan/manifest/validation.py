"""Check a document against the JSON Schema: a typed tree in, problems out. Pure.

What is wrong is marked broken in the tree, so that everything else can still be decoded and checked.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from byocplan.manifest.grammar import deferring_grammar
from byocplan.manifest.nodes import BROKEN, Node, make_plain
from byocplan.manifest.schema import read_schema
from byocplan.manifest.schemafaults import describe_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

    from byocplan.errors import Problem

#: A document with more faults than this is not a manifest; the rest would help nobody.
MAX_FAULTS = 1000


def check_schema(tree: Node, kind: str) -> list[Problem]:
    """Return the problems of a document, one a place, and mark the values broken that they are about."""
    problems: dict[tuple[object, ...], Problem] = {}
    plain = cast("Any", make_plain(tree))
    errors = sorted(islice(_make_validator(kind).iter_errors(plain), MAX_FAULTS), key=_rank)
    for error in errors:
        for path, problem in _translate(tree, error):
            problems.setdefault(path, problem)
    for path in problems:
        _mark_broken(tree, path)
    if len(errors) == MAX_FAULTS:
        _mark_broken(tree, ("spec",))
        problems[()] = tree.place.make_problem(f"more than {MAX_FAULTS:,} problems; the rest is not listed")
    return list(problems.values())


@cache
def _make_validator(kind: str) -> Validator:
    with deferring_grammar():
        from jsonschema import Draft7Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def check_pattern(_: Validator, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
        # In Python $ also matches before a newline at the end; in JSON Schema it does not.
        if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
            yield ValidationError("does not match")

    checked: type[Validator] = extend(Draft7Validator, {"pattern": check_pattern})  # type: ignore[no-untyped-call]
    return checked(read_schema(kind))


def _rank(error: ValidationError) -> bool:
    """Put wrong types first: what else is wrong at the same place follows from them."""
    return error.validator != "type"


def _translate(tree: Node, error: ValidationError) -> Iterator[tuple[tuple[object, ...], Problem]]:
    path = tuple(error.absolute_path)
    node = _walk(tree, path)
    if node is None or node.value is BROKEN:
        return
    for key, problem in describe_fault(node, path, error):
        yield (path if key is None else (*path, key)), problem


def _walk(node: Node, path: tuple[Any, ...]) -> Node | None:
    """Return the node at a path; None when a broken one stands in the way."""
    for step in path:
        if not isinstance(node.value, dict | list):
            return None
        node = node.value[step]
    return node


def _mark_broken(tree: Node, path: tuple[object, ...]) -> None:
    """Mark the value at a path; a path to a key that is missing marks the mapping that lacks it."""
    node = tree
    for step in path:
        if isinstance(node.value, dict) and step in node.value:
            node = node.value[str(step)]
        elif isinstance(node.value, list) and isinstance(step, int):
            node = node.value[step]
        else:
            break
    if node is not tree:
        node.value = BROKEN

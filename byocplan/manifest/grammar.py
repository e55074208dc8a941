"""Import jsonschema without the grammar that one of its format checkers would parse. Touches the loaded modules."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "rfc3987_syntax"


@contextmanager
def deferring_grammar() -> Iterator[None]:
    """Within it, an import of ``rfc3987_syntax`` gives a function that loads the real module when it is called.

    jsonschema imports it, where it is installed, to check the formats ``iri`` and ``iri-reference``. It parses a
    grammar for more than a second, and manifests are checked without formats. Who else checks them in this process
    still can.
    """
    if NAME in sys.modules or "jsonschema" in sys.modules or find_spec(NAME) is None:
        yield
        return
    stand_in = ModuleType(NAME)
    stand_in.__dict__["is_valid_syntax"] = _is_valid_syntax
    sys.modules[NAME] = stand_in
    try:
        yield
    finally:
        if sys.modules.get(NAME) is stand_in:
            del sys.modules[NAME]


def _is_valid_syntax(*arguments: str) -> bool:
    is_valid: bool = import_module(NAME).is_valid_syntax(*arguments)
    return is_valid

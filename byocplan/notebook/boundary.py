"""What byocplan raises in, the same with a text that is fit to show out. Reads the environment.

Causes and names in a text come from the service and from manifests of strangers, and notebooks are committed with their
tracebacks.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from byocplan.errors import ByocplanError, InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE_LIMIT = 4000


@contextmanager
def make_errors_plain() -> Iterator[None]:
    """Let errors pass with their texts cleaned, without secrets; those of input with every problem as a note.

    What led to them is left out: its texts are those of other libraries and of the service.
    """
    try:
        yield
    except ByocplanError as error:
        error.args = (_clean(str(error)),)
        if isinstance(error, InputError):
            error.add_note(render_input_problems(error.problems))
        raise error from None


def render_input_problems(problems: tuple[Problem, ...]) -> str:
    """Return the problems as text, without secrets."""
    from byocplan.cli.hiding import hide_secrets
    from byocplan.view.problems import render_problems
    from byocplan.view.style import Style

    return hide_secrets(render_problems(problems, Style()), os.environ)


def make_fault(where: str, message: str, hint: str) -> InputError:
    """Return the error of an argument of ``where`` that cannot be used."""
    return InputError([Problem(where, 0, 0, message, hint=hint)])


def _clean(text: str) -> str:
    from byocplan.cli.hiding import hide_secrets
    from byocplan.view.clean import clean

    return clean(hide_secrets(text, os.environ), MESSAGE_LIMIT)

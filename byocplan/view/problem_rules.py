"""What kind of mistake a problem is, for formats that group by rule: a problem in, a rule out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.errors import Problem

#: What stands for a file where there is none.
NO_FILES = frozenset({"command line", "path pattern", "-"})


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """``id`` never changes its meaning; ``text`` is one sentence."""

    id: str
    text: str


ARGUMENT = ProblemRule("argument", "Arguments and options fit the manifests.")
FILE = ProblemRule("file", "Manifests are files that can be read.")
DOCUMENT = ProblemRule("document", "A document is YAML and has the keys of a manifest.")
VALUE = ProblemRule("value", "The values of a manifest mean something, alone and together.")
RULES = (ARGUMENT, FILE, DOCUMENT, VALUE)


def get_rule(problem: Problem) -> ProblemRule:
    """Return the rule that a problem breaks, judged by where it stands."""
    if not problem.line:
        return FILE if has_file(problem) else ARGUMENT
    return VALUE if problem.pointer else DOCUMENT


def has_file(problem: Problem) -> bool:
    """Tell whether the problem stands in a file that a reader can open."""
    return problem.file not in NO_FILES

"""Variables: ``${name}`` in texts. Pure; the environment is never read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from byocplan.errors import Problem
from byocplan.manifest.wording import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from byocplan.manifest.source import Place, Source

_REFERENCE = re.compile(r"\$(\$\{)|\$\{([^{}]*)(\})?")


def fill_variables(place: Place, text: str, variables: Mapping[str, str]) -> str | Problem:
    """Return the text with its variables put in, once and not again, and ``$${`` as ``${``; or what is wrong."""
    for escaped, name, end in _REFERENCE.findall(text):
        if escaped:
            continue
        if not end:
            return place.make_problem("${ without its }", "write ${name}, or $${ for a plain ${")
        if name not in variables:
            known = suggest(name, variables) or "set it in the Project's spec.vars or with --var"
            return place.make_problem(f"no variable is called {name}", known)
    return _REFERENCE.sub(lambda found: "${" if found[1] else variables[found[2]], text)


def iter_idle(given: Iterable[str], declared: Iterable[str], sources: Iterable[Source]) -> Iterator[Problem]:
    """Yield a warning for each variable of the command line that no Project declares and no manifest uses."""
    used = {name for source in sources for line in source.lines for _, name, _ in _REFERENCE.findall(line)}
    known = {name for name in {*used, *declared} if name}
    for name in sorted(set(given) - known):
        hint = suggest(name, known) or "drop it, or write ${name} where it belongs"
        yield Problem("command line", 0, 0, f"--var {name}: no manifest uses it", hint=hint, is_warning=True)

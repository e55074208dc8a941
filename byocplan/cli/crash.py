"""The crash report: an unexpected exception in, a private file without secrets out. Reads the environment.

Frames hold code alone, but the message of an exception may hold anything: a token, a form, an address with a password.
So values of variables that look like secrets are taken out in every spelling, and from messages also whatever may be a
key that nobody knows here.
"""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.api.signed import MASK
from byocplan.cli.hiding import hide_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: A run of characters this long, with a letter and a digit, may be a key.
OPAQUE = re.compile(r"(?=[^\s'\"]*[A-Za-z])(?=[^\s'\"]*\d)[^\s'\"]{16,}")


def render_report(error: BaseException, env: Mapping[str, str]) -> str:
    """Return the frames and masked messages of the exception and of what led to it, the first one first."""
    chain = [_render_one(each, env) for each in _iter_chain(error)]
    return "\nwhich led to\n\n".join(reversed(chain))


def write_report(error: BaseException, env: Mapping[str, str]) -> Path:
    """Write the report where only its owner can read it and return the path. Raises OSError."""
    home = Path(env["XDG_STATE_HOME"]) if env.get("XDG_STATE_HOME") else Path.home() / ".local" / "state"
    folder = home / "byocplan"
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"crash-{os.getpid()}.txt"
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(render_report(error, env))
    return path


def _render_one(error: BaseException, env: Mapping[str, str]) -> str:
    message = hide_secrets("".join(traceback.format_exception_only(error)), env)
    return "".join(traceback.format_tb(error.__traceback__)) + OPAQUE.sub(MASK, message)


def _iter_chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)

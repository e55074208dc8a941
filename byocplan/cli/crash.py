"""The crash report: an unexpected exception in, a private file without secrets out. Reads the environment.

Frames hold code alone, but the message of an exception may hold anything: a token, a form, an address with a password.
So values of variables that look like secrets are taken out in every spelling, and from messages also whatever may be a
key that nobody knows here.
"""

from __future__ import annotations

import base64
import json
import os
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Variables whose values may never be written anywhere.
SECRET_NAME = re.compile(r"(?!.*_(URL|URI|FILE|PATH)$).*(SECRET|TOKEN|PASSW|CREDENTIAL|_KEY)", re.IGNORECASE)
PROXY_NAME = re.compile(r"(HTTPS?|ALL)_PROXY", re.IGNORECASE)
#: Shorter values are no secrets, and would take ordinary words out of messages.
SHORTEST = 8
#: A run of characters this long, with a letter and a digit, may be a key.
OPAQUE = re.compile(r"(?=[^\s'\"]*[A-Za-z])(?=[^\s'\"]*\d)[^\s'\"]{16,}")
MASK = "***"


def hide_secrets(text: str, env: Mapping[str, str]) -> str:
    """Return ``text`` without the secrets of the environment, plain, quoted or in base64."""
    spellings = {spelling for secret in _iter_secrets(env) for spelling in _iter_spellings(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text


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


def _iter_secrets(env: Mapping[str, str]) -> Iterator[str]:
    found = [value.strip() for name, value in env.items() if SECRET_NAME.match(name)]
    found += [_find_password(value) for name, value in env.items() if PROXY_NAME.fullmatch(name)]
    yield from (secret for secret in found if len(secret) >= SHORTEST)


def _find_password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _iter_spellings(secret: str) -> Iterator[str]:
    plain = unquote(secret)
    for each in {secret, plain}:
        coded = base64.b64encode(each.encode("utf-8", "surrogateescape")).decode()
        # The last characters depend on what follows.
        whole = coded.rstrip("=")[: len(each) * 4 // 3]
        yield from (each, quote(each, safe="", errors="replace"), quote_plus(each, errors="replace"))
        yield from (json.dumps(each)[1:-1], repr(each)[1:-1], whole, whole.replace("+", "-").replace("/", "_"))

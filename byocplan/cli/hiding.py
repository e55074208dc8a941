"""What may be a secret, by its name, its value or the environment, and texts without those of the environment. Pure."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, urlsplit

from byocplan.api.signed import MASK, hide_signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Whole words between separators, most of them also as the end of one: PGPASSWORD, authtoken.
SECRET_NAME = re.compile(
    r"(?!.*_(?:URL|URI|FILE|PATH|PREFIX|SOCK)$)(?:.*_)?"
    r"(?:[^_]*(?:SECRET|TOKEN|PASSW[A-Z]*|PASSPHRASE|CREDENTIAL|(?:API|ACCESS|SECRET|PRIVATE)KEY)|PWD|O?AUTH|KEY)"
    r"S?\d*(?:_|$)"
)
SEPARATOR = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
PROXY_NAME = re.compile(r"(HTTPS?|ALL)_PROXY", re.IGNORECASE)
#: Where a shell keeps the folder it is in.
FOLDER = "PWD"
#: Shorter values are no secrets, and would take ordinary words out of messages.
SHORTEST = 8
#: A name or password before a host, and what an Authorization header holds.
SECRET_VALUE = re.compile(r"://[^/?#\s]*@|\bbearer\s+\S", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Return whether variables called so hold secrets, as ``clientSecret``, ``API_KEY`` and ``db.pwd`` do."""
    return SECRET_NAME.match(SEPARATOR.sub("_", name).upper()) is not None


def mask_secret(text: str, env: Mapping[str, str], name: str = "") -> str:
    """Return ``text`` as it is, or a mask in place of it where it, or the name of what holds it, may be a secret's."""
    is_harmless = text == hide_secrets(text, env) == hide_signatures(text) and not SECRET_VALUE.search(text)
    return text if is_harmless and not is_secret_name(name) else MASK


def hide_secrets(text: str, env: Mapping[str, str]) -> str:
    """Return ``text`` without the secrets of the environment, plain, quoted or in base64."""
    spellings = {spelling for secret in _iter_secrets(env) for spelling in _iter_spellings(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text


def _iter_secrets(env: Mapping[str, str]) -> Iterator[str]:
    found = [value.strip() for name, value in env.items() if name != FOLDER and is_secret_name(name)]
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

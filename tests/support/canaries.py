"""Secrets that no output may hold, in whatever spelling. Random, and looked for in text, files and archives."""

from __future__ import annotations

import base64
import gzip
import re
import secrets
import zipfile
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Characters that the spellings treat differently.
AWKWARD = "/+&= %"
MANIFESTS = (".yaml", ".yml")


def make_canary() -> str:
    return f"{secrets.token_urlsafe(12)}{AWKWARD}{secrets.token_urlsafe(12)}"


def make_token() -> str:
    """Return what a header and a query can hold."""
    return secrets.token_urlsafe(40)


@dataclass(frozen=True, slots=True)
class Canaries:
    """One canary for each kind of secret."""

    client_secret: str
    token: str
    aws_key: str
    aws_secret: str
    aws_session: str
    proxy_password: str
    presigned: str

    def make_environment(self) -> dict[str, str]:
        """Return the variables that carry them; the proxy is for addresses that nobody asks for."""
        return {
            "SH_CLIENT_SECRET": self.client_secret,
            "AWS_ACCESS_KEY_ID": self.aws_key,
            "AWS_SECRET_ACCESS_KEY": self.aws_secret,
            "AWS_SESSION_TOKEN": self.aws_session,
            "HTTPS_PROXY": f"http://someone:{quote(self.proxy_password, safe='')}@127.0.0.1:9",
        }

    def find(self, text: str) -> list[str]:
        """Return the names of the canaries in the text, also of those that are broken over lines."""
        joined = re.sub(r"\s+", "", text)
        names = [each.name for each in fields(self)]
        return [
            name for name in names if any(_is_in(each, text, joined) for each in iter_spellings(getattr(self, name)))
        ]

    def find_in_files(self, folder: Path) -> list[str]:
        """Return ``file: canary`` for every file below the folder but the manifests; archives are opened."""
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in MANIFESTS]
        files += [path for path in folder.rglob("*.lock*.yaml") if path.is_file()]
        return [f"{path.name}: {name}" for path in files for part in iter_parts(path) for name in self.find(part)]


def make_canaries() -> Canaries:
    key = f"AKIA{secrets.token_hex(8).upper()}"
    return Canaries(
        make_canary(), make_token(), key, make_canary().replace(" ", "_"), make_token(), make_canary(), make_token()
    )


def iter_spellings(secret: str) -> Iterator[str]:
    """Yield the secret plain, quoted, and the part of its base64 that does not depend on what stands around it."""
    yield from {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + secret.encode()).decode()
        core = coded[4 if shift else 0 : -4]
        yield from {core, core.replace("+", "-").replace("/", "_")}


def iter_parts(path: Path) -> Iterator[str]:
    """Yield the text of a file, or of everything in an archive."""
    if not zipfile.is_zipfile(path):
        yield path.read_bytes().decode("latin-1")
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            yield (gzip.decompress(content) if name.endswith(".gz") else content).decode("latin-1")


def _is_in(spelling: str, text: str, joined: str) -> bool:
    return spelling in text or re.sub(r"\s+", "", spelling) in joined

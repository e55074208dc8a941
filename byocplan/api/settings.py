"""Credentials and addresses from the environment and from sentinelhub-py's profiles.

Reads ``config.toml`` and never writes it. The environment is a mapping and the home folder a path, both given by the
caller; the environment wins.
Source: sentinelhub-py ``config.py`` (names of variables, file and keys).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.api.hosts import check_address
from byocplan.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.deployment import Deployment

CONFIG_PATH = Path(".config/sentinelhub/config.toml")
DEFAULT_PROFILE = "default-profile"
BASE_URL, TOKEN_URL = "SH_BASE_URL", "SH_TOKEN_URL"
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
OPEN_TO_OTHERS = 0o077


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """An OAuth client. ``source`` says where it came from; ``warnings`` what is unwise about that place."""

    client_id: str
    client_secret: str
    source: str = "environment"
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        return f"Credentials(client_id='{_mask(self.client_id)}', client_secret='***', source={self.source!r})"


def get_credentials(env: Mapping[str, str], home: Path) -> Credentials:
    """Return the credentials of the environment, else of the profile. Raises AccessError when there are none."""
    client_id, client_secret = (env.get(name, "").strip() for name in ("SH_CLIENT_ID", "SH_CLIENT_SECRET"))
    if client_id and client_secret:
        return Credentials(client_id, client_secret)
    if client_id or client_secret:
        missing, present = ("SH_CLIENT_SECRET", "SH_CLIENT_ID") if client_id else ("SH_CLIENT_ID", "SH_CLIENT_SECRET")
        raise AccessError(f"{present} is set but {missing} is not", "set both, or neither to use a profile")
    return _read_profile(home / CONFIG_PATH, env.get("SH_PROFILE", "").strip())


def resolve_deployment(deployment: Deployment, env: Mapping[str, str]) -> Deployment:
    """Return ``deployment`` with SH_BASE_URL and SH_TOKEN_URL in place of its addresses where they are set.

    Raises AddressError where one of them is no address.
    """
    base_url, token_url = (_read_address(env, name) for name in (BASE_URL, TOKEN_URL))
    return replace(
        deployment, base_url=base_url or deployment.base_url.rstrip("/"), token_url=token_url or deployment.token_url
    )


def find_token_source(env: Mapping[str, str]) -> str:
    """Return what gives the address of the token endpoint: a variable, or a field of the Project document."""
    return TOKEN_URL if env.get(TOKEN_URL, "").strip() else "spec.deployment"


def _read_address(env: Mapping[str, str], name: str) -> str:
    typed = env.get(name, "").strip()
    if typed:
        check_address(typed, name)
    return typed.rstrip("/")


def find_ca_bundle(env: Mapping[str, str]) -> str | None:
    """Return the file of trusted certificates that the environment names, or None for the library's own."""
    return next((env[name] for name in CA_VARIABLES if env.get(name)), None)


def _read_profile(path: Path, name: str) -> Credentials:
    profiles = _read_profiles(path)
    profile = profiles.get(name or DEFAULT_PROFILE)
    if name and not isinstance(profile, dict):
        known = ", ".join(sorted(profiles)) or "none"
        raise AccessError(f"no profile {name!r} in {path}", f"set SH_PROFILE to one of: {known}")
    client_id, client_secret = (_find_text(profile, key) for key in ("sh_client_id", "sh_client_secret"))
    if not client_id or not client_secret:
        raise AccessError(
            "no credentials for Sentinel Hub",
            f"set SH_CLIENT_ID and SH_CLIENT_SECRET, or sh_client_id and sh_client_secret in {path}",
        )
    source = f"{path} [{name or DEFAULT_PROFILE}]"
    return Credentials(client_id, client_secret, source, _check_mode(path))


def _read_profiles(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The parser's text may quote the file, and the file holds secrets.
        raise AccessError(
            f"{path} cannot be read ({type(error).__name__})", "mend it, or set SH_CLIENT_ID and SH_CLIENT_SECRET"
        ) from None


def _find_text(profile: object, key: str) -> str:
    value = profile.get(key) if isinstance(profile, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _check_mode(path: Path) -> tuple[str, ...]:
    if path.stat().st_mode & OPEN_TO_OTHERS:
        return (f"{path} can be read by others; run: chmod 600 {path}",)
    return ()


def _mask(text: str) -> str:
    shown = 4
    return f"***{text[-shown:]}" if len(text) > 2 * shown else "***"

"""Where the token may go: https only, known hosts only, unless the operator says more. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from byocplan.errors import AccessError, AddressError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

#: Hosts of the services themselves, with everything below them.
KNOWN_DOMAINS = ("sentinel-hub.com", "dataspace.copernicus.eu", "planet.com")
ALLOW_HOSTS = "BYOCPLAN_ALLOW_HOSTS"
#: No more than an address needs: parsers differ about the rest, as about where ``https://evil.org\\.planet.com`` leads.
PLAIN_URL = re.compile(r"https?://([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[0-9A-Za-z._~%/-]*)?")
MEND = "write it as https://HOST"
DEFAULT_PORTS = {"http": 80, "https": 443}


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def get_origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of ``url``, the port spelled out. Raises ValueError when it is no address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)


def make_allowed_hosts(env: Mapping[str, str], given: Iterable[str] = ()) -> frozenset[str]:
    """Return the hosts that the operator allows: ``given``, the environment's list, and its own SH addresses."""
    listed = env.get(ALLOW_HOSTS, "").replace(",", " ").split()
    own = (_find_host(env.get(name, "")) for name in ("SH_BASE_URL", "SH_TOKEN_URL"))
    return frozenset(host.lower() for host in (*given, *listed, *own) if host)


def check_address(url: str, source: str) -> SplitResult:
    """Return the parts of an address as it was typed. Raises AddressError, which names its source, when it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed on access alone
    except ValueError as error:
        raise AddressError(source, f"{_show(url)} cannot be read as an address", MEND) from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise AddressError(source, f"{_show(url)} is no http address", MEND)
    if parts.username is not None or parts.password is not None:
        what = f"the address of {parts.hostname} holds a name or password"
        raise AddressError(source, what, "remove it and set SH_CLIENT_ID instead")
    if not PLAIN_URL.fullmatch(url):
        raise AddressError(source, f"{_show(url)} is no plain address", "write it as https://HOST/PATH")
    return parts


def check_url(url: str, allow_hosts: Collection[str], source: str = "spec.deployment") -> None:
    """Raise AccessError unless credentials may be sent to ``url``, AddressError when it is no address."""
    parts = check_address(url, source)
    host = (parts.hostname or "").lower()
    if is_loopback(host):
        return
    if parts.scheme != "https":
        raise AccessError(f"credentials are not sent to {host} without encryption", "use an https address")
    if not _is_known(host) and host not in allow_hosts:
        raise AccessError(
            f"credentials are not sent to {host}, which is no known Sentinel Hub host",
            f"if it is meant, allow it with --allow-host {host} or {ALLOW_HOSTS}={host}",
        )


def _is_known(host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in KNOWN_DOMAINS)


def _find_host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _show(url: str) -> str:
    """Return the address as it was typed, but without name, password and query."""
    before, at, after = url.rpartition("@")
    scheme, slashes, _ = before.partition("//")
    plain, _, _ = after.partition("?")
    return repr(f"{scheme if slashes else ''}{slashes}***@{plain}"[:100] if at else plain[:100])

"""Which addresses a manifest may name, since they steer where credentials go. Pure."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node

SERVICE_DOMAINS = ("sentinel-hub.com", "dataspace.copernicus.eu", "planet.com")
#: S3 itself and no more: behind ``execute-api`` and the like, strangers answer in Amazon's name.
#: Source: AWS General Reference, Amazon S3 endpoints.
_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
_AWS_S3 = re.compile(
    rf"(.+\.)?(s3(-fips|-accesspoint|-accesspoint-fips|-{_REGION})?|s3express-[a-z0-9-]+)"
    rf"(\.dualstack)?(\.{_REGION})?(\.vpce)?\.amazonaws\.com(\.cn)?"
)
S3_DOMAINS = (*SERVICE_DOMAINS, _AWS_S3)
Domains = tuple[str | re.Pattern[str], ...]
# Anything else is read differently by different libraries: user@host, backslashes, blanks.
_NETLOC = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def check_url(node: Node | None, allow_hosts: AbstractSet[str], domains: Domains) -> Iterable[Problem]:
    """Yield what forbids to use the address in a node; nothing when it is absent, null or fine."""
    if node is None or not isinstance(node.value, str):
        return
    parts = split_url(node.value)
    if parts is None or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        yield node.place.make_problem(f"{node.key_name} is no address", "write https://HOST")
        return
    host = (parts.hostname or "").lower()
    if is_loopback(host):
        return
    if parts.scheme != "https":
        yield node.place.make_problem(f"{node.key_name} must begin with https://; http is for loopback only")
    elif host not in allow_hosts and not any(_is_known(host, each) for each in domains):
        message = f"{host} is not a known host; credentials would be sent there"
        yield node.place.make_problem(message, f"if that is meant, say --allow-host {host}")


def _is_known(host: str, domain: str | re.Pattern[str]) -> bool:
    if isinstance(domain, str):
        return host == domain or host.endswith(f".{domain}")
    return domain.fullmatch(host) is not None


def split_url(text: str) -> SplitResult | None:
    """Return the parts of a plain address, None when it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if _NETLOC.fullmatch(parts.netloc) and parts.hostname and text.isascii() and " " not in text else None


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Which proxy a request goes through, as the environment says. Reads the environment.

The usual variables: ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in small letters too, which win.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from byocplan.api.hosts import is_loopback


def find_proxy(url: str) -> str | None:
    """Return the address of the proxy for ``url``; None for none, as for this machine itself. Raises ValueError."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or is_loopback(host) or _is_exempt(host, parts.port, proxies.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def split_userinfo(proxy: str) -> tuple[str, str | None]:
    """Return a proxy's address without name and password, and ``NAME:PASSWORD`` if it has them. Raises ValueError."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return proxy, None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return bare, f"{unquote(parts.username)}:{unquote(parts.password or '')}"


def _is_exempt(host: str, port: int | None, listed: str) -> bool:
    if proxy_bypass(host) or (port and proxy_bypass(f"{host}:{port}")):
        return True
    return any(_is_in_network(host, each.strip()) for each in listed.split(",") if "/" in each)


def _is_in_network(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False

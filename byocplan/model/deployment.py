"""Where the BYOC service lives. Pure.

Source: Sentinel Hub and Copernicus Data Space documentation, sentinelhub-py ``constants.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

MAIN_TOKEN_URL = "https://services.sentinel-hub.com/auth/realms/main/protocol/openid-connect/token"  # noqa: S105 - an address
CDSE_TOKEN_URL = "https://identity.dataspace.copernicus.eu/auth/realms/CDSE/protocol/openid-connect/token"  # noqa: S105 - an address
LEGACY_PREFIX = "/api/v1/byoc"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One installation of the service. ``base_url`` has no trailing slash; ``api_prefix`` begins with one."""

    name: str
    base_url: str
    token_url: str
    api_prefix: str = LEGACY_PREFIX


DEPLOYMENTS = {
    deployment.name: deployment
    for deployment in (
        Deployment("aws-eu-central-1", "https://services.sentinel-hub.com", MAIN_TOKEN_URL),
        Deployment("aws-us-west-2", "https://services-uswest2.sentinel-hub.com", MAIN_TOKEN_URL),
        Deployment("creodias", "https://creodias.sentinel-hub.com", MAIN_TOKEN_URL),
        Deployment("cdse", "https://sh.dataspace.copernicus.eu", CDSE_TOKEN_URL),
    )
}

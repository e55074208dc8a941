"""Which proxy a request goes through."""

from __future__ import annotations

import pytest

from byocplan.api.proxies import find_proxy, split_userinfo

SERVICE = "https://services.sentinel-hub.com"
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"HTTPS_PROXY": "proxy:3128"}, "http://proxy:3128"),
        ({"ALL_PROXY": "socks5h://proxy:1080"}, "socks5h://proxy:1080"),
        ({"HTTPS_PROXY": "http://loud", "https_proxy": "http://soft"}, "http://soft"),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "example.org, sentinel-hub.com"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "services.sentinel-hub.com:443"}, "http://proxy"),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "*"}, None),
    ],
)
def test_the_environment_names_the_proxy(
    variables: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert find_proxy(SERVICE) == proxy


@pytest.mark.parametrize(
    ("url", "is_exempt"),
    [
        ("https://10.1.2.3", True),
        ("https://10.1.2.3:8443", True),
        ("https://11.1.2.3", False),
        ("https://host:8443", True),
        ("https://host", False),
        ("http://127.0.0.1:8787", True),
        ("http://localhost", True),
    ],
)
def test_networks_ports_and_this_machine_are_exempt(url: str, is_exempt: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HTTPS_PROXY": "http://p",
        "HTTP_PROXY": "http://p",
        "NO_PROXY": "10.0.0.0/8,host:8443",
    }.items():
        monkeypatch.setenv(name, value)

    assert (find_proxy(url) is None) == is_exempt


def test_name_and_password_of_a_proxy_are_taken_out_of_its_address() -> None:
    assert split_userinfo("http://some%40one:p%3Aw@proxy:3128") == ("http://proxy:3128", "some@one:p:w")
    assert split_userinfo("http://proxy:3128") == ("http://proxy:3128", None)

"""Where the token may go."""

from __future__ import annotations

import pytest

from byocplan.api.hosts import check_address, check_url, get_origin, make_allowed_hosts
from byocplan.errors import AccessError, AddressError
from byocplan.model.deployment import DEPLOYMENTS, Deployment


@pytest.mark.parametrize("deployment", DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_the_services_themselves_are_allowed(deployment: Deployment) -> None:
    for url in (deployment.base_url, deployment.token_url):
        check_url(url, ())


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:99", "https://sh.own.org"]
)
def test_loopback_and_what_the_operator_names_are_allowed(url: str) -> None:
    check_url(url, {"sh.own.org"})


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://services.sentinel-hub.com", "without encryption"),
        ("https://evil.org", "--allow-host evil.org"),
        ("https://evilsentinel-hub.com", "--allow-host"),
        ("https://sentinel-hub.com.evil.org", "--allow-host"),
        ("http://169.254.169.254/latest", "without encryption"),
        ("http://127.0.0.1.evil.org", "without encryption"),
    ],
)
def test_other_hosts_are_refused_with_the_mend(url: str, word: str) -> None:
    with pytest.raises(AccessError, match=word):
        check_url(url, ())


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://services.sentinel-hub.com@evil.org", "name or password"),
        ("https://user:hunter2@services.sentinel-hub.com", "name or password"),
        ("user:hunter2@services.sentinel-hub.com", "'***@services.sentinel-hub.com' is no http address"),
        ("ftp://user:hunter2@sentinel-hub.com", "'ftp://***@sentinel-hub.com' is no http address"),
        ("https://h:x?token=hunter2", "'https://h:x' cannot be read"),
        ("https://user:hunter2?x@services.sentinel-hub.com", "'https://***@services.sentinel-hub.com'"),
        ("https://user:p//hunter2@services.sentinel-hub.com", "'https://***@services.sentinel-hub.com'"),
        ("ftp://services.sentinel-hub.com", "'ftp://services.sentinel-hub.com' is no http address"),
        ("nonsense", "'nonsense' is no http address; write it as https://HOST"),
        ("services.sentinel-hub.com", "no http address"),
        ("", "no http address"),
        ("https://evil.org\\.sentinel-hub.com", "no plain address"),
        ("https://evil.org\t.sentinel-hub.com", "no plain address"),
        ("https://evil.org\u3002sentinel-hub.com", "no plain address"),
        ("https://services.sentinel-hub.com/?x=/", "no plain address"),
        ("https://services.sentinel-hub.com\n", "no plain address"),
        ("https://[::1", "cannot be read"),
        ("https://h:99999999", "cannot be read"),
    ],
)
def test_what_is_no_address_is_quoted_as_typed_with_its_source_and_without_secrets(url: str, word: str) -> None:
    with pytest.raises(AddressError) as caught:
        check_address(url, "SH_BASE_URL")

    assert caught.value.exit_code == 3
    assert str(caught.value).startswith("SH_BASE_URL: ")
    assert caught.value.problems[0].file == "SH_BASE_URL"
    assert word in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_operators_hosts_are_gathered_from_environment_and_options() -> None:
    env = {"BYOCPLAN_ALLOW_HOSTS": "a.org, b.org", "SH_BASE_URL": "https://C.org:8443/x", "SH_TOKEN_URL": "https://["}

    assert make_allowed_hosts(env, ["d.org"]) == {"a.org", "b.org", "c.org", "d.org"}


def test_origins_spell_the_port_out() -> None:
    assert get_origin("https://a.org/x") == get_origin("https://A.org:443/y")
    assert get_origin("https://a.org") != get_origin("http://a.org")

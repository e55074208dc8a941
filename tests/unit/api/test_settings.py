"""Credentials and addresses: where they come from, and what is said when they are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from byocplan.api.settings import CONFIG_PATH, Credentials, find_ca_bundle, get_credentials, resolve_deployment
from byocplan.errors import AccessError, AddressError
from byocplan.model.deployment import DEPLOYMENTS

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "canary-secret-5381"
PROFILES = f"""
[default-profile]
sh_client_id = "default-id"
sh_client_secret = "{SECRET}"

[cdse]
sh_client_id = "cdse-id"
sh_client_secret = "{SECRET}"
"""


def write_profiles(home: Path, text: str = PROFILES, mode: int = 0o600) -> None:
    path = home / CONFIG_PATH
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(mode)


def test_the_environment_wins_over_the_profile(tmp_path: Path) -> None:
    write_profiles(tmp_path)

    credentials = get_credentials({"SH_CLIENT_ID": " env-id\n", "SH_CLIENT_SECRET": "env-secret\n"}, tmp_path)

    assert (credentials.client_id, credentials.client_secret) == ("env-id", "env-secret")


@pytest.mark.parametrize(("env", "client_id"), [({}, "default-id"), ({"SH_PROFILE": "cdse"}, "cdse-id")])
def test_a_profile_of_sentinelhub_py_is_read(tmp_path: Path, env: dict[str, str], client_id: str) -> None:
    write_profiles(tmp_path)

    credentials = get_credentials(env, tmp_path)

    assert credentials.client_id == client_id
    assert credentials.warnings == ()


def test_a_profile_others_can_read_is_warned_of(tmp_path: Path) -> None:
    write_profiles(tmp_path, mode=0o644)

    (warning,) = get_credentials({}, tmp_path).warnings

    assert "chmod 600" in warning


@pytest.mark.parametrize(
    ("env", "profiles", "words"),
    [
        ({}, None, ("SH_CLIENT_ID", "SH_CLIENT_SECRET", "config.toml")),
        ({"SH_CLIENT_ID": "", "SH_CLIENT_SECRET": " "}, None, ("SH_CLIENT_ID", "SH_CLIENT_SECRET")),
        ({"SH_CLIENT_ID": "x"}, PROFILES, ("SH_CLIENT_SECRET is not",)),
        ({"SH_CLIENT_SECRET": SECRET}, PROFILES, ("SH_CLIENT_ID is not",)),
        ({"SH_PROFILE": "planet"}, PROFILES, ("'planet'", "cdse, default-profile")),
        ({}, f'[default-profile]\nsh_client_secret = "{SECRET}', ("config.toml cannot be read",)),
        ({}, f'sh_client_secret = "{SECRET}"', ("SH_CLIENT_ID", "config.toml")),
        ({}, "[default-profile]\nsh_client_id = 1\nsh_client_secret = 2", ("SH_CLIENT_ID",)),
    ],
)
def test_missing_credentials_are_named_with_the_mend_and_no_secret(
    tmp_path: Path, env: dict[str, str], profiles: str | None, words: tuple[str, ...]
) -> None:
    if profiles is not None:
        write_profiles(tmp_path, profiles)

    with pytest.raises(AccessError) as caught:
        get_credentials(env, tmp_path)

    assert all(word in str(caught.value) for word in words)
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 4


def test_reprs_are_masked() -> None:
    text = repr(Credentials("client-identity-7788", SECRET))

    assert text == "Credentials(client_id='***7788', client_secret='***', source='environment')"


def test_addresses_of_the_environment_replace_those_of_the_project() -> None:
    env = {"SH_BASE_URL": "http://127.0.0.1:8080/", "SH_TOKEN_URL": "http://127.0.0.1:8080/token"}

    deployment = resolve_deployment(DEPLOYMENTS["cdse"], env)

    assert (deployment.base_url, deployment.token_url) == ("http://127.0.0.1:8080", "http://127.0.0.1:8080/token")
    assert deployment.name == "cdse"
    assert resolve_deployment(DEPLOYMENTS["cdse"], {}) == DEPLOYMENTS["cdse"]


@pytest.mark.parametrize("name", ["SH_BASE_URL", "SH_TOKEN_URL"])
def test_an_address_of_the_environment_that_is_none_is_an_input_error_that_names_it(name: str) -> None:
    with pytest.raises(AddressError, match=f"{name}: 'nonsense' is no http address") as caught:
        resolve_deployment(DEPLOYMENTS["cdse"], {name: "nonsense"})

    assert caught.value.exit_code == 3


def test_the_first_named_ca_bundle_is_taken() -> None:
    assert find_ca_bundle({"SSL_CERT_FILE": "/b.pem", "REQUESTS_CA_BUNDLE": "/a.pem"}) == "/a.pem"
    assert find_ca_bundle({"SSL_CERT_FILE": "/b.pem"}) == "/b.pem"
    assert find_ca_bundle({}) is None

"""Certificates are always verified: there is no switch, and what the environment trusts is trusted."""

import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def secured(tmp_path: Path) -> "Iterator[tuple[Workspace, Path]]":
    """A workspace on an emulator with a self-signed certificate, and that certificate."""
    with Emulator(EmulatorSettings(port=0, tls=True)) as emulator:
        workspace = make_workspace(emulator, tmp_path / "work", "imagery")
        workspace.write("byocplan.yaml", workspace.project)
        workspace.write("s2.yaml", make_document("s2", "imagery", tiles=[]))
        certificate = tmp_path / "certificate.pem"
        host, _, port = emulator.base_url.removeprefix("https://").partition(":")
        certificate.write_text(fetch_certificate(host, int(port)))
        yield workspace, certificate


def fetch_certificate(host: str, port: int) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, port), 10) as plain, context.wrap_socket(plain) as connection:
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"")


def test_a_self_signed_certificate_is_refused_and_accepted_when_the_environment_trusts_it(
    secured: tuple[Workspace, Path],
) -> None:
    workspace, certificate = secured

    refused = workspace.run("plan", code=1)
    loose = workspace.run("plan", environment={"PYTHONHTTPSVERIFY": "0", "REQUESTS_CA_BUNDLE": ""}, code=1)
    trusted = [
        workspace.run("plan", environment={name: str(certificate)}, code=0)
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    ]

    assert "certificate is not accepted" in refused.text
    assert "certificate is not accepted" in loose.text
    assert all("collection" in run.text for run in trusted)


def test_no_command_has_a_switch_that_turns_verification_off(secured: tuple[Workspace, Path]) -> None:
    workspace, _ = secured

    helps = [workspace.run(command, "--help", code=0).stdout for command in ("plan", "apply", "discover")]

    assert not [text for text in helps if "insecure" in text or "verify" in text]

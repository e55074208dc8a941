"""A mosaic through the installed command: plan, apply, an empty plan; no output grows with the tiles."""

from pathlib import Path

import boto3
import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

LONGEST_OUTPUT = 80
BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}


@pytest.mark.parametrize("tiles", [500, pytest.param(20_000, marks=pytest.mark.sweep)])
def test_a_mosaic_is_planned_applied_and_settled_in_a_screen_of_output(tiles: int, tmp_path: Path) -> None:
    with Emulator(EmulatorSettings(port=0, check="listing")) as emulator:
        keys = [f"2019/{n % 12 + 1}/{n // 12 % 28 + 1}/{n:05d}/B02.tif" for n in range(tiles)]
        emulator.put_objects("mosaic", [(key, key.encode()) for key in keys])
        environment = dict(emulator.exports())
        s3 = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL_S3"], region_name="us-east-1")
        workspace = Workspace(tmp_path, environment, "mosaic", s3)
        workspace.write("byocplan.yaml", workspace.project)
        workspace.write("mosaic.yaml", make_document("mosaic", "mosaic", bands=BANDS))

        plan = workspace.run("plan", code=0)
        applied = workspace.apply()
        again = workspace.run("plan", "--detailed-exitcode", code=0)

    assert f"{tiles:,} tiles to create" in plan.stdout
    assert f"{tiles:,} tiles created" in applied.stdout
    assert "No changes" in again.stdout
    assert max(len(run.text.splitlines()) for run in (plan, applied, again)) < LONGEST_OUTPUT

"""``byocplan demo``: the main job from the first plan to a mended drift, on the emulator, with real COG files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from byocplan.cli.extras import check_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.cli.demo.stage import Stage

NEXT = """
Done. {folder} is yours to play in: the manifests, the bucket's files and the emulator's memory are there.

  cd {folder}
  . ./env.sh                        # what a client needs to know
  byocplan emulator --port {port} --store emulator.sqlite --s3 embedded --s3-port {s3_port} --load bucket &
  byocplan plan manifests
"""


@click.command(epilog="Example:  byocplan demo --folder /tmp/byocplan-demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("byocplan-demo"),
    show_default=True,
    help="Where to play; left in place.",
)
def demo_command(folder: Path) -> None:
    """Walk through everything on the emulator, with real COG files.

    Makes imagery, starts the emulator with an S3 server on loopback, and runs plan and apply through a failure and
    its mend, a rename, new imagery, a pruned tile and a drift. Ends by itself; leaves with 0 when all was as expected.
    """
    check_extra("emulator", "cheroot", "flask", "moto", "rasterio")
    from byocplan.cli.demo import imagery, stage
    from byocplan.emulator import Emulator, EmulatorSettings

    folder = folder.resolve()
    stage.clear_folder(folder)
    click.echo(f"Writing {len(imagery.DATES) * len(imagery.ZONES) * len(imagery.BANDS)} COG files to {folder}/bucket")
    imagery.write_imagery(folder / "bucket" / imagery.BUCKET, imagery.DATES)
    settings = EmulatorSettings(
        port=0, s3="embedded", store=str(folder / "emulator.sqlite"), load=folder / "bucket", ingest="reads:2"
    )
    with Emulator(settings) as emulator:
        click.echo(f"The emulator answers at {emulator.base_url}, its S3 server at {emulator.s3_url}")
        environment = emulator.exports()
        _write_folder(folder, environment)
        _walk(stage.Stage(folder, environment))
        port, s3_port = (url.rpartition(":")[2] for url in (emulator.base_url, emulator.s3_url))
    click.echo(NEXT.format(folder=folder, port=port, s3_port=s3_port))


def _walk(the_stage: Stage) -> None:
    from byocplan.cli.demo.walk import walk

    walk(the_stage, _make_s3_client(the_stage.environment))


def _make_s3_client(environment: Mapping[str, str]) -> Any:
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL_S3"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


def _write_folder(folder: Path, environment: Mapping[str, str]) -> None:
    from byocplan.cli.demo import manifests

    (folder / "manifests").mkdir()
    (folder / "manifests" / "byocplan.yaml").write_text(manifests.PROJECT, encoding="utf-8")
    (folder / "manifests" / "mosaic.yaml").write_text(manifests.COLLECTION, encoding="utf-8")
    exports = "".join(f"export {name}={value}\n" for name, value in environment.items())
    env_file = folder / "env.sh"
    env_file.touch(mode=0o600)  # it holds credentials, if those of an emulator
    env_file.write_text(exports, encoding="utf-8")

"""The walk of the demo, step by step. Touches the stage, the bucket and, for the drift, the API itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from byocplan.cli.demo import imagery, manifests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from byocplan.cli.demo.stage import Stage

#: What the manifests are called in the folder.
MANIFESTS = "manifests"

NO_CHANGES = "No changes."
PENDING_CHANGES = 2
SOME_FAILED = 10


def walk(stage: Stage, s3: Any) -> None:
    """Go through every step; DemoError at the first that is not as expected. ``s3`` is a boto3 client."""
    for step in STEPS:
        step(stage, s3)


def _first_plan(stage: Stage, _s3: Any) -> None:
    stage.tell(
        "A plan",
        "The bucket holds seven bands of twelve tiles. manifests/mosaic.yaml describes one collection and says by a\n"
        "path pattern which keys are its tiles. Nothing is live yet, so the plan creates everything.",
    )
    stage.run("validate", MANIFESTS, code=0)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=PENDING_CHANGES, shows="12 tiles to create")


def _apply(stage: Stage, _s3: Any) -> None:
    stage.tell(
        "Apply",
        "The collection is created, then its tiles; the service ingests them. One of the 84 files is broken on\n"
        "purpose: the apply says so, groups failures by cause and leaves with exit code 10.",
    )
    stage.run("apply", MANIFESTS, "--auto-approve", code=SOME_FAILED, shows="256")


def _failed_stays_visible(stage: Stage, _s3: Any) -> None:
    stage.tell("The failure is not forgotten", "Every later plan lists it by cause until it is mended.")
    stage.run("plan", MANIFESTS, code=0, shows="FAILED")


def _mend(stage: Stage, s3: Any) -> None:
    stage.tell(
        "The fix and the reingest",
        f"{imagery.BROKEN_KEY} is written again with internal tiles of 256 × 256 and uploaded. Its file is newer than\n"
        "the failed ingestion, so the tile is ingested again.",
    )
    path = imagery.write_band(stage.folder / "bucket" / imagery.BUCKET, imagery.BROKEN_KEY, mended=True)
    _upload(s3, stage.folder / "bucket" / imagery.BUCKET, path)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=PENDING_CHANGES, shows="1 to reingest")
    stage.run("apply", MANIFESTS, "--auto-approve", code=0)


def _empty_plan(stage: Stage, _s3: Any) -> None:
    stage.tell("An empty plan", "Manifests, bucket and live state agree. This is what CI sees on most days.")
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=0, shows=NO_CHANGES)


def _rename(stage: Stage, _s3: Any) -> None:
    stage.tell(
        "A rename",
        "The collection gets another name in the manifest. The update sends the whole collection, since the service\n"
        "drops what an update leaves out.",
    )
    path = stage.folder / MANIFESTS / "mosaic.yaml"
    text = path.read_text(encoding="utf-8").replace("Sentinel-2 L2A mosaic 120 m", manifests.RENAMED)
    path.write_text(text, encoding="utf-8")
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=PENDING_CHANGES, shows=manifests.RENAMED)
    stage.run("apply", MANIFESTS, "--auto-approve", code=0)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=0, shows=NO_CHANGES)


def _new_date(stage: Stage, s3: Any) -> None:
    stage.tell(
        "A new date in the bucket", "Four more tiles arrive. The manifest stays as it is: the pattern takes them."
    )
    root = stage.folder / "bucket" / imagery.BUCKET
    imagery.write_imagery(root, (imagery.LATER_DATE,))
    for path in sorted((root / imagery.LATER_DATE).rglob("*.tif")):
        _upload(s3, root, path)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=PENDING_CHANGES, shows="4 tiles to create")
    stage.run("apply", MANIFESTS, "--auto-approve", code=0)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=0, shows=NO_CHANGES)


def _prune(stage: Stage, s3: Any) -> None:
    stage.tell(
        "A pruned tile",
        "The files of 2019/1/1/15X leave the bucket. The tile was ours and its files are gone, so it is deleted.",
    )
    root = stage.folder / "bucket" / imagery.BUCKET
    for path in sorted((root / "2019/1/1/15X").iterdir()):
        s3.delete_object(Bucket=imagery.BUCKET, Key=path.relative_to(root).as_posix())
        path.unlink()
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=PENDING_CHANGES, shows="1 to delete")
    stage.run("apply", MANIFESTS, "--auto-approve", code=0)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=0, shows=NO_CHANGES)


def _drift(stage: Stage, _s3: Any) -> None:
    stage.tell(
        "A drift, mended",
        "Somebody sets a tile's sensing time by hand, through the API, behind our back. The next plan sees it.",
    )
    _change_behind_our_back(stage)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=PENDING_CHANGES, shows="1 to update")
    stage.run("apply", MANIFESTS, "--auto-approve", code=0)
    stage.run("plan", MANIFESTS, "--detailed-exitcode", code=0, shows=NO_CHANGES)


STEPS: tuple[Callable[[Stage, Any], None], ...] = (
    _first_plan,
    _apply,
    _failed_stays_visible,
    _mend,
    _empty_plan,
    _rename,
    _new_date,
    _prune,
    _drift,
)


def _upload(s3: Any, root: Path, path: Path) -> None:
    s3.upload_file(str(path), imagery.BUCKET, path.relative_to(root).as_posix())


def _change_behind_our_back(stage: Stage) -> None:
    """Set one tile's sensing time with nothing but HTTP, as a stranger's script would."""
    import urllib3

    environment = stage.environment
    form = {"grant_type": "client_credentials"}
    form |= {"client_id": environment["SH_CLIENT_ID"], "client_secret": environment["SH_CLIENT_SECRET"]}
    body = urlencode(form)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    token = urllib3.request("POST", environment["SH_TOKEN_URL"], body=body, headers=kind).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    collections = f"{environment['SH_BASE_URL']}/api/v1/byoc/collections"
    collection = urllib3.request("GET", collections, headers=headers).json()["data"][0]["id"]
    tiles = f"{collections}/{collection}/tiles"
    query = {"path": "2019/11/27/28V/(BAND).tif"}
    tile = urllib3.request("GET", tiles, fields=query, headers=headers).json()["data"][0]
    tile["sensingTime"] = "2019-11-28T12:00:00Z"
    urllib3.request("PUT", f"{tiles}/{tile['id']}", json=tile, headers=headers)

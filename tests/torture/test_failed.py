"""R16: some tiles FAILED, with the messages on record: told by cause, read again on demand, a bounded number of times."""

import random
from collections.abc import Callable
from pathlib import Path

from tests.support.torture import Mix, make_path, open_stage

SIZE = "Ensure tiles of image at index 1 have width and height between 256 and 2048."
UNEXPECTED = "Unexpected error occurred while ingesting the tile."


def test_failed_tiles_are_listed_by_cause_and_tried_once_a_repair(
    tmp_path: Path, chance: random.Random, figure: Callable[[str, str], None]
) -> None:
    mix = Mix(create=0, update=0, reingest=0, delete=0, new=0, keep=60)
    failed = dict.fromkeys(chance.sample(range(mix.keep), 25), "")
    with open_stage(tmp_path / "stage", mix) as stage:
        stage.prepare()
        stage.admin("POST", "/reset")
        tiles = [
            {
                "path": make_path("keep", number),
                "sensingTime": "2020-01-01T00:00:00Z",
                "status": "FAILED" if number in failed else "INGESTED",
                "failedIngestionCause": chance.choice([SIZE, UNEXPECTED]) if number in failed else None,
            }
            for number in range(mix.keep)
        ]
        (seeded,) = stage.admin(
            "POST", "/seed", {"collections": [{"name": "old", "s3Bucket": stage.name_bucket("old"), "tiles": tiles}]}
        )["collections"]

        plan = stage.run("plan")
        repaired = stage.apply("--only", "reingest", "--status", "FAILED")
        posts = [each["path"] for each in stage.log() if each["path"].endswith("/reingest")]

        assert seeded["tiles"] == mix.keep
        assert SIZE in plan.text
        assert UNEXPECTED in plan.text
        assert (repaired.code, len(posts), len(set(posts))) == (0, len(failed), len(failed)), repaired.text
        figure("R16 k of M FAILED", f"{len(failed)} of {mix.keep} reingested on demand, {len(posts)} requests")

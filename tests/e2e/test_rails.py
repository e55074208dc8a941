"""Listings that lie, failures in their midst, files that are there after all: none of them deletes a tile."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.s3_front import EMPTY, S3Front, is_listing, make_first_page, make_refusal
from tests.support.scripted_server import Reply
from tests.support.workspace import Run, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.support.scripted_server import Asked

PATTERN = "{year}/{month}/{grid}/(BAND).tif"
BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
COUNT = 24


def make_keys(count: int = COUNT) -> list[str]:
    """Return keys of one band, the first half of grid 28V, the second of 33T."""
    return [f"{2000 + i}/1/{'28V' if i < count // 2 else '33T'}/B02.tif" for i in range(count)]


def apply_first(workspace: Workspace, **spec: object) -> list[str]:
    keys = make_keys()
    for key in keys:
        workspace.put(key, make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    write_collection(workspace, **spec)
    workspace.apply()
    return keys


def write_collection(workspace: Workspace, **spec: object) -> None:
    full = {"bands": BANDS, "tiles": [{"pattern": PATTERN}], **spec}
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, **full))


def get_rails(plan: "dict[str, Any]") -> "dict[str, dict[str, Any]]":
    return {rail["rule"]: rail for rail in plan["rails"]}


@dataclass(frozen=True, slots=True)
class Behind:
    """A run with a front before its S3 endpoint, and how many single files it asked for."""

    run: Run
    heads: int


def run_behind(workspace: Workspace, answer: "Callable[[Asked], Reply | None]", *arguments: str) -> Behind:
    """Run a command whose requests to S3 ``answer`` may answer."""
    own = workspace.environment["AWS_ENDPOINT_URL_S3"]
    with S3Front(own, answer) as front:
        workspace.environment["AWS_ENDPOINT_URL_S3"] = front.server.url
        run = workspace.run(*arguments)
        workspace.environment["AWS_ENDPOINT_URL_S3"] = own
        return Behind(run, front.heads)


def refuse_files(asked: "Asked") -> Reply | None:
    return make_refusal() if asked.method == "HEAD" else None


def refuse_listing(asked: "Asked") -> Reply | None:
    return make_refusal() if is_listing(asked) else None


def show_nothing(asked: "Asked") -> Reply | None:
    return Reply(200, EMPTY) if is_listing(asked) else None


def break_second_page(asked: "Asked") -> Reply | None:
    if not is_listing(asked):
        return None
    return make_refusal() if "continuation-token" in asked.path else make_first_page(make_keys()[0])


def show_one_key(asked: "Asked") -> Reply | None:
    first = make_first_page(make_keys()[0])
    return Reply(200, first.body.replace(b"true", b"false")) if is_listing(asked) else None


LIES = [
    (refuse_listing, 4, "denied"),
    (show_nothing, 5, "sourceEmpty"),
    (break_second_page, 5, "sourceIncomplete"),
    (show_one_key, 5, "evidence"),
]


def test_listings_that_do_not_show_the_files_delete_nothing(workspace: Workspace) -> None:
    apply_first(workspace, rails={"maxDeletePercent": 100, "maxReingestPercent": 100})
    live = workspace.ask_paths()

    refused = [run_behind(workspace, answer, "apply", "--auto-approve").run for answer, _, _ in LIES]

    for run, (_, code, said) in zip(refused, LIES, strict=True):
        assert run.code == code, run.text
        assert said in run.text
    assert workspace.ask_paths() == live
    assert workspace.is_settled()


def test_a_misspelt_bucket_deletes_nothing(workspace: Workspace) -> None:
    apply_first(workspace)
    live = workspace.ask_paths()
    workspace.bucket, right = "imagery-typo", workspace.bucket
    write_collection(workspace)

    refused = workspace.apply(code=1)
    workspace.bucket = right
    write_collection(workspace)

    assert "no such bucket" in refused.text
    assert workspace.ask_paths() == live
    assert workspace.is_settled()


def test_an_ack_of_a_listing_that_shows_nothing_still_deletes_nothing(workspace: Workspace) -> None:
    apply_first(workspace)

    acked = run_behind(workspace, show_nothing, "apply", "--auto-approve", "--ack", f"sourceEmpty={COUNT}").run

    assert acked.code == 0, acked.text
    assert len(workspace.ask_paths()) == COUNT


def test_deletes_need_a_404_for_their_files_or_an_ack(workspace: Workspace) -> None:
    keys = apply_first(workspace)
    workspace.remove(keys[0])

    shown = run_behind(workspace, lambda _: None, "plan")
    refused = run_behind(workspace, refuse_files, "apply", "--auto-approve").run
    kept = workspace.ask_paths()
    acked = run_behind(workspace, refuse_files, "apply", "--auto-approve", "--ack", "evidence@collection/s2=1").run

    assert "every file of 1 tile to delete answers 404" in shown.run.stdout
    assert shown.heads == 1
    assert (refused.code, acked.code) == (5, 0), refused.text + acked.text
    assert "--ack evidence@collection/s2=1" in refused.text
    assert len(kept) == COUNT
    assert len(workspace.ask_paths()) == COUNT - 1


def test_limits_of_project_and_collection_and_all_rails_stand_in_plan_and_json(workspace: Workspace) -> None:
    workspace.project += "spec:\n  rails: {maxDeletePercent: 40, maxReingestPercent: 20}\n"
    keys = apply_first(workspace)
    for key in keys[:11]:
        workspace.remove(key)
    for key in keys[11:22]:
        workspace.put(key, make_cog(fill=2))
    write_collection(workspace, rails={"maxDeletes": 10})

    plan = workspace.plan()
    refused = workspace.apply(code=5)
    one_short = workspace.apply("--ack", "reingests=11", "--ack", "deletes@collection/s2=11", ".", code=5)
    acks = [f"--ack={rail['ack']}" for rail in get_rails(plan).values() if rail["tripped"]]
    workspace.apply(*acks)

    rails = get_rails(plan)
    assert {rule: (rail["tripped"], rail["ack"], rail["source"]) for rule, rail in rails.items()} == {
        "deletes": (True, "deletes@collection/s2=11", "byocplan.yaml:5"),
        "groupDisappears": (True, "groupDisappears@collection/s2=1", "default"),
        "evidence": (False, "", "default"),
        "reingests": (True, "reingests@collection/s2=11", "byocplan.yaml:5"),
    }
    assert rails["reingests"]["text"] == "11 of 24 owned tiles = 45.8 % > maxReingestPercent 20"
    assert one_short.stdout.rstrip().endswith(
        "To go on:  byocplan apply . --ack deletes@collection/s2=11"
        " --ack groupDisappears@collection/s2=1 --ack reingests@collection/s2=11"
    )
    assert refused.stdout.index("Plan:") < refused.stdout.index("Blocked by 3 rails; nothing was changed.")
    assert len(workspace.ask_paths()) == 13
    assert workspace.is_settled()

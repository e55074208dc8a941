"""What is not ours stays; what looks gone for a moment stays; what stopped being asked for needs an ack."""

from tests.support.cogs import make_cog
from tests.support.manifests import PATTERN, make_document
from tests.support.workspace import Workspace

TILES = ("2019/1/1/28V", "2019/1/1/33T", "2020/6/1/28V")


def fill_bucket(workspace: Workspace, *folders: str) -> None:
    for folder in folders:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", make_cog())


def apply_first(workspace: Workspace, **spec: object) -> None:
    fill_bucket(workspace, *TILES)
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, **spec))
    workspace.apply()


def test_unmanaged_tiles_are_counted_and_survive(workspace: Workspace) -> None:
    tiles = [{"pattern": PATTERN}, {"path": "special/(BAND).tif"}]
    fill_bucket(workspace, "special")
    apply_first(workspace, tiles=tiles)
    (workspace.folder / "byocplan.lock.yaml").unlink()
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, adopt=True))

    plan = workspace.plan()
    workspace.apply()

    assert plan["summary"]["tiles"]["unmanaged"] == 1
    assert "special/(BAND).tif" in workspace.ask_paths()
    assert workspace.is_settled()


def test_a_narrowed_where_gives_orphans_that_need_an_ack(workspace: Workspace) -> None:
    apply_first(workspace)
    tiles = [{"pattern": PATTERN, "where": {"date": {"from": "2019-01-01", "to": "2019-12-31"}}}]
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=tiles))

    plan = workspace.plan()
    refused = workspace.apply(code=5)
    workspace.apply("--ack", "scopeRemoved@collection/s2=1")

    assert workspace.count(plan) == {"tile delete": 1}
    assert "scopeRemoved@collection/s2=1" in refused.text
    assert workspace.ask_paths() == {f"{folder}/(BAND).tif" for folder in TILES[:2]}
    assert workspace.is_settled()


def test_a_removed_path_gives_an_orphan_that_needs_an_ack(workspace: Workspace) -> None:
    fill_bucket(workspace, "special")
    apply_first(workspace, tiles=[{"pattern": PATTERN}, {"path": "special/(BAND).tif"}])
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    refused = workspace.apply(code=5)
    workspace.apply("--ack", "scopeRemoved=1")

    assert "scopeRemoved@collection/s2=1" in refused.text
    assert "special/(BAND).tif" not in workspace.ask_paths()
    assert workspace.is_settled()


def test_a_band_file_missing_for_a_moment_deletes_nothing(workspace: Workspace) -> None:
    apply_first(workspace)
    workspace.remove("2019/1/1/28V/B03.tif")

    plan = workspace.plan()
    workspace.apply()

    assert workspace.count(plan).keys() <= {"tile incomplete"}
    assert len(workspace.ask_paths()) == len(TILES)


def test_an_empty_bucket_never_means_delete_everything(workspace: Workspace) -> None:
    apply_first(workspace)
    for folder in TILES:
        for band in ("B02", "B03"):
            workspace.remove(f"{folder}/{band}.tif")

    refused = workspace.apply(code=5)

    assert "sourceEmpty" in refused.text
    assert len(workspace.ask_paths()) == len(TILES)


def test_more_deletes_than_the_rail_allows_are_refused_and_nothing_is_written(workspace: Workspace) -> None:
    folders = [f"2019/1/{day}/28V" for day in range(1, 25)]
    fill_bucket(workspace, *folders)
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.apply()
    for folder in folders[:12]:
        for band in ("B02", "B03"):
            workspace.remove(f"{folder}/{band}.tif")

    refused = workspace.apply(code=5)
    kept = workspace.ask_paths()
    wrong = workspace.apply("--ack", "deletes@collection/s2=11", code=5)
    workspace.apply("--ack", "deletes@collection/s2=12")

    assert "deletes@collection/s2=12" in refused.text
    assert len(kept) == 24
    assert "12" in wrong.text
    assert len(workspace.ask_paths()) == 12
    assert workspace.is_settled()


def test_an_ack_in_git_lets_the_same_deletes_pass(workspace: Workspace) -> None:
    apply_first(workspace)
    tiles = [{"pattern": PATTERN, "where": {"grid": ["28V"]}}]
    acks = [{"rule": "scopeRemoved", "atMost": 1, "until": "2999-01-01"}]
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=tiles, acks=acks))

    workspace.apply()

    assert len(workspace.ask_paths()) == 2
    assert workspace.is_settled()


def test_two_projects_on_one_account_do_not_touch_each_other(workspace: Workspace, other: Workspace) -> None:
    apply_first(workspace)
    other.write("byocplan.yaml", other.project.replace("test", "other"))
    fill_bucket(other, "2021/1/1/15X")
    other.write("more.yaml", make_document("more", other.bucket))

    plan = other.plan()
    other.apply()
    (other.folder / "more.yaml").unlink()
    other.apply("--ack", "collectionDeletes@collection/more=1")

    assert other.count(plan) == {"collection create": 1, "tile create": 1}
    assert workspace.is_settled()
    assert len(workspace.ask_paths()) == len(TILES)


def test_planning_a_single_file_removes_nothing_else(workspace: Workspace) -> None:
    apply_first(workspace)
    workspace.write("second.yaml", make_document("second", workspace.bucket, tiles=[]))
    workspace.apply()

    plan = workspace.plan("second.yaml")

    assert plan["complete"] is False
    assert workspace.count(plan) == {}
    assert workspace.count(workspace.plan()) == {}

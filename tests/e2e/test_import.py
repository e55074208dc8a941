"""Binding what is live already to an address of the manifests, through the installed command."""

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def forgotten(workspace: Workspace) -> Workspace:
    """Return a workspace whose collection is live and not bound."""
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.apply()
    (workspace.folder / "byocplan.lock.yaml").unlink()
    return workspace


def find_id(workspace: Workspace) -> str:
    live_id: str = workspace.ask("")[0]["id"]
    return live_id


def test_an_import_binds_shows_the_plan_and_leaves_nothing_to_do(forgotten: Workspace) -> None:
    live_id = find_id(forgotten)

    done = forgotten.run("import", "collection/s2", live_id, code=0)

    assert f"collection/s2 stands for {live_id} now." in done.stdout
    assert "No changes in what this plan covers." in done.stdout
    assert forgotten.is_settled()
    assert len(forgotten.ask("")) == 1


def test_an_import_says_what_the_next_plan_will_do(forgotten: Workspace) -> None:
    for band in ("B02", "B03"):
        forgotten.put(f"2019/1/2/28V/{band}.tif", make_cog())

    done = forgotten.run("import", "collection/s2", find_id(forgotten), code=0)

    assert "Plan: 1 tile to create" in done.stdout
    assert forgotten.count(forgotten.plan()) == {"tile create": 1}


def test_importing_twice_changes_nothing(forgotten: Workspace) -> None:
    forgotten.run("import", "collection/s2", find_id(forgotten), "--no-plan", code=0)
    before = (forgotten.folder / "byocplan.lock.yaml").read_bytes()

    done = forgotten.run("import", "collection/s2", find_id(forgotten), "--no-plan", code=0)

    assert "already" in done.stdout
    assert (forgotten.folder / "byocplan.lock.yaml").read_bytes() == before


def test_an_id_that_is_not_live_is_refused(forgotten: Workspace) -> None:
    refused = forgotten.run("import", "collection/s2", NOBODY, code=3)

    assert f"no collection {NOBODY} is live" in refused.stderr
    assert not (forgotten.folder / "byocplan.lock.yaml").exists()


def test_another_bucket_is_refused(forgotten: Workspace) -> None:
    forgotten.write("s2.yaml", make_document("s2", "elsewhere"))

    refused = forgotten.run("import", "collection/s2", find_id(forgotten), code=3)

    assert "the manifest says elsewhere" in refused.stderr


def test_what_is_bound_elsewhere_is_refused_with_the_way_to_move_it(forgotten: Workspace) -> None:
    forgotten.write("b.yaml", make_document("b", forgotten.bucket, name="other"))
    forgotten.run("import", "collection/s2", find_id(forgotten), "--no-plan", code=0)

    refused = forgotten.run("import", "collection/b", find_id(forgotten), code=3)

    assert "byocplan state mv collection/s2 collection/b" in refused.stderr


def test_an_address_that_is_bound_or_written_otherwise_is_refused(forgotten: Workspace) -> None:
    live_id = find_id(forgotten)
    forgotten.run("import", "collection/s2", live_id, "--no-plan", code=0)

    bound = forgotten.run("import", "collection/s2", NOBODY, code=3)
    forgotten.write("s2.yaml", make_document("s2", forgotten.bucket, id=NOBODY))
    written = forgotten.run("import", "collection/s2", live_id, code=3)
    unknown = forgotten.run("import", "collection/s3", live_id, code=3)

    assert "byocplan state rm collection/s2" in bound.stderr
    assert f"says `id: {NOBODY}`" in written.stderr
    assert "did you mean collection/s2?" in unknown.stderr


def test_an_id_in_the_manifest_needs_no_import_and_is_recorded_by_the_next_apply(forgotten: Workspace) -> None:
    forgotten.write("s2.yaml", make_document("s2", forgotten.bucket, id=find_id(forgotten)))

    assert forgotten.is_settled()
    forgotten.apply()

    assert find_id(forgotten) in forgotten.run("state", "list", code=0).stdout

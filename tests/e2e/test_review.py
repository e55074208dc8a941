"""Plans for reviewers: Markdown, and what a step of GitHub Actions is told."""

import re

from tests.support.manifests import make_document
from tests.support.workspace import Workspace


def prepare(workspace: Workspace) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", b"II*\0")
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))


def test_markdown_of_a_plan_and_of_its_file_are_the_same(workspace: Workspace) -> None:
    prepare(workspace)

    planned = workspace.run("plan", "--format", "markdown", "--out", "plan.byocplan", code=0)
    shown = workspace.run("show", "plan.byocplan", "--format", "markdown", "--limit-preset", "gitlab", code=0)

    assert planned.stdout == shown.stdout
    assert planned.stdout.startswith('<!-- byocplan:{"project":"test","plan_hash":"')
    assert "### byocplan: 1 collection to create; 1 tile to create" in planned.stdout


def test_the_format_can_stand_in_the_environment(workspace: Workspace) -> None:
    prepare(workspace)
    environment = {"BYOCPLAN_PLAN_FORMAT": "markdown", "BYOCPLAN_PLAN_LIMIT_PRESET": "bitbucket"}

    run = workspace.run("plan", code=0, environment=environment)

    assert "#### Samples" in run.stdout


def test_a_step_of_github_actions_gets_outputs_and_a_summary(workspace: Workspace) -> None:
    prepare(workspace)
    output, summary = workspace.write("output", "before=1\n"), workspace.write("summary", "# Before\n")
    environment = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}

    run = workspace.run("plan", "--format", "markdown", code=0, environment=environment)

    assert summary.read_text() == "# Before\n" + run.stdout
    assert re.fullmatch(
        r"before=1\nplan_hash=[0-9a-f]{64}\nguard_hash=[0-9a-f]{64}\n"
        r"has_changes=true\napplyable=true\ncomplete=true\nexitcode=2\n",
        output.read_text(),
    )


def test_a_plan_as_text_sets_outputs_and_leaves_the_summary_alone(workspace: Workspace) -> None:
    prepare(workspace)
    output, summary = workspace.folder / "output", workspace.folder / "summary"
    environment = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}

    workspace.run("plan", code=0, environment=environment)

    assert "has_changes=true\n" in output.read_text()
    assert not summary.exists()


def test_an_output_file_that_cannot_be_written_is_an_error(workspace: Workspace) -> None:
    prepare(workspace)

    run = workspace.run("plan", code=1, environment={"GITHUB_OUTPUT": str(workspace.folder / "no" / "file")})

    assert "No such file" in run.stderr


def test_html_of_a_plan_and_of_its_file_is_one_whole_document(workspace: Workspace) -> None:
    prepare(workspace)

    planned = workspace.run("plan", "--format", "html", "--out", "plan.byocplan", code=0)
    shown = workspace.run("show", "plan.byocplan", "--format", "html", code=0)

    assert planned.stdout == shown.stdout
    assert planned.stdout.startswith("<!DOCTYPE html>\n")
    assert planned.stdout.endswith("</html>\n")
    assert "2019/1/1/28V/(BAND).tif" in planned.stdout


def test_single_tiles_are_listed_in_no_markdown(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.run("plan", "--out", "plan.byocplan", code=0)

    run = workspace.run("show", "plan.byocplan", "--format", "markdown", "--limit", "3", code=3)

    assert "lists no single tiles" in run.stderr

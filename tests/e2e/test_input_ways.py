"""The ways manifests come in: standard input, variables, defaults, files beside the Project."""

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace


def test_a_rendered_stream_on_standard_input_plans_like_its_files(workspace: Workspace) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", make_cog())
    stream = f"{workspace.project}---\n{make_document('s2', workspace.bucket)}"

    run = workspace.run("plan", "-", "--format", "json", stdin=stream, code=0)

    assert workspace.count(run.json()) == {"collection create": 1, "tile create": 1}
    assert run.json()["complete"] is True


def test_standard_input_may_not_choose_the_deployment_unless_trusted(workspace: Workspace) -> None:
    project = f"{workspace.project}spec: {{deployment: cdse}}\n"
    stream = f"{project}---\n{make_document('s2', workspace.bucket)}"

    refused = workspace.run("plan", "-", stdin=stream, code=3)
    workspace.run("plan", "-", "--trust-stdin", stdin=stream, code=0)

    assert "--trust-stdin" in refused.text


def test_variables_are_given_by_the_project_and_on_the_command_line(workspace: Workspace) -> None:
    workspace.put("2019/1/1/28V/B02.tif", make_cog())
    workspace.put("2020/1/1/28V/B02.tif", make_cog())
    workspace.put("2020/1/2/28V/B02.tif", make_cog())
    workspace.write("byocplan.yaml", f'{workspace.project}spec: {{vars: {{year: "2019"}}}}\n')
    tiles = [{"pattern": "${year}/{m:d}/{d:d}/{grid}/(BAND).tif"}]
    bands = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=bands, tiles=tiles))

    of_project = workspace.plan()
    of_line = workspace.plan("--var", "year=2020")

    assert of_project["summary"]["tiles"]["create"] == 1
    assert of_line["summary"]["tiles"]["create"] == 2


def test_the_plan_says_nothing_of_each_tile(workspace: Workspace) -> None:
    body = make_cog()
    for day in range(1, 29):
        for month in range(1, 13):
            workspace.put(f"2019/{month}/{day}/28V/B02.tif", body)
    bands = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=bands))

    run = workspace.run("plan", code=0)

    assert "336" in run.stdout
    assert len(run.stdout.splitlines()) < 20


def test_schema_and_validate_need_no_credentials(workspace: Workspace) -> None:
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    nothing = dict.fromkeys(workspace.environment, "")

    schema = workspace.run("schema", "Collection", environment=nothing, code=0).json()
    valid = workspace.run("validate", "--format", "json", environment=nothing, code=0)

    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert valid.json() is not None


def test_explain_names_fields_tile_and_time(workspace: Workspace) -> None:
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    taken = workspace.run("explain", "2019/11/27/28V/B02.tif", "--format", "json", code=0).json()
    missed = workspace.run("explain", "2019/11/27/28V/B02.jp2", "--format", "json", code=0).json()

    assert taken["matches"][0]["path"] == "2019/11/27/28V/(BAND).tif"
    assert taken["matches"][0]["sensingTime"] == "2019-11-27T00:00:00Z"
    assert taken["matches"][0]["fields"]["grid"] == "28V"
    assert missed["matches"] == []
    assert missed["misses"][0]["address"] == "collection/s2"

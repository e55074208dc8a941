"""``validate --format``: the result goes to stdout, whole, with the exit code of a validation."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.support.manifests import make_document
from tests.support.workspace import Workspace

FORMATS = ["json", "sarif", "junit", "github"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_valid_project_leaves_with_0_and_a_broken_one_with_3(workspace: Workspace, form: str) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    valid = workspace.run("validate", "--format", form, code=0)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, nodata=0))

    broken = workspace.run("validate", "--format", form, code=3)

    assert (valid.stderr, broken.stderr) == ("", "")
    assert "unknown key nodata" in broken.stdout
    assert "unknown key" not in valid.stdout


def test_the_place_in_every_format_is_that_of_the_text(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, nodata=0))

    text = workspace.run("validate", code=3).stderr
    log = workspace.run("validate", "--format", "sarif", code=3).json()
    suites = ET.fromstring(workspace.run("validate", "--format", "junit", code=3).stdout)
    command = workspace.run("validate", "--format", "github", code=3).stdout

    place = text.split(": ")[0]
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert place == f"s2.yaml:{region['startLine']}:{region['startColumn']}"
    assert [case.get("name", "").split(": ")[0] for case in suites.iter("testcase")] == [place]
    assert command.startswith(f"::error file=s2.yaml,line={region['startLine']},col={region['startColumn']}::")


def test_formats_for_machines_are_ascii_or_declared(workspace: Workspace) -> None:
    workspace.write("ü.yaml", "ü: 1\n")

    log = workspace.run("validate", "--format", "sarif", code=3).stdout
    suites = workspace.run("validate", "--format", "junit", code=3).stdout

    assert json.loads(log)
    assert log.isascii()
    assert suites.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')

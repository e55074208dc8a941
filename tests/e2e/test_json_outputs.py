"""What commands print as JSON follows the published schemas, each of them strictly: no key goes undescribed."""

from typing import Any

import jsonschema
import pytest

from byocplan.schemafiles import read_schema_file
from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

COMMANDS = {
    "discover": [],
    "explain": ["2019/1/1/28V/B02.tif"],
    "status": [],
    "doctor": [],
    "tiles": ["collection/s2"],
    "preflight": [],
}
#: Maps whose keys are data, by what their schema says of them.
OPEN = {"additionalProperties", "patternProperties", "propertyNames"}


def close(schema: Any) -> Any:
    """Return the schema with every object closed, so that a key it does not name is an error."""
    if isinstance(schema, list):
        return [close(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: close(value) for key, value in schema.items()}
    if "properties" in schema and not OPEN & schema.keys():
        closed["additionalProperties"] = False
    return closed


@pytest.fixture
def live(workspace: Workspace) -> Workspace:
    """Two ingested tiles, one FAILED, one without a file of a band, and a key that is left over."""
    for folder, body in (("1/28V", make_cog()), ("1/29V", make_cog()), ("9/28V", b"II*\0")):
        for band in ("B02", "B03"):
            workspace.put(f"2019/1/{folder}/{band}.tif", body)
    workspace.put("2019/1/1/30V/B02.tif", make_cog())
    workspace.put("2019/1/1/28V/notes.txt", b"x")
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.apply(code=10)
    return workspace


def test_what_each_command_prints_follows_its_schema(live: Workspace) -> None:
    printed = {name: live.run(name, *more, "--format", "json").json() for name, more in COMMANDS.items()}

    for name, document in printed.items():
        jsonschema.validate(document, close(read_schema_file(name)))
        assert document["format_version"] == "1.0"
    assert printed["discover"]["collections"]["collection/s2"]["left_over"]
    assert printed["explain"]["matches"][0]["band"] == "B02"
    assert printed["status"]["collections"][0]["gaps"]
    assert {tile["status"] for tile in printed["tiles"]["tiles"]} == {"INGESTED", "FAILED"}


def test_answers_that_are_empty_follow_their_schemas_too(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    for name in ("discover", "status", "doctor", "preflight"):
        document = workspace.run(name, "--format", "json").json()
        jsonschema.validate(document, close(read_schema_file(name)))
    assert workspace.run("status", "--format", "json").json()["unbound"] == []
    missed = workspace.run("explain", "nothing/like/it.txt", "--format", "json", code=0).json()
    jsonschema.validate(missed, close(read_schema_file("explain")))
    assert missed["misses"]


def test_what_is_live_of_a_key_and_what_is_not_bound_follow_their_schemas(live: Workspace) -> None:
    looked = live.run("explain", "2019/1/9/28V/B02.tif", "--live", "--format", "json", code=0).json()
    (live.folder / "byocplan.lock.yaml").unlink()
    lost = live.run("status", "--format", "json", code=0).json()

    jsonschema.validate(looked, close(read_schema_file("explain")))
    jsonschema.validate(lost, close(read_schema_file("status")))
    assert looked["matches"][0]["status"] == "FAILED"
    assert [each["address"] for each in lost["unbound"]] == ["collection/s2"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_schema_is_a_schema_and_every_key_is_described(name: str) -> None:
    schema = read_schema_file(name)

    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$id"] == f"urn:byocplan:schemas:v1:{name}"
    assert all("description" in each for each in schema["properties"].values())

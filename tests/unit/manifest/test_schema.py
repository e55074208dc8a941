"""The published schema is valid, described, and in step with model and examples."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from byocplan.manifest.schema import KINDS, read_schema
from byocplan.model.deployment import DEPLOYMENTS
from byocplan.model.rail import HARD_RULES, Rule
from byocplan.schemafiles import get_schemas_folder

POSITIVE = Path(__file__).parent / "positive"
DEFINITIONS: dict[str, Any] = read_schema()["definitions"]


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_schema_is_valid_draft_07(kind: str | None) -> None:
    Draft7Validator.check_schema(read_schema(kind))


def test_every_property_is_described() -> None:
    dull = [
        f"{name}.{key}"
        for name, definition in DEFINITIONS.items()
        for key, child in definition.get("properties", {}).items()
        if not resolve(child).get("description")
    ]

    assert dull == []


def test_every_mapping_with_fixed_keys_refuses_others() -> None:
    loose = [name for name, each in DEFINITIONS.items() if "properties" in each and "additionalProperties" not in each]

    assert loose == []


def test_every_property_appears_in_a_positive_manifest() -> None:
    known = {key for definition in iter_schemas(read_schema()) for key in definition.get("properties", {})}

    used = {
        key
        for path in POSITIVE.glob("*.y*ml")
        for key in iter_keys(list(yaml.load_all(path.read_text(), yaml.BaseLoader)))
    }

    assert known - used == set()


def test_the_names_of_deployments_are_those_of_the_model() -> None:
    deployment = DEFINITIONS["ProjectSpec"]["properties"]["deployment"]

    assert set(deployment["else"]["enum"]) == set(DEPLOYMENTS)


def test_rules_that_can_be_acked_are_rules_of_the_model_that_an_ack_lifts() -> None:
    rules = {Rule(text) for text in DEFINITIONS["Ack"]["properties"]["rule"]["enum"]}

    assert not rules & HARD_RULES


def test_the_schema_judges_json_documents_without_our_help() -> None:
    document = json.loads((POSITIVE / "list.json.yml").read_text())

    Draft7Validator(read_schema()).validate(document)
    broken = {**document, "spec": {"s3bucket": "x"}}

    assert not Draft7Validator(read_schema()).is_valid(broken)


def test_an_unknown_kind_has_no_schema() -> None:
    with pytest.raises(KeyError):
        read_schema("Table")


def test_schemas_are_found_in_a_checkout() -> None:
    assert (get_schemas_folder() / "v1" / "manifest.schema.json").is_file()


def test_importing_the_reader_does_not_load_jsonschema() -> None:
    code = "import sys, byocplan.manifest; sys.exit('jsonschema' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3])

    assert done.returncode == 0


def iter_keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(iter_keys(child) for child in value.values()))
    if isinstance(value, list):
        return set().union(*(iter_keys(child) for child in value)) if value else set()
    return set()


def iter_schemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = [schema]
    for key, child in schema.items():
        children = list(child.values()) if key in {"properties", "definitions"} else [child]
        found += [each for part in children if isinstance(part, dict) for each in iter_schemas(part)]
    return found


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/definitions/")
    return DEFINITIONS[name] if name else schema

"""schemathesis against the emulator by its own OpenAPI document: it finds nothing undocumented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.routes import byoc, tokens
from byocplan.schemafiles import get_schemas_folder
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = yaml.safe_load((get_schemas_folder() / "byoc-api.openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS = [(path, method) for path, operations in DOCUMENT["paths"].items() for method in operations]
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with (
        Emulator(EmulatorSettings(port=0, s3="http://127.0.0.1:9", check="none")) as running,
        Service(running) as client,
    ):
        yield client


def put_in(service: Service, case: Any) -> None:
    """Let ids be live ones, so that answers are not all 404."""
    collection = service.create_collection(additionalData={"bands": {"B02": {"bitDepth": 16}}})
    tile = service.create_tile(collection, "a/(BAND).tif")
    if "collectionId" in case.path_parameters:
        case.path_parameters["collectionId"] = collection
    if "tileId" in case.path_parameters:
        case.path_parameters["tileId"] = tile


def check_operation(service: Service, path: str, method: str, examples: int, modes: list[Any]) -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    operation = schema[path][method.upper()]

    for mode in modes:

        @seed(1)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=operation.as_strategy(generation_mode=mode), is_live=st.booleans())
        def run(case: Any, is_live: bool) -> None:
            if is_live:
                put_in(service, case)
            answer = case.call(
                base_url=service.base, headers={"Authorization": service.session.headers["Authorization"]}
            )
            case.validate_response(answer, checks=CHECKS)

        run()


def test_the_document_and_the_routes_name_the_same_operations() -> None:
    prefix = byoc.PREFIXES[0]
    routes = {(re.sub(r"<(\w+)>", "{}", prefix + path).rstrip("/"), method) for method, path, _ in byoc.ROUTES}
    routes |= {(path, "POST") for path in tokens.TOKEN_PATHS}

    documented = {(re.sub(r"{\w+}", "{}", path), method.upper()) for path, method in OPERATIONS}

    assert documented == routes


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_nothing_undocumented_is_answered(service: Service, path: str, method: str) -> None:
    check_operation(service, path, method, 8, list(schemathesis.GenerationMode))


@pytest.mark.sweep
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_nothing_undocumented_is_answered_however_long_one_looks(service: Service, path: str, method: str) -> None:
    check_operation(service, path, method, 300, list(schemathesis.GenerationMode))

"""Decode a Project document: a checked tree in, the project and problems out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.manifest.nodes import Node
from byocplan.manifest.rails import make_rails
from byocplan.manifest.trust import S3_DOMAINS, SERVICE_DOMAINS, check_url, split_url
from byocplan.model.collection import S3Settings
from byocplan.model.deployment import DEPLOYMENTS, LEGACY_PREFIX, Deployment
from byocplan.model.project import LOCAL, Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from byocplan.errors import Problem

_DEFAULT = Project()


def make_project(tree: Node | None, folder: str) -> Project:
    """Return the project of a document; the defaults when there is none. ``folder`` is where the document lies."""
    if tree is None:
        return Project(folder=folder)
    metadata, spec = tree.find("metadata"), get_spec(tree)
    return Project(
        name=(metadata.find_text("name") if metadata else None) or _DEFAULT.name,
        deployment=_make_deployment(spec),
        state=spec.find_text("state") or LOCAL,
        s3=make_s3(spec.find("s3")),
        rails=make_rails(spec.find("rails")),
        requests_per_minute=spec.find_number("requestsPerMinute"),
        folder=folder,
        is_declared=True,
    )


def get_spec(tree: Node) -> Node:
    """Return the spec of a document; an empty one where it has none."""
    return tree.find("spec") or Node({}, tree.place, tree.key)


def _make_deployment(spec: Node) -> Deployment:
    custom = spec.find("deployment")
    if custom is None:
        return _DEFAULT.deployment
    if isinstance(custom.value, str):
        return DEPLOYMENTS.get(custom.value, _DEFAULT.deployment)
    base_url, token_url = custom.find_text("baseUrl") or "", custom.find_text("tokenUrl") or ""
    parts = split_url(base_url)
    name = parts.netloc.lower() if parts else base_url
    return Deployment(name, base_url.rstrip("/"), token_url, custom.find_text("apiPrefix") or LEGACY_PREFIX)


def make_s3(node: Node | None) -> S3Settings:
    """Return the settings for a bucket."""
    if node is None:
        return S3Settings()
    return S3Settings(
        node.find_text("endpointUrl"),
        node.find_text("region"),
        node.find_text("profile"),
        node.find_flag("requestPayer", default=False),
    )


def check_project(tree: Node, allow_hosts: AbstractSet[str], *, trust_stdin: bool) -> Iterator[Problem]:
    """Yield what the schema cannot see in a Project document."""
    spec = get_spec(tree)
    if tree.place.source.is_stdin and not trust_stdin:
        for name in ("deployment", "state"):
            node = spec.find(name)
            if node is not None:
                message = f"{name} on standard input steers where credentials go, so it counts only when confirmed"
                yield node.key.make_problem(message, "say --trust-stdin, or read the Project from a file")
    deployment = spec.find("deployment")
    if deployment is not None:
        yield from _check_deployment(deployment, allow_hosts)
    for part in (spec, spec.find("defaults")):
        if part is not None:
            yield from check_endpoint(part, allow_hosts)
            yield from check_profile(part, trust_stdin=trust_stdin)


def _check_deployment(deployment: Node, allow_hosts: AbstractSet[str]) -> Iterable[Problem]:
    base_url = deployment.find("baseUrl")
    yield from check_url(base_url, allow_hosts, SERVICE_DOMAINS)
    yield from check_url(deployment.find("tokenUrl"), allow_hosts, SERVICE_DOMAINS)
    parts = split_url(str(base_url.value)) if base_url is not None else None
    if base_url is not None and parts is not None and parts.path.strip("/"):
        yield base_url.place.make_problem(
            "baseUrl has a path", f"write {parts.scheme}://{parts.netloc}; the path goes into apiPrefix"
        )


def check_endpoint(spec: Node, allow_hosts: AbstractSet[str]) -> Iterable[Problem]:
    """Yield what forbids to use the S3 endpoint of a spec."""
    s3 = spec.find("s3")
    if s3 is not None:
        yield from check_url(s3.find("endpointUrl"), allow_hosts, S3_DOMAINS)


def check_profile(spec: Node, *, trust_stdin: bool) -> Iterable[Problem]:
    """Yield what forbids to choose the AWS credentials of a spec: standard input may not, unless it is trusted."""
    s3 = spec.find("s3")
    profile = s3.find("profile") if s3 is not None else None
    if profile is not None and profile.place.source.is_stdin and not trust_stdin:
        message = "profile on standard input chooses credentials, so it counts only when confirmed"
        yield profile.key.make_problem(message, "say --trust-stdin, set AWS_PROFILE, or read it from a file")

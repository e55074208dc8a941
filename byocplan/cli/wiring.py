"""Puts the parts together: what stands behind the bucket, the service and the state of a run. Reads the environment."""

from __future__ import annotations

import itertools
import os
import secrets
import signal
import socket
import sys
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.errors import ByocplanError
from byocplan.model.failpoint import pass_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from byocplan.api.client import ReadClient, WriteClient
    from byocplan.api.options import ApiOptions
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.discovery.listing import Bucket
    from byocplan.discovery.s3_bucket import S3Bucket
    from byocplan.discovery.s3_ranges import RangeBucket
    from byocplan.manifest import Loaded
    from byocplan.model.collection import Collection, S3Settings
    from byocplan.model.deployment import Deployment
    from byocplan.model.failpoint import Failpoint, Reach
    from byocplan.model.project import Project
    from byocplan.state import Inventory, JournalFolder, State
#: How variables begin that say who somebody is to AWS.
AWS_IDENTITY = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_",
    "AWS_WEB_IDENTITY_",
    "AWS_CONTAINER_",
)


def make_run_id() -> str:
    """Return a name for this run; every request carries it."""
    return secrets.token_hex(6)


def read_input(given: Input, terminal: Terminal) -> Loaded:
    """Return the manifests of a command; what is merely unwise goes to stderr. Raises ManifestError."""
    from byocplan.manifest import read_manifests
    from byocplan.view.problems import render_problems

    loaded = read_manifests(given.paths, given.options)
    if loaded.warnings:
        terminal.note(render_problems(loaded.warnings, terminal.style(sys.stderr)))
    return loaded


def open_bucket(collection: Collection) -> Bucket:
    """Return the collection's bucket on S3; sends nothing yet."""
    return open_named_bucket(collection.s3_bucket, collection.s3)


def forget_aws_identity(environment: MutableMapping[str, str] = os.environ) -> None:
    """Leave this process, and what it starts, without any AWS identity: keys, profiles, files, roles, metadata."""
    for name in [name for name in environment if name.startswith(AWS_IDENTITY)]:
        del environment[name]
    environment.update(
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true"
    )


def open_unsigned_bucket(collection: Collection) -> Bucket:
    """Return the collection's bucket as anybody may read it: no credentials are looked for; sends nothing yet."""
    return open_named_bucket(collection.s3_bucket, collection.s3, is_signed=False)


def open_named_bucket(name: str, settings: S3Settings, *, is_signed: bool = True) -> S3Bucket:
    """Return a bucket, also one that no manifest describes yet; sends nothing yet."""
    try:
        return replace(_open_s3(settings, is_signed=is_signed), name=name)
    except ByocplanError:
        from byocplan.discovery.s3_bucket import make_s3_bucket

        # What the nameless one could not be opened for, but with the name.
        return make_s3_bucket(name, settings, is_signed=is_signed)


def open_ranges(bucket: S3Bucket) -> RangeBucket:
    """Return the files of a bucket, read through the client that lists it."""
    from byocplan.discovery.s3_ranges import S3RangeBucket

    return S3RangeBucket(bucket.name, bucket.client, bucket.request_payer)


@cache
def _open_s3(settings: S3Settings, *, is_signed: bool) -> S3Bucket:
    """Return a nameless bucket: a client costs a third of a second, so equal settings share one."""
    from byocplan.discovery.s3_bucket import make_s3_bucket

    return make_s3_bucket("", settings, is_signed=is_signed)


def resolve_s3(settings: S3Settings, environment: Mapping[str, str]) -> S3Settings:
    """Return settings that reach the same bucket on another machine: its endpoint and region, never credentials."""
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    return replace(
        settings, endpoint_url=settings.endpoint_url or endpoint or None, region=settings.region or region or None
    )


def place_project(project: Project) -> Project:
    """Return the project with the service's addresses as ``SH_BASE_URL`` and ``SH_TOKEN_URL`` have them."""
    from byocplan.api.settings import resolve_deployment

    return replace(project, deployment=resolve_deployment(project.deployment, os.environ))


def open_state(project: Project, reach: Reach = pass_by) -> State:
    """Return the state of a placed project; nothing is read or made yet."""
    from byocplan.model.project import LOCAL
    from byocplan.state import open_local_state

    if project.state == LOCAL:
        return open_local_state(project, reach)
    from byocplan.state.s3 import open_s3_state

    return open_s3_state(project, reach)


def open_inventory(project: Project) -> Inventory:
    """Return the cache of live tiles, kept with the state of a placed project; nothing is read or made yet."""
    from byocplan.model.project import LOCAL
    from byocplan.state import open_local_inventory

    if project.state == LOCAL:
        return open_local_inventory(project)
    from byocplan.state.s3 import open_s3_inventory

    return open_s3_inventory(project)


def open_settled(project: Project) -> Inventory:
    """Return the settled records, kept with the state of a placed project; nothing is read or made yet."""
    from byocplan.model.project import LOCAL
    from byocplan.state import open_local_settled

    if project.state == LOCAL:
        return open_local_settled(project)
    from byocplan.state.s3 import open_s3_settled

    return open_s3_settled(project)


def open_journals(project: Project) -> JournalFolder:
    """Return where the journals of a placed project lie: always on this machine."""
    from byocplan.state import JournalFolder

    return JournalFolder(Path(project.folder), project.name, project.deployment.base_url)


def make_failpoint(environment: Mapping[str, str] = os.environ) -> Reach:
    """Return what kills this process at the Nth pass of a place, as ``BYOCPLAN_FAILPOINT=NAME:N`` asks; for tests."""
    name, _, turn = environment.get("BYOCPLAN_FAILPOINT", "").partition(":")
    if not name:
        return pass_by
    passes = itertools.count(1)

    def reach(passed: Failpoint) -> None:
        if passed == name and next(passes) == int(turn or 1):
            os.kill(os.getpid(), signal.SIGKILL)

    return reach


def open_reader(project: Project, run_id: str, allow_hosts: frozenset[str]) -> ReadClient:
    """Return a client that cannot write; sends nothing yet. AccessError without credentials."""
    from byocplan.api.client import open_read_client

    return open_read_client(_make_api_options(project, run_id, allow_hosts))


def open_writer(
    project: Project, run_id: str, allow_hosts: frozenset[str], sleep: Callable[[float], None] = time.sleep
) -> WriteClient:
    """Return the client of an apply; sends nothing yet. AccessError without credentials.

    ``sleep`` raises when the run is stopped, so that no wait for a turn outlives it.
    """
    from byocplan.api.client import open_write_client

    return open_write_client(replace(_make_api_options(project, run_id, allow_hosts), sleep=sleep))


def open_emulated(deployment: Deployment, exports: Mapping[str, str], run_id: str) -> WriteClient:
    """Return a client of an emulator, with the credentials that it exports and no others."""
    from byocplan.api.client import open_write_client
    from byocplan.api.options import ApiOptions
    from byocplan.api.settings import get_credentials

    return open_write_client(ApiOptions(deployment, get_credentials(exports, Path()), run_id))


def make_last_words(project: Project, run_id: str) -> str:
    """Return what is said when a second signal ends an apply: who held the lease, and what becomes of it."""
    from byocplan.model.project import LOCAL

    fate = "free now" if project.state == LOCAL else "free after some minutes, or with `byocplan state unlock`"
    return (
        f"Stopped at once; requests may be under way. The lease was held by process {os.getpid()} on"
        f" {socket.gethostname()} (run {run_id}) and is {fate}. Run again to go on.\n"
    )


def _make_api_options(project: Project, run_id: str, allow_hosts: frozenset[str]) -> ApiOptions:
    from byocplan.api.hosts import make_allowed_hosts
    from byocplan.api.options import ApiOptions
    from byocplan.api.settings import find_ca_bundle, find_token_source, get_credentials

    return ApiOptions(
        deployment=project.deployment,
        credentials=get_credentials(os.environ, Path.home()),
        run_id=run_id,
        requests_per_minute=project.requests_per_minute,
        allow_hosts=make_allowed_hosts(os.environ, allow_hosts),
        ca_bundle=find_ca_bundle(os.environ),
        token_source=find_token_source(os.environ),
    )

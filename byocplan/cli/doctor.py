"""``byocplan doctor``."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.finding import Finding
    from byocplan.workflow.doctor import Surroundings

SOMETHING_WRONG = 1


@click.command(epilog="Example:  byocplan doctor manifests/")
@manifest_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def doctor_command(terminal: Terminal, given: Input, output: str) -> int:
    """Look at what a run needs: credentials, token, clock, state, buckets with region and policy; each with the mend.

    Reads the service, S3 and the state, and writes nothing. Leaves with 1 when something is wrong.
    """
    from byocplan.model.finding import Verdict
    from byocplan.view.findings import render_finding, render_findings_json
    from byocplan.workflow.doctor import examine

    findings: list[Finding] = []
    for finding in examine(_look_around(terminal, given)):
        shown = _hide(finding)
        findings.append(shown)
        if output == "text":
            terminal.result(render_finding(shown, terminal.style()))
    if output == "json":
        terminal.result(render_findings_json(findings))
    return SOMETHING_WRONG if any(each.verdict is Verdict.PROBLEM for each in findings) else 0


def _look_around(terminal: Terminal, given: Input) -> Surroundings:
    from byocplan.cli.wiring import (
        make_run_id,
        open_bucket,
        open_named_bucket,
        open_reader,
        open_state,
        place_project,
        read_input,
    )
    from byocplan.workflow.doctor import Surroundings

    manifests = read_input(given, terminal).manifests
    project = place_project(manifests.project)
    return Surroundings(
        project,
        manifests.collections,
        partial(open_reader, project, make_run_id(), given.allow_hosts),
        partial(open_state, project),
        open_bucket,
        lambda collection: open_named_bucket(collection.s3_bucket, collection.s3).find_region(),
        lambda collection: open_named_bucket(collection.s3_bucket, collection.s3).find_policy(),
        time.time,
    )


def _hide(finding: Finding) -> Finding:
    """Return the finding without the values of secrets, should an answer quote one."""
    from byocplan.cli.hiding import hide_secrets

    return replace(
        finding, detail=hide_secrets(finding.detail, os.environ), mend=hide_secrets(finding.mend, os.environ)
    )

"""The command in a process that was forked with its libraries loaded: a run costs a third of a second, not more than one.

Imported by multiprocessing's fork server before it forks; what it imports is what the commands load.
"""

import os
import sys
from collections.abc import Mapping

import boto3  # noqa: F401 - loaded for the forks
import duckdb  # noqa: F401 - loaded for the forks
import requests  # noqa: F401 - loaded for the forks

import byocplan.cli
import byocplan.cli.apply
import byocplan.cli.plan
import byocplan.cli.wiring
import byocplan.discovery.s3_bucket
import byocplan.manifest
import byocplan.view.outcome_text
import byocplan.view.plan_text
import byocplan.workflow.apply


def run_command(arguments: tuple[str, ...], folder: str, environment: Mapping[str, str], output: str) -> None:
    """Be ``byocplan`` with these arguments; both streams go to the file ``output``."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = os.fdopen(0)
    sys.argv = ["byocplan", *arguments]
    byocplan.cli.main()

"""The executor seam on a real Dask scheduler: what is lost on the way is one error, not a traceback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from byocplan.cli.executors import check_host, open_executor
from byocplan.errors import AccessError, UnreachableError
from tests.support.dask_cluster import DaskCluster

if TYPE_CHECKING:
    from pathlib import Path


def test_local_work_runs_here() -> None:
    with open_executor("local", ()) as executor:
        assert executor.submit(sum, [1, 2]).result() == 3


def run_and_lose(cluster: DaskCluster) -> None:
    with open_executor(f"dask:{cluster.address}", ()) as executor:
        pending = executor.submit(time.sleep, 60)
        cluster.kill_scheduler()
        pending.result(timeout=60)


def test_a_scheduler_that_is_lost_on_the_way_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with DaskCluster(tmp_path, {}, workers=1) as cluster, pytest.raises(UnreachableError, match="it was lost"):
        run_and_lose(cluster)

    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("host", ["cluster.example.com", "10.0.0.5", "[fd00::1]"])
def test_a_host_that_nobody_allowed_gets_no_code(host: str) -> None:
    with pytest.raises(AccessError, match="--allow-host"), open_executor(f"dask:tcp://{host}:8786", ()):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "cluster.example.com"])
def test_this_machine_and_allowed_hosts_get_code(host: str) -> None:
    refused = {"other.example.com"}

    check_host(host, {"cluster.example.com"})
    with pytest.raises(AccessError):
        check_host("cluster.example.com", refused)

"""A real Dask scheduler with workers, each a process of its own on loopback, ended by the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START_S = 60.0


@dataclass(slots=True)
class DaskCluster:
    """``environment`` is what the workers see beside the path; ``address`` is known once it is entered."""

    folder: Path
    environment: Mapping[str, str]
    workers: int = 2
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        noted = self.folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--scheduler-file", str(noted))
        self.address = self._wait_for_address(noted)
        for _ in range(self.workers):
            self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.kill()
        for process in self.processes:
            process.wait()

    def kill_scheduler(self) -> None:
        """End the scheduler as a lost machine would."""
        self.processes[0].kill()

    def _start(self, kind: str, *arguments: str) -> None:
        module = f"distributed.cli.dask_{kind}"
        command = [sys.executable, "-m", module, "--host", "127.0.0.1", "--no-dashboard", *arguments]
        held = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        folders = {"HOME": str(self.folder), "DASK_TEMPORARY_DIRECTORY": str(self.folder)}
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**held, **folders, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)

    def _wait_for_address(self, noted: Path) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if noted.is_file() and noted.read_text():
                return str(json.loads(noted.read_text())["address"])
            time.sleep(0.05)
        raise AssertionError("the scheduler did not start")

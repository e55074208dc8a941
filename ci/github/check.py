"""Before anything runs: the command is known, the event safe, and the state kept where the next job finds it.

Environment in; the outputs ``project`` and ``lock_file`` (of a local state) out, or a refusal with the mend. Runs
``byocplan state list`` and ``git ls-files``; YAML is byocplan's business.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from step import refuse, write_outputs

COMMANDS = ("plan", "apply", "drift", "validate", "rehearse")
NO_STATE = (
    "{file} is not in Git, so this job cannot know what is bound, and what it binds would be lost. Either keep the "
    "state in S3 (`spec: {{state: s3://bucket/prefix}}` in the Project), or run the first `byocplan apply` yourself "
    "and commit {name}."
)
STRANGERS = (
    "this workflow runs on {event}, which gives secrets to the code of strangers. Let it run on pull_request, with the "
    "commands `validate` and `rehearse` for forks."
)
NO_BASE = "`rehearse` needs a checkout of the target branch; name its folder with the input `base`"


def main() -> None:
    """Check, and write the outputs."""
    command = os.environ["GIVEN_COMMAND"]
    if command not in COMMANDS:
        refuse(f"the input `command` is none of {', '.join(COMMANDS)}")
    event = os.environ.get("GITHUB_EVENT_NAME", "")
    if event == "pull_request_target":
        refuse(STRANGERS.format(event=event))
    if command == "rehearse" and not Path(os.environ.get("GIVEN_BASE") or "-").is_dir():
        refuse(NO_BASE)
    if command in {"validate", "rehearse"}:
        return
    state = _get_state()
    lock_file = "" if state["state"] != "local" else _get_committed(str(state["where"]))
    write_outputs(project=str(state["project"]), lock_file=lock_file)


def _get_state() -> dict[str, Any]:
    """Return what byocplan says about the state; its own messages go to the log."""
    paths = [line for line in os.environ["GIVEN_PATHS"].splitlines() if line]
    byocplan = str(Path(sys.executable).with_name("byocplan"))
    done = subprocess.run(  # noqa: S603 - paths stand behind --
        [byocplan, "state", "list", "--format", "json", "--", *paths], stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    state: dict[str, Any] = json.loads(done.stdout)
    return state


def _get_committed(where: str) -> str:
    """Return the lock file; refuses when Git does not know it."""
    file = Path(where)
    known = subprocess.run(  # noqa: S603
        ["git", "-C", str(file.parent), "ls-files", "--error-unmatch", "--", file.name],  # noqa: S607
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if known.returncode:
        refuse(NO_STATE.format(file=where, name=file.name))
    return where


if __name__ == "__main__":
    main()

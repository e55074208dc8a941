"""How a script of the action talks to its job: outputs in, messages out. Writes GITHUB_OUTPUT and stdout."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import NoReturn

DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def write_outputs(**outputs: str) -> None:
    """Append outputs of this step; no value can end its own place."""
    delimiter = f"byocplan-{secrets.token_hex(16)}"
    lines = [f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in outputs.items()]
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write("".join(lines))


def refuse(message: str) -> NoReturn:
    """End the step with an error that the job's page shows."""
    for sign, escaped in DATA.items():
        message = message.replace(sign, escaped)
    sys.stdout.write(f"::error title=byocplan::{message}\n")
    sys.exit(1)

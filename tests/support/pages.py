"""Pages whose commands are run: their files are written, their ``console`` blocks executed, their outputs compared.

A block after ``<!-- file: NAME -->`` is a file. In a ``console`` block, lines that begin with ``$`` are commands of
bash and the lines after them what they print, where ``…`` stands for anything. A command leaves with 0 unless
``echo $?`` follows it. With ``BYOCPLAN_ACCEPT=1`` (``make accept``) the page gets what was printed instead.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.workspace import find_programs

BLOCK = re.compile(
    r"(?:<!-- file: (?P<name>\S+) -->\n+)?^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
CODE = "echo $?"
LIMIT_S = 120

#: What differs between two runs.
MASKS = (
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "…"),
    (re.compile(r"\bplan [0-9a-f]{6}…"), "plan …"),
    (re.compile(r"\d+ requests? in \d+ s\b"), "… requests in … s"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what the page says it prints."""

    command: str
    expected: str


def is_accepting() -> bool:
    return bool(os.environ.get("BYOCPLAN_ACCEPT"))


def mask(text: str) -> str:
    """Return the text as a page shows it: ids, hashes and durations are ``…``."""
    for pattern, stand_in in MASKS:
        text = pattern.sub(stand_in, text)
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def fits(expected: str, printed: str) -> bool:
    """Tell whether the output is what the page says; a line of ``…`` alone stands for any lines."""
    pattern = ".*?".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


def iter_steps(body: str) -> Iterator[Step]:
    """Yield the steps of a ``console`` block; a command goes on after a backslash at its line's end."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, expected = re.sub(r"\\\n", "\\\\\0", part).partition("\n")
        yield Step(command.replace("\0", "\n"), expected.strip("\n"))


@dataclass(frozen=True, slots=True)
class Player:
    """Plays pages in ``folder``; ``environment`` is added to that of the tests."""

    folder: Path
    environment: Mapping[str, str]

    def play(self, page: Path) -> list[str]:
        """Play a page and return what did not go as it says; with ``BYOCPLAN_ACCEPT=1``, put it into the page."""
        text = page.read_text(encoding="utf-8")
        pieces, faults, end = "", [], 0
        for block in BLOCK.finditer(text):
            printed, fault = self._play_block(block)
            faults += fault
            pieces += text[end : block.start("body")] + (printed if fault else block["body"])
            end = block.end("body")
        if is_accepting():
            page.write_text(pieces + text[end:], encoding="utf-8")
        return faults

    def run(self, command: str) -> tuple[str, int]:
        """Run a command in bash; return what it prints on both streams, masked, and its exit code."""
        path = f"{find_programs()}:{os.environ['PATH']}"
        held = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**held, **self.environment, "PATH": path, "HOME": str(self.folder), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        return mask(done.stdout), done.returncode

    def _write(self, name: str, body: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")

    def _play_block(self, block: re.Match[str]) -> tuple[str, list[str]]:
        """Return the block as it should read, and what did not go as it says."""
        if block["name"]:
            self._write(block["name"], block["body"])
        return self._play_console(block["body"]) if block["language"] == "console" else (block["body"], [])

    def _play_console(self, body: str) -> tuple[str, list[str]]:
        steps, lines, faults, code = list(iter_steps(body)), "", [], 0
        for step, following in zip(steps, [*steps[1:], Step("", "")], strict=True):
            printed, code = (str(code), 0) if step.command == CODE else self.run(step.command)
            if not fits(step.expected, printed) or (code and following.command != CODE):
                faults.append(f"$ {step.command}\n{printed}\n[left with {code}]\n--- the page says\n{step.expected}")
            lines += f"$ {step.command}\n{printed}\n" if printed else f"$ {step.command}\n"
        return lines, faults

"""Which Git commit a folder is at. Reads the repository's own files; runs nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
#: No file that is read here is longer.
MAX_BYTES = 1 << 20


def find_git_commit(folder: Path) -> str | None:
    """Return the commit that is checked out in the repository around ``folder``; None when that cannot be told."""
    try:
        inner = folder.resolve()
        found = next(each / ".git" for each in (inner, *inner.parents) if (each / ".git").exists())
        return _read_head(_follow(found))
    except (OSError, StopIteration, ValueError):
        return None


def _follow(git: Path) -> Path:
    """Return the folder behind ``.git``, which is a file in worktrees and submodules."""
    return git if git.is_dir() else (git.parent / _read(git).removeprefix("gitdir:").strip()).resolve()


def _read_head(git: Path) -> str | None:
    head = _read(git / "HEAD").strip()
    if not head.startswith("ref:"):
        return _check(head)
    name = head.removeprefix("ref:").strip()
    common = git / "commondir"
    shared = (git / _read(common).strip()).resolve() if common.is_file() else git
    for root in (git, shared):
        if (root / name).is_file():
            return _check(_read(root / name).strip())
    packed = _read(shared / "packed-refs").splitlines()
    return next((_check(line.partition(" ")[0]) for line in packed if line.endswith(f" {name}")), None)


def _check(text: str) -> str | None:
    return text if COMMIT.fullmatch(text) else None


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_BYTES).decode()

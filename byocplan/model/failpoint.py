"""Failpoints: named places that a run passes, at which a test may have it killed. Pure.

Everything that has such places takes a ``Reach``, a callable that gets the name; nothing happens by default.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Failpoint(StrEnum):
    """The places, in the order in which a write passes them; those of renames belong to files of the state."""

    BEFORE_POST = "before_post"
    AFTER_POST = "after_post"
    AFTER_POST_BEFORE_JOURNAL = "after_post_before_journal"
    AFTER_JOURNAL = "after_journal"
    BEFORE_RENAME = "before_rename"
    AFTER_RENAME = "after_rename"
    BEFORE_RELEASE = "before_release"


Reach = Callable[[Failpoint], None]


def pass_by(_name: Failpoint) -> None:
    """Do nothing, as outside of tests."""

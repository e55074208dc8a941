"""Addresses: the stable keys of resources in a project. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Collection

#: ``collection/NAME``; NAME is ``metadata.name`` of the manifest.
Address = NewType("Address", str)

PREFIX = "collection/"
MAX_LABEL = 63


def make_address(name: str) -> Address:
    """Return the address of the collection that the manifest calls ``name``."""
    return Address(PREFIX + name)


def get_name(address: Address) -> str:
    """Return the manifest's name behind an address."""
    return address.removeprefix(PREFIX)


def make_label(text: str, taken: Collection[str] = ()) -> str:
    """Return a name for ``metadata.name`` (a DNS label) like the text, with a number where it is taken."""
    label = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_LABEL].strip("-") or "collection"
    number, name = 1, label
    while name in taken:
        number += 1
        end = f"-{number}"
        name = label[: MAX_LABEL - len(end)].strip("-") + end
    return name

"""Addresses: the stable keys of resources in a project. Pure."""

from __future__ import annotations

from typing import NewType

#: ``collection/NAME``; NAME is ``metadata.name`` of the manifest.
Address = NewType("Address", str)

PREFIX = "collection/"


def make_address(name: str) -> Address:
    """Return the address of the collection that the manifest calls ``name``."""
    return Address(PREFIX + name)


def get_name(address: Address) -> str:
    """Return the manifest's name behind an address."""
    return address.removeprefix(PREFIX)

"""A BYOC service on loopback that ingests real COG files from an S3 endpoint. In: settings. Out: a running server.

It stands beside byocplan and imports nothing of it, so that a mistake about the wire cannot be made twice alike.
"""

from byocplan.emulator.server import Emulator
from byocplan.emulator.settings import Assumptions, EmulatorSettings

__all__ = ["Assumptions", "Emulator", "EmulatorSettings"]

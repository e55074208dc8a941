"""What the commands load. Imported by multiprocessing's fork server before it forks, for ``command_child``."""

import pkgutil
from importlib import import_module

import jsonschema  # noqa: F401 - loaded for the forks
import requests  # noqa: F401 - loaded for the forks

import byocplan
import tests.support.command_child  # noqa: F401 - loaded for the forks

LEFT_OUT = ("byocplan.emulator", "byocplan.__main__")

for each in pkgutil.walk_packages(byocplan.__path__, "byocplan."):
    if not each.name.startswith(LEFT_OUT):
        import_module(each.name)

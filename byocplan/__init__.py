"""Plan and apply for Sentinel Hub BYOC collections and their tile sets.

What can be used from Python, as in a notebook, is loaded when it is first asked for.
"""

__version__ = "0.1.0"

__all__ = ["OpenPlan", "discover", "errors", "plan", "status", "tiles", "validate"]

#: As in ``typing``, which takes longer to load than all of this.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from byocplan import errors
    from byocplan.notebook import OpenPlan, discover, plan, status, tiles, validate
else:
    # Type checkers do not see this, for they would take any name for a known one.
    def __getattr__(name):
        """Load what is asked for."""
        from importlib import import_module

        if name == "errors":
            return import_module("byocplan.errors")
        if name in __all__:
            return getattr(import_module("byocplan.notebook"), name)
        raise AttributeError(f"module 'byocplan' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the names that can be used; editors and notebooks complete by it."""
    return [*__all__, "__version__"]

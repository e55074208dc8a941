"""Plans and live tiles for Python and notebooks. Reads what the commands read and prints nothing; never writes.

``byocplan.plan`` and its siblings are these functions. What is wrong is raised as one of ``byocplan.errors``.
"""

from byocplan.notebook.looking import discover, status, tiles, validate
from byocplan.notebook.open_plan import OpenPlan
from byocplan.notebook.planning import plan

__all__ = ["OpenPlan", "discover", "plan", "status", "tiles", "validate"]

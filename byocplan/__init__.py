"""Plan and apply for Sentinel Hub BYOC collections and their tile sets."""

__version__ = "0.1.0"

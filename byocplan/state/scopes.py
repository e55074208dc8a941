"""Scopes as plain values, for readers of the lock file. Pure."""

from byocplan.model.scope_form import decode_scope, encode_scope

__all__ = ["decode_scope", "encode_scope"]

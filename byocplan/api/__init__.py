"""BYOC over HTTP: session (token, retry, rate), wire (JSON to model and back) and client (one method an endpoint)."""

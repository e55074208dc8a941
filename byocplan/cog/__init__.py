"""COG headers in, facts and verdicts out. Pure: bytes come from a function that the caller gives."""

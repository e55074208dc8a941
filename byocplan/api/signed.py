"""Signed addresses in texts of the service: whoever reads a log could use them. Pure.

Source: Amazon S3, "Authenticating requests: using query parameters" (versions 4 and 2); Azure and OAuth alike.
"""

from __future__ import annotations

import re

MASK = "***"
_SIGNED = re.compile(
    r"((?:[?&;]|%3F|%26|&amp;)(?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|AWSAccessKeyId|sig|(?:access_)?token)"
    r"(?:=|%3D))[^&\s\"'<>)]+",
    re.IGNORECASE,
)


def hide_signatures(text: str) -> str:
    """Return ``text`` with the values masked that make a signed address usable."""
    return _SIGNED.sub(rf"\1{MASK}", text)

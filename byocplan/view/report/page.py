"""A report's parts in, one HTML file out that asks no host for anything. Reads the package's own files.

The policy lets the browser run the one script and use the one style sheet whose digests it names, and load nothing.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from byocplan.view.clean import clean_html
from byocplan.view.json_text import encode_json_line

if TYPE_CHECKING:
    from collections.abc import Mapping

#: In the order in which they are run, as one script.
SCRIPTS = ("codec", "model", "camera", "paint", "map", "hands", "timeline", "tiles", "page")
POLICY = "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in a report: ``title`` and ``subtitle`` are text, the rest HTML; ``data`` is for the scripts."""

    title: str
    subtitle: str
    headline: str
    html: str
    footer: str
    data: Mapping[str, object]


def render_page(page: Page) -> str:
    """Return the whole file, ASCII alone, so that no way of writing it down can change it."""
    return _render(page).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _render(page: Page) -> str:
    script, style = _read_script(), _read("report.css")
    policy = POLICY.format(script=_make_source(script), style=_make_source(style))
    title = clean_html(page.title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<p class="brand">byocplan</p>
<p>{clean_html(page.subtitle)}</p>
<button type="button" id="theme">Dark</button>
</header>
<main>
<h1>{clean_html(page.headline)}</h1>
{page.html}</main>
<footer>{page.footer}</footer>
<div hidden><i class="token t-sea"></i><i class="token t-land"></i>
<i class="token t-border"></i><i class="token t-focus"></i></div>
<script type="application/json" id="land">{_read("land.json").strip()}</script>
<script type="application/json" id="data">{_encode_data(page.data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _encode_data(data: Mapping[str, object]) -> str:
    """Return JSON that cannot end its element, whatever is in it."""
    return encode_json_line(data).replace("<", "\\u003c").replace(">", "\\u003e")


def _make_source(text: str) -> str:
    """Return the digest by which a policy names an inline text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


@cache
def _read_script() -> str:
    return '"use strict";\n' + "".join(_read(f"{name}.js") for name in SCRIPTS)


@cache
def _read(name: str) -> str:
    return files("byocplan.view").joinpath("html", name).read_text(encoding="utf-8")

"""Settings of the documentation site. ``make docs`` builds it: ``sphinx-build -c docs . build/site``.

The source folder is the repository and not ``docs``, so that a link which works on a code host works on the site.
"""

project = "byocplan"
author = "The byocplan authors"

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "examples/**.md"]
exclude_patterns = [".*", "build", "dist", "byocplan", "tests", "benchmarks", "schemas"]

myst_heading_anchors = 4

html_title = "byocplan"
html_theme = "furo"
html_extra_path = ["site"]
html_copy_source = False
html_show_copyright = False

"""The reference pages are what the schema and the commands make of them."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from byocplan.cli.group import COMMANDS, cli
from byocplan.errors import ByocplanError
from byocplan.manifest.schema import read_schema
from docs.generate import PAGES
from docs.generate.commands import EXIT_CODES, VARIABLES

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"\"((?:SH|BYOCPLAN|GITHUB)_[A-Z_]+|[A-Z_]+_COLOR)\"")
#: Where the variables of other parties are spoken of in one line, and what only our own tests set.
TOLD_TOGETHER = {"GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "BYOCPLAN_FAILPOINT"}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_committed_as_make_reference_writes_it(name: str) -> None:
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert committed == PAGES[name](), "run `make reference`"


def test_every_key_of_the_schema_has_a_row() -> None:
    page = PAGES["manifest.md"]()

    keys = {key for each in read_schema()["definitions"].values() for key in each.get("properties", ())}

    assert len(keys) > 40
    assert [key for key in sorted(keys) if f"| `{key}` |" not in page and f".{key}` |" not in page] == []


@pytest.mark.parametrize(
    ("page", "row"),
    [
        (
            "manifest.md",
            "| `maxDeletes` | integer | 1000 | The most tiles a plan may delete in a collection. At least 0. |",
        ),
        ("manifest.md", "| `replace` | string | deny |"),
        ("manifest.md", "| `coverGeometry` | string or [CoverFile](#coverfile) or [Geometry](#geometry) | keep |"),
        ("manifest.md", "| `tiles` | list of [PatternSource](#patternsource) or [TableSource](#tablesource) or"),
        ("manifest.md", "| `bands` | mapping of [Band](#band) |"),
        ("manifest.md", "| `metadata.name` | string | **required** |"),
        (
            "cli.md",
            "| `--parallelism INTEGER RANGE` | `8` | `BYOCPLAN_APPLY_PARALLELISM` | Requests at once. `1<=x<=64` |",
        ),
        ("cli.md", "| `--format [text\\|json]` | `text` | `BYOCPLAN_EXPLAIN_FORMAT` |"),
        ("cli.md", "| `--var K=V` |  |  | Set ${K} in the manifests; over spec.vars. |"),
    ],
)
def test_rows_say_type_default_variable_and_limits(page: str, row: str) -> None:
    assert row in PAGES[page]()


def test_every_command_has_a_section_and_every_section_an_example() -> None:
    sections = PAGES["cli.md"]().split("\n## byocplan ")[1:]

    assert {section.split()[0] for section in sections} == set(COMMANDS)
    assert [section.split("\n")[0] for section in sections if "Example: `byocplan " not in section] == []


def iter_error_classes(kind: type[ByocplanError] = ByocplanError) -> list[type[ByocplanError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in iter_error_classes(child))]


def test_every_exit_code_of_an_error_is_in_the_table() -> None:
    codes = {kind.exit_code for kind in iter_error_classes()}

    assert codes <= set(EXIT_CODES)


def test_every_variable_that_the_code_reads_is_in_the_table() -> None:
    folders = [ROOT / "byocplan" / name for name in ("api", "cli", "discovery", "state", "workflow")]

    read = {name for folder in folders for file in folder.glob("*.py") for name in VARIABLE.findall(file.read_text())}

    assert {"SH_CLIENT_ID", "NO_COLOR"} <= read
    assert read - TOLD_TOGETHER - set(VARIABLES) == set()


def test_a_variable_of_the_page_sets_its_option() -> None:
    refused = CliRunner(env={"BYOCPLAN_VALIDATE_FORMAT": "nonsense"}).invoke(cli, ["validate"])

    assert "| `BYOCPLAN_VALIDATE_FORMAT` |" in PAGES["cli.md"]()
    assert refused.exit_code == click.UsageError.exit_code
    assert "'--format'" in refused.output

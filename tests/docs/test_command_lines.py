"""Command lines that pages show: each names a command that exists and options that it has; those of the README run."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from byocplan.cli.group import cli
from byocplan.emulator import Emulator, EmulatorSettings
from tests.support.cogs import make_cog
from tests.support.pages import Player

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINE = re.compile(r"^(?:\$ )?(byocplan [a-z].*)", re.MULTILINE)
SPAN = re.compile(r"`(byocplan [a-z][^`\n]*)`")


def find_lines(text: str) -> list[str]:
    """Return the commands in blocks, without comments and what they are piped to, and those in sentences."""
    blocks = "\n".join(BLOCK.findall(text)).replace("\\\n", " ")
    lines = [*LINE.findall(blocks), *SPAN.findall(BLOCK.sub("", text))]
    return [line.split(" #")[0].split(" | ")[0].strip() for line in lines]


def check(words: list[str], command: click.Command = cli, context: click.Context | None = None) -> None:
    """Raise UsageError when no command takes these words. Values are not looked at: many are stand-ins."""
    here = click.Context(command, parent=context, **command.context_settings)
    rest = command.make_parser(here).parse_args(list(words))[1]
    if isinstance(command, click.Group) and rest:
        child = command.resolve_command(here, rest)[1]
        assert child is not None
        check(rest[1:], child, here)


def is_general(line: str) -> bool:
    """Tell whether a line stands for several: ``byocplan state list|show``, or a usage."""
    return "|" in "".join(line.split()[:3]) or "[OPTIONS]" in line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_command_lines_of_a_page_are_understood(page: Path) -> None:
    faults = []
    for line in find_lines(page.read_text(encoding="utf-8")):
        try:
            if not is_general(line):
                check(shlex.split(line)[1:])
        except click.UsageError as error:
            faults.append(f"{line}: {error.message}")

    assert faults == []


def test_a_line_that_no_command_takes_is_found() -> None:
    assert find_lines("a\n```\n$ byocplan plan \\\n  x  # why\n```\n`byocplan apply`\nbyocplan is") == [
        "byocplan plan    x",
        "byocplan apply",
    ]
    with pytest.raises(click.UsageError):
        check(["plan", "--no-such-option"])
    with pytest.raises(click.UsageError):
        check(["plane"])


@pytest.fixture
def readme(tmp_path: Path) -> Iterator[Player]:
    """The manifests of the README in a folder, and an emulator with a tile in its bucket."""
    (manifests := tmp_path / "manifests").mkdir()
    manifest = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert manifest is not None
    (manifests / "byocplan.yaml").write_text(manifest[1])
    with Emulator(EmulatorSettings(port=0)) as emulator:
        files = [(f"2019/11/27/28V/{band}.tif", make_cog()) for band in ("B02", "B03")]
        emulator.put_objects("sentinel-s2-l2a-mosaic-120", files)
        yield Player(tmp_path, {**emulator.exports(), "BYOCPLAN_APPLY_AUTO_APPROVE": "1"})


def test_the_first_commands_of_the_readme_work_in_their_order(readme: Player) -> None:
    block = (ROOT / "README.md").read_text(encoding="utf-8").split("## A plan")[0]
    lines = [line for line in find_lines(block) if "manifests/" in line]

    answers = [(line, *readme.run(line)) for line in lines]

    assert {line.split()[1] for line in lines} >= {"validate", "discover", "preflight", "plan", "apply"}
    assert [(line, printed) for line, printed, code in answers if code] == []
    assert "1 tile created" in "".join(printed for _, printed, _ in answers)

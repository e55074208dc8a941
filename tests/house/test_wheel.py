"""What ships: the wheel has the schemas and works on its own; the layers hold; the core install is light."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Loaded only by commands that need them.
HEAVY = (
    "boto3",
    "duckdb",
    "jsonschema",
    "deepdiff",
    "shapely",
    "pyproj",
    "requests",
    "rich",
    "rasterio",
    "moto",
    "flask",
    "numpy",
    "distributed",
    "PIL",
    "pandas",
    "geopandas",
)
#: What jsonschema loads, where it is installed, to check a format that no manifest has: a second of CPU.
GRAMMAR = ("rfc3987_syntax", "lark")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_schemas_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "byocplan/schemas/v1/manifest.schema.json" in names
    assert "byocplan/schemas/v1/plan.schema.json" in names
    assert "byocplan/schemas/byoc-api.openapi.yaml" in names
    assert "byocplan/py.typed" in names
    assert {
        "byocplan/view/html/page.js",
        "byocplan/view/html/report.css",
        "byocplan/view/html/land.json",
        "byocplan/view/html/cell.css",
    } <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "examples/", "docs/"))]


def test_the_schema_is_found_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import byocplan.cli as cli; sys.argv=['byocplan','schema']; cli.main()"

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)

    assert json.loads(done.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"


def list_loaded(arguments: list[str], names: tuple[str, ...], folder: Path) -> str:
    """Return which of the modules a command has loaded by its end, as printed."""
    code = (
        "import sys, byocplan.cli as cli\n"
        f"sys.argv = ['byocplan', *{arguments!r}]\n"
        "try:\n    cli.main()\nexcept SystemExit as leaving:\n    assert not leaving.code\n"
        f"print([name for name in {names!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, text=True)
    return done.stderr.strip()


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["plan", "--help"], ["apply", "--help"], ["preflight", "--help"], ["demo", "--help"]],
)
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert list_loaded(arguments, (*HEAVY, "yaml", "msgspec"), tmp_path) == "[]"


def test_validate_loads_what_reads_manifests_and_nothing_else_that_is_heavy(tmp_path: Path) -> None:
    (tmp_path / "byocplan.yaml").write_text("apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: p}\n")
    (tmp_path / "c.yaml").write_text(
        "apiVersion: byocplan/v1\nkind: Collection\nmetadata: {name: c}\nspec: {s3Bucket: bucket, tiles: [{path: a/(BAND).tif}]}\n"
    )

    assert list_loaded(["validate", "."], (*HEAVY, "http.client", "urllib3", *GRAMMAR), tmp_path) == "['jsonschema']"


def test_every_command_has_help_with_an_example() -> None:
    from byocplan.cli.group import COMMANDS, cli

    for name in COMMANDS:
        command = cli.get_command(None, name)  # type: ignore[arg-type]

        assert command is not None
        assert command.epilog is not None
        assert command.epilog.startswith(f"Example:  byocplan {name}")


def test_no_file_is_longer_than_the_house_allows() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in (ROOT / "byocplan").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }

    assert long == {}

"""The package as others import it: quick, its names told, its extras asked for in words."""

import subprocess
import sys
from pathlib import Path

import byocplan

ROOT = Path(__file__).parents[3]


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_importing_loads_nothing_of_the_package_or_of_others() -> None:
    code = "import sys; before = set(sys.modules); import byocplan; print(sorted(set(sys.modules) - before))"

    assert run(code) == "['byocplan']"


def test_asking_for_a_function_loads_nothing_heavy() -> None:
    heavy = "('boto3', 'click', 'duckdb', 'numpy', 'pandas', 'shapely', 'yaml', 'msgspec')"
    code = f"import sys, byocplan; byocplan.plan; print([name for name in {heavy} if name in sys.modules])"

    assert run(code) == "[]"


def test_no_function_loads_the_command_line_itself() -> None:
    code = "import sys, byocplan; byocplan.validate('examples/minimal'); print('click' in sys.modules)"

    assert run(code) == "False"


def test_every_public_name_is_there_and_nothing_else_is_told() -> None:
    assert {*dir(byocplan)} == {*byocplan.__all__, "__version__"}
    assert [name for name in byocplan.__all__ if not hasattr(byocplan, name)] == []
    assert not hasattr(byocplan, "apply")


def test_every_public_function_says_what_it_does() -> None:
    assert [name for name in byocplan.__all__ if not getattr(byocplan, name).__doc__] == []


def test_without_pandas_the_extra_is_named_before_anything_is_read() -> None:
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "import byocplan\n"
        "try: byocplan.tiles('collection/a', 'nowhere')\n"
        "except byocplan.errors.ByocplanError as error: print(type(error).__name__, error)"
    )

    assert run(code) == "MissingExtraError this needs pandas; install with: pip install 'byocplan[notebook]'"


def test_without_geopandas_tables_have_no_geometry_unless_it_is_demanded() -> None:
    code = (
        "import sys; sys.modules['geopandas'] = None\n"
        "from byocplan.notebook.frames import check_frames\n"
        "from byocplan.errors import ByocplanError\n"
        "print(check_frames(geometry='auto'), check_frames(geometry=False))\n"
        "try: check_frames(geometry=True)\n"
        "except ByocplanError as error: print(error)"
    )

    assert run(code).splitlines() == [
        "False False",
        "this needs geopandas; install with: pip install 'byocplan[notebook]'",
    ]

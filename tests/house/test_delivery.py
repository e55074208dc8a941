"""What others run: the action, workflows, the GitLab template, hooks and the image fit their schemas and each other."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from byocplan.cli.group import COMMANDS

ROOT = Path(__file__).parents[2]
SCHEMAS = {
    "action.yml": "vendor.github-actions",
    ".github/workflows/ci.yml": "vendor.github-workflows",
    "examples/ci-repository/.github/workflows/byocplan.yml": "vendor.github-workflows",
    "ci/gitlab/byocplan.gitlab-ci.yml": "vendor.gitlab-ci",
}
#: A patch version and a release of Debian, or a digest.
EXACT_IMAGE = re.compile(r"python(:3\.\d+\.\d+-slim-[a-z]+|(:[\w.-]+)?@sha256:[0-9a-f]{64})")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def list_instructions() -> list[list[str]]:
    """Return the instructions of the Dockerfile, each with its words."""
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", read("Dockerfile"))).splitlines()
    return [line.split() for line in lines if line]


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_ci_reads_fits_its_published_schema(name: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name], str(ROOT / name)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_workflow_is_audited_and_has_its_schema_checked() -> None:
    workflows = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("**/.github/workflows/*.yml")
        if ".venv" not in path.parts
    }
    audit = next(line for line in read("Makefile").splitlines() if "zizmor" in line and "--pedantic" in line)

    assert workflows <= SCHEMAS.keys()
    assert {"action.yml", ".github", "examples/ci-repository"} <= set(audit.split())


def test_every_hook_runs_a_command_that_exists() -> None:
    hooks: list[dict[str, Any]] = yaml.safe_load(read(".pre-commit-hooks.yaml"))

    entries = [shlex.split(hook["entry"]) for hook in hooks]

    assert [program for program, *_ in entries if program != "byocplan"] == []
    assert [command for _, command, *_ in entries if command not in COMMANDS] == []
    assert all(hook["language"] == "python" for hook in hooks)


def test_a_hook_checks_the_folder_it_is_given() -> None:
    [entry] = [
        hook["entry"] for hook in yaml.safe_load(read(".pre-commit-hooks.yaml")) if hook["id"] == "byocplan-validate"
    ]
    program, *arguments = shlex.split(entry)

    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments, "examples/minimal"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0


def test_the_image_is_pinned_small_and_runs_as_nobody_in_particular() -> None:
    instructions = list_instructions()

    names = [words[0] for words in instructions]
    assert {words[1] for words in instructions if words[0] == "FROM"} == {"${PYTHON_IMAGE}"}
    [image] = [words[1].removeprefix("PYTHON_IMAGE=") for words in instructions if words[0] == "ARG"]
    assert EXACT_IMAGE.fullmatch(image)
    assert [words for words in instructions if words[0] == "ADD"] == []
    last = instructions[len(names) - 1 - names[::-1].index("FROM") :]
    [user] = [words[1] for words in last if words[0] == "USER"]
    assert user.isdigit()
    assert int(user) > 0
    assert ["ENTRYPOINT", '["byocplan"]'] in last
    assert not [words for words in last if words[0] == "RUN" and "pip" in " ".join(words)]
    assert all("--no-cache-dir" in words for words in instructions if "install" in words and "pip" in " ".join(words))
    assert not re.search(r"(?i)secret|token|password", read("Dockerfile"))


def test_the_gitlab_template_runs_in_the_image_that_is_pinned() -> None:
    template = yaml.safe_load(read("ci/gitlab/byocplan.gitlab-ci.yml"))

    assert template[".byocplan"]["image"] == "$BYOCPLAN_IMAGE"
    assert EXACT_IMAGE.fullmatch(template["variables"]["BYOCPLAN_IMAGE"])
    assert f"PYTHON_IMAGE={template['variables']['BYOCPLAN_IMAGE']}\n" in read("Dockerfile")


def test_what_the_image_is_built_from_is_all_that_the_build_needs(tmp_path: Path) -> None:
    first, *kept = [line for line in read(".dockerignore").splitlines() if line and not line.startswith(("#", "**"))]
    for name in kept:
        source = ROOT / name.removeprefix("!")
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / source.name)

    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    assert first == "*"
    assert len(list((tmp_path / "dist").glob("*.whl"))) == 1

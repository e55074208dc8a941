"""Formatting through the installed command: files, checks, differences, standard input."""

from pathlib import Path

import pytest

from tests.support.manifests import make_document
from tests.support.workspace import Workspace

MESSY = "kind: 'Project'\napiVersion: byocplan/v1\nmetadata: {name: test} # here\n"
TIDY = "apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: test} # here\n"


@pytest.mark.parametrize("mode", [0o640, 0o666])
def test_files_are_rewritten_once_and_keep_their_permissions(workspace: Workspace, mode: int) -> None:
    file = workspace.write("byocplan.yaml", MESSY)
    file.chmod(mode)  # the second is more than the usual umask leaves

    first = workspace.run("fmt", code=0)
    second = workspace.run("fmt", code=0)

    assert file.read_text() == TIDY
    assert file.stat().st_mode & 0o777 == mode
    assert first.stdout == "byocplan.yaml\n"
    assert second.stdout == ""
    assert list(workspace.folder.iterdir()) == [file]


def test_a_check_writes_nothing_and_leaves_with_2_when_something_would_change(workspace: Workspace) -> None:
    file = workspace.write("byocplan.yaml", MESSY)

    pending = workspace.run("fmt", "--check", code=2)
    shown = workspace.run("fmt", "--diff", code=0)

    assert file.read_text() == MESSY
    assert pending.stdout == "byocplan.yaml\n"
    assert "-kind: 'Project'" in shown.stdout
    assert "+kind: Project" in shown.stdout
    workspace.run("fmt", code=0)
    workspace.run("fmt", "--check", code=0)


def test_a_difference_names_line_ends_and_other_things_that_lines_do_not_show(workspace: Workspace) -> None:
    (workspace.folder / "byocplan.yaml").write_bytes(TIDY.replace("\n", "\r\n").encode())
    (workspace.folder / "other.yaml").write_bytes(f"\ufeff{MESSY}".rstrip().encode())

    shown = workspace.run("fmt", "--diff", code=0).stdout.split("--- other.yaml\n")

    assert shown[0] == "--- byocplan.yaml\n+++ byocplan.yaml\n\\ The line ends change from CRLF to LF.\n"
    assert shown[1].endswith("\\ The last line gets a line end.\n\\ The byte order mark goes.\n")


def test_standard_input_goes_to_standard_output(workspace: Workspace) -> None:
    assert workspace.run("fmt", "-", stdin=MESSY, code=0).stdout == TIDY
    assert workspace.run("fmt", "-", "--check", stdin=MESSY, code=2).stdout == ""
    assert workspace.run("fmt", "-", "--diff", stdin=TIDY, code=0).stdout == ""


def test_one_broken_file_leaves_all_as_they_are(workspace: Workspace) -> None:
    good = workspace.write("a.yaml", MESSY)
    workspace.write("b.yaml", "kind: [\n")

    refused = workspace.run("fmt", code=3)

    assert "b.yaml:" in refused.stderr
    assert good.read_text() == MESSY


def test_what_is_formatted_still_validates(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", MESSY)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    workspace.run("fmt", code=0)

    workspace.run("validate", code=0)


def test_a_name_of_a_file_that_a_terminal_would_obey_is_shown_as_text(workspace: Workspace) -> None:
    workspace.write("evil\x1b[2J.yaml", MESSY)

    assert workspace.run("fmt", "--check", code=2).stdout == "evil\\x1b[2J.yaml\n"


def test_a_link_that_leads_out_of_the_folder_is_not_followed(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(MESSY)
    good = workspace.write("byocplan.yaml", MESSY)
    (workspace.folder / "link.yaml").symlink_to(outside)

    refused = workspace.run("fmt", code=3)

    assert "link.yaml: error: this file leads out of the project's folder" in refused.stderr
    assert outside.read_text() == good.read_text() == MESSY

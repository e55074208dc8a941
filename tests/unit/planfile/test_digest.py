"""The digest of manifests: what they say counts, how and where they say it does not."""

from pathlib import Path

import pytest

from byocplan.manifest import ReadOptions, read_manifests
from byocplan.planfile import find_git_commit, make_manifests_digest

MANIFEST = """\
apiVersion: byocplan/v1
kind: Collection
metadata: {name: s2}
spec:
  s3Bucket: mosaics
  bands: {B02: {bitDepth: 16}, B03: {bitDepth: 16}}
  tiles: [{pattern: "{year}/(BAND).tif"}]
"""


def make_digest(folder: Path, text: str, name: str = "s2.yaml") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return make_manifests_digest(read_manifests([str(folder / name)], ReadOptions()).manifests)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind:", "# why\nkind:"),
        ("{name: s2}", "{name: 's2'}"),
        ("B02: {bitDepth: 16}, B03", "B03: {bitDepth: 16}, B02"),
    ],
)
def test_the_way_it_is_written_does_not_count(tmp_path: Path, old: str, new: str) -> None:
    assert make_digest(tmp_path / "a", MANIFEST) == make_digest(tmp_path / "b", MANIFEST.replace(old, new), "x.yaml")


@pytest.mark.parametrize(("old", "new"), [("mosaics", "other"), ("{year}/", "{year}-"), ("16", "8"), ("s2}", "s3}")])
def test_what_it_says_counts(tmp_path: Path, old: str, new: str) -> None:
    assert make_digest(tmp_path / "a", MANIFEST) != make_digest(tmp_path / "a", MANIFEST.replace(old, new))


@pytest.mark.parametrize("kind", ["loose", "packed", "detached", "worktree"])
def test_the_commit_is_read_from_the_repository_around(tmp_path: Path, kind: str) -> None:
    commit, git = "0123456789abcdef0123456789abcdef01234567", tmp_path / ".git"
    if kind == "worktree":
        git.write_text("gitdir: real/worktrees/x\n")
        git = tmp_path / "real" / "worktrees" / "x"
        (tmp_path / "real" / "refs" / "heads").mkdir(parents=True)
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text(f"{commit}\n" if kind == "detached" else "ref: refs/heads/main\n")
    if kind == "loose":
        (git / "refs" / "heads" / "main").write_text(f"{commit}\n")
    if kind == "packed":
        (git / "packed-refs").write_text(f"# pack-refs\n{commit} refs/heads/main\n")
    if kind == "worktree":
        (git / "commondir").write_text("../..\n")
        (tmp_path / "real" / "refs" / "heads" / "main").write_text(f"{commit}\n")
    (tmp_path / "inner").mkdir()

    assert find_git_commit(tmp_path / "inner") == commit


def test_a_broken_repository_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/gone\n")

    assert find_git_commit(tmp_path) is None

"""``byocplan emulator`` told things that it cannot use: what, where and what to do, and no crash report."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.workspace import COMMAND


def run_emulator(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a free port, unless told another; it is expected to end by itself."""
    command = [COMMAND, "emulator", "--port", "0", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("as_file", [False, True], ids=["text", "file"])
def test_a_rule_that_cannot_be_used_is_named(tmp_path: Path, as_file: bool) -> None:
    rule = "POST */tiles nht=3 drop=after"
    (tmp_path / "faults.txt").write_text(f"# lost answers\n{rule}\n")
    given = "faults.txt" if as_file else f"# lost answers\n{rule}"

    done = run_emulator(tmp_path, "--faults", given)

    assert done.returncode == 3
    assert f"fault rule in line 2, `{rule}`: unknown word 'nht'; did you mean nth?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "99999"), "99999 is not in the range 0<=x<=65535"),
        (("--s3-port", "99999"), "99999 is not in the range 0<=x<=65535"),
        (("--s3", "nonsense"), "s3: 'nonsense' is no address; write http://HOST:PORT, or embedded"),
        (("--store", "absent/x.sqlite"), "store: 'absent/x.sqlite' cannot be opened: unable to open database file;"),
        (("--store", "prose.json"), "store: 'prose.json' cannot be opened: file is not a database; name an emulator's"),
        (("--seed", "prose.json"), "seed: prose.json is no JSON: Expecting value: line 1 column 1 (char 0); write"),
        (("--faults", "latin.txt"), "latin.txt is not UTF-8 text"),
        (("--host", "192.0.2.1"), "host: '192.0.2.1' cannot be listened on: "),
        (("--load", ".", "--s3", "http://127.0.0.1:1"), "leave out the s3 'http://127.0.0.1:1'"),
        (("--load", "load"), "load: 'xy' is no name of a bucket"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_used_is_an_input_error(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "prose.json").write_text("this is prose, and longer than the header of a database " * 5)
    (tmp_path / "latin.txt").write_bytes(b"\xe4")
    (tmp_path / "load" / "xy").mkdir(parents=True)

    done = run_emulator(tmp_path, *arguments)

    assert (done.returncode, done.stdout) == (3, "")
    assert said in done.stderr
    assert "bug in byocplan" not in done.stderr


COLLECTION = '"name": "a", "s3Bucket": "a-bucket"'
TILE_ID = '{"path": "a", "id": "5b1d9d5e-3f2b-4a53-8f9f-6c3b9a0d4e11"}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "collections: must be a list of objects"),
        ('{"colections": []}', "collections: must be a list of objects"),
        ('{"collections": [1]}', "collections: must be a list of objects"),
        ('{"collections": [{}]}', "name: must not be null"),
        (f'{{"collections": [{{{COLLECTION}, "tiles": [1]}}]}}', "tiles: must be a list of objects"),
        (f'{{"collections": [{{{COLLECTION}, "tiles": [{{"path": "a", "id": "b"}}]}}]}}', "id: must be a UUID"),
        (f'{{"collections": [{{{COLLECTION}, "synthetic": "many"}}]}}', "synthetic: must be a whole number"),
        (f'{{"collections": [{{{COLLECTION}, "tiles": [{TILE_ID}, {TILE_ID}]}}]}}', "with one of these ids"),
    ],
)
def test_a_seed_that_is_none_is_an_input_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "seed.json").write_text(text)

    done = run_emulator(tmp_path, "--seed", "seed.json")

    assert done.returncode == 3
    assert "Error: seed: seed.json: " in done.stderr
    assert said in done.stderr
    assert 'write {"collections": [' in done.stderr


@pytest.mark.parametrize("option", ["--port", "--s3-port"])
def test_a_taken_port_is_named_with_the_way_to_a_free_one(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run_emulator(tmp_path, option, str(port))

    assert done.returncode == 3
    assert f"Error: port {port} is in use; `{option} 0` takes a free one" in done.stderr

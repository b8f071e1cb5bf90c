"""Disks that are full, read-only or forbidden, and streams that take nothing: really so, in a process of its own."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from killing import BROKEN, MENDED, OPTIONS, place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs modes, namespaces and devices of Linux")

ROOT = Path(__file__).parents[2]
#: The superuser may read, write and enter everything but for this.
AS_PLAIN_USER = () if os.geteuid() else ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
#: A place of its own for mounts, which end with it.
WITH_MOUNTS = ("unshare", "--mount", "--map-root-user", "sh", "-ec")
FULL = 'mount -t tmpfs -o size=32k tmpfs app; cp ../*.py app; cat /dev/zero >app/filler 2>&- || true; exec "$@"'
READ_ONLY = 'mount -t tmpfs tmpfs app; cp ../*.py app; mount -o remount,ro app; exec "$@"'


class Ended(NamedTuple):
    """How a process ended, and what it said."""

    code: int
    output: list[str]
    errors: list[str]


def run(folder: Path, *arguments: str, prefix: Sequence[str] = (), before: Callable[[], object] | None = None) -> Ended:
    """Run the command in a folder.

    :param prefix: the command that runs it.
    :param before: what the process does first.
    """
    command = [*prefix, sys.executable, "-m", "flake8_aa_celery", *arguments]
    # what measures coverage writes files of its own
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment["PYTHONPATH"] = str(ROOT)
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, preexec_fn=before, check=False
    )
    return Ended(ended.returncode, ended.stdout.splitlines(), ended.stderr.splitlines())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two modules in its package, both with something to fix, beside copies of them."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "setup.py").touch()
    for name in ("a.py", "b.py"):
        place(tmp_path / name)
        place(tmp_path / "project" / "app" / name)
    return tmp_path / "project"


# -- what a plain user may not do -------------------------------------------------------------------------------------

as_plain_user = pytest.mark.skipif(
    not os.geteuid() and shutil.which("setpriv") is None, reason="the superuser may do everything"
)


@as_plain_user
@pytest.mark.parametrize("mode", [0o000, 0o200])
def test_what_must_not_be_read_is_named_and_the_rest_goes_on(root: Path, mode: int) -> None:
    (root / "app" / "a.py").chmod(mode)
    checked = run(root, "check", *OPTIONS, prefix=AS_PLAIN_USER)
    assert (checked.code, checked.errors[:-1]) == (2, ["aa-celery: ./app/a.py: Permission denied"])
    assert [line.split(":")[0] for line in checked.output] == ["./app/b.py"]
    fixed = run(root, "fix", *OPTIONS, prefix=AS_PLAIN_USER)
    assert fixed.code == 2
    assert fixed.errors == ["aa-celery: ./app/a.py: Permission denied", "1 violation fixed in 1 file"]
    (root / "app" / "a.py").chmod(0o600)
    assert [file.read_text() for file in sorted((root / "app").iterdir())] == [BROKEN, MENDED]


@as_plain_user
@pytest.mark.parametrize(("mode", "named"), [(0o000, "./app"), (0o300, "./app"), (0o600, "./app/a.py")])
def test_a_folder_that_must_not_be_entered_is_named_and_the_rest_goes_on(root: Path, mode: int, named: str) -> None:
    place(root / "tasks.py")
    (root / "app").chmod(mode)
    ended = run(root, "check", *OPTIONS, prefix=AS_PLAIN_USER)
    (root / "app").chmod(0o700)
    assert (ended.code, ended.errors[0]) == (2, f"aa-celery: {named}: Permission denied")
    assert [line.split(":")[0] for line in ended.output] == ["./tasks.py"]


@as_plain_user
@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize(("mode", "named"), [(0o000, "locked"), (0o300, "locked"), (0o600, "locked/tasks.py")])
@pytest.mark.parametrize("paths", [["."], ["app", "locked"], ["locked", "app"]], ids=" ".join)
def test_what_can_be_entered_is_on_the_map(
    tmp_path: Path, paths: list[str], mode: int, named: str, is_marked: bool
) -> None:
    for name in ("app", "locked"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "tasks.py").write_text(
            f"from celery import shared_task\n@shared_task\ndef of_{name}(): ...\n"
        )
    if is_marked:
        (tmp_path / "setup.py").touch()
    (tmp_path / "locked").chmod(mode)
    ended = run(tmp_path, "graph", *paths, prefix=AS_PLAIN_USER)
    (tmp_path / "locked").chmod(0o700)
    said = f"aa-celery: {'./' * (paths == ['.'])}{named}: Permission denied"
    assert ended.code == 2 and said in ended.errors
    assert all(line.endswith(": Permission denied") and "locked" in line for line in ended.errors)
    assert [line.strip().split(":")[0] for line in ended.output if "of_" in line] == ["of_app"]


@as_plain_user
def test_a_file_of_a_folder_that_nobody_may_list_is_on_the_map(tmp_path: Path) -> None:
    tasks = tmp_path / "locked" / "tasks.py"
    tasks.parent.mkdir()
    tasks.write_text("from celery import shared_task\n@shared_task\ndef of_locked(): ...\n")
    tasks.parent.chmod(0o300)
    for command in ("graph", "check"):
        ended = run(tmp_path, command, "locked/tasks.py", prefix=AS_PLAIN_USER)
        assert not any("aa-celery: " in line for line in ended.errors)
        assert ended.code == (0 if command == "graph" else 1)
    tasks.parent.chmod(0o700)


@as_plain_user
@pytest.mark.parametrize("forbidden", ["app/a.py", "app"])
def test_what_must_not_be_written_stays_and_the_rest_goes_on(root: Path, forbidden: str) -> None:
    place(root / "tasks.py")
    (root / forbidden).chmod(0o500)
    ended = run(root, "fix", *OPTIONS, prefix=AS_PLAIN_USER)
    (root / forbidden).chmod(0o700)
    assert (ended.code, ended.errors[0]) == (2, "aa-celery: ./app/a.py: Read-only")
    assert (root / "app" / "a.py").read_text() == BROKEN
    assert (root / "tasks.py").read_text() == MENDED
    assert sorted(os.listdir(root / "app")) == ["a.py", "b.py"]


# -- disks that take nothing ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mounts() -> None:
    """Skip where this process may not mount anything, even in a namespace of its own."""
    try:
        tried = subprocess.run([*WITH_MOUNTS, "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if tried.returncode:
        pytest.skip("nothing may be mounted here")


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize(("disk", "reason"), [(FULL, "No space left on device"), (READ_ONLY, "Read-only")])
def test_a_disk_that_takes_nothing_is_named_and_nothing_is_called_fixed(root: Path, disk: str, reason: str) -> None:
    look = "; ls -A app >../left; cat app/*.py >>../left; exit $code"
    script = disk.replace('exec "$@"', f'code=0; "$@" || code=$?{look}')
    ended = run(root, "fix", *OPTIONS, prefix=(*WITH_MOUNTS, script, "sh"))
    assert ended == (2, [], [f"aa-celery: ./app/{name}: {reason}" for name in ("a.py", "b.py")])
    names = ["a.py", "b.py", "filler"] if disk == FULL else ["a.py", "b.py"]
    assert (root.parent / "left").read_text() == "".join(f"{name}\n" for name in names) + BROKEN + BROKEN


@pytest.mark.usefixtures("mounts")
def test_a_disk_that_takes_nothing_takes_no_task_that_moves(root: Path) -> None:
    """The folder of the new module is full: the task stays where it is."""
    text = "from celery import shared_task\n\n\n@shared_task\ndef update(pk):\n    print(pk)\n\n\nupdate.delay(1)\n"
    place(root / "app" / "helpers.py", text)
    place(root / "app" / "__init__.py", "")
    (root / "app" / "tasks.py").touch(0o400)
    ended = run(root, "fix", "--unsafe-fixes", "--isolated", "--select", "AAC101", "app/helpers.py")
    assert ended.code == 2
    assert ended.errors[0].startswith("aa-celery: app/tasks.py: ")
    assert ended.errors[1:] == ["aa-celery: app/helpers.py: what is moved out of it could not be written"]
    assert (root / "app" / "helpers.py").read_text() == text


def test_a_limit_of_file_sizes_leaves_every_file_as_it_was(root: Path) -> None:
    ended = run(root, "fix", *OPTIONS, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8)))
    assert (ended.code, ended.errors) == (2, [f"aa-celery: ./app/{name}: File too large" for name in ("a.py", "b.py")])
    assert {name: (root / "app" / name).read_text() for name in os.listdir(root / "app")} == {
        "a.py": BROKEN,
        "b.py": BROKEN,
    }


# -- streams and folders that are not there ---------------------------------------------------------------------------

COMMANDS = ["check", "check --output-format json", "check --color always", "fix --diff", "rules", "graph", "--version"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_behind_standard_output_is_named(root: Path, command: str) -> None:
    def fill() -> None:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 1)

    ended = run(root, *command.split(), before=fill)
    assert ended.code == 2
    assert ended.errors[-1] == "aa-celery: standard output: No space left on device"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_nobody_can_be_told_is_in_the_exit_code(
    root: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    """The interpreter itself would end with 120 for what it cannot write in the end."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)

    def fill() -> None:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 2)

    assert run(root, "check", "nowhere", before=fill).code == 2


@pytest.mark.parametrize("command", [*COMMANDS, "check -", "fix -", "check nowhere"])
def test_closed_streams_are_written_to_by_nobody(root: Path, command: str) -> None:
    """A file that is opened would get the number of a stream that is closed, and what is printed into it."""

    def close() -> None:
        for number in (0, 1, 2):
            os.close(number)

    expected = {"check nowhere": 2, "check -": 0, "fix -": 0}
    ended = run(root, *command.split(), before=close)
    assert ended == (expected.get(command, int(command.startswith(("check", "fix")))), [], [])
    assert {file.read_text() for file in (root / "app").iterdir()} == {BROKEN}


def test_a_report_that_finds_no_space_is_named(root: Path) -> None:
    ended = run(root, "check", "--output-file", "/dev/full")
    assert (ended.code, ended.errors) == (2, ["aa-celery: /dev/full: No space left on device"])


def test_a_folder_that_is_removed_meanwhile_is_named(root: Path) -> None:
    gone = root / "gone"
    gone.mkdir()
    for command in ("check", "fix", "graph"):
        ended = run(gone, command, prefix=("sh", "-c", 'mkdir -p "$PWD" && rmdir "$PWD"; exec "$@"', "sh"))
        assert ended == (2, [], ["aa-celery: the current folder: it does not exist any more"])
        gone.mkdir()

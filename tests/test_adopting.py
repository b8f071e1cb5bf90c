"""The two ways to begin with an app that has violations."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from frontends import CELERY, Frontends
from support import ROOT

pytestmark = pytest.mark.usefixtures("fakes")


def write(text: str, path: str = "a.py") -> None:
    Path(path).write_bytes(f"{CELERY}{text}".encode())


def read(path: str = "a.py") -> str:
    return Path(path).read_bytes().decode().removeprefix(CELERY)


# -- noqa -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()\n", "f()  # noqa: AAC201\n"),
        ("f()", "f()  # noqa: AAC201"),
        ("f()  \n", "f()  # noqa: AAC201\n"),
        ("f()\r\n", "f()  # noqa: AAC201\r\n"),
        ("x = f(), g()\n", "x = f(), g()  # noqa: AAC201, AAC203\n"),
        ("x = f(), f()\n", "x = f(), f()  # noqa: AAC201\n"),
        ("f()  # type: ignore\n", "f()  # type: ignore  # noqa: AAC201\n"),
        ("f()  # noqa: E501\n", "f()  # noqa: E501, AAC201\n"),
        ("f()  # noqa: E501,W291 for now\n", "f()  # noqa: E501,W291, AAC201 for now\n"),
        ("x = g(), f()  # NOQA:AAC203\n", "x = g(), f()  # NOQA:AAC203, AAC201\n"),
        ("f()  # noqa\n", "f()  # noqa\n"),
        ("f(\n    1,\n)\n", "f(  # noqa: AAC201\n    1,\n)\n"),
        ("x = [\n    f(),\n    g(),\n]\n", "x = [\n    f(),  # noqa: AAC201\n    g(),  # noqa: AAC203\n]\n"),
        ("f('''\n''')\n", "f('''\n''')  # noqa: AAC201\n"),
        ("x = '''\n''', f()\n", "x = '''\n''', f()  # noqa: AAC201\n"),
        ("f(\\\n    1)\n", "f(\\\n    1)  # noqa: AAC201\n"),
        ("x = '# noqa: E501'; f(\n)\n", "x = '# noqa: E501'; f(\n)\n"),
        ("def h():\n\x0c    f()\n", "def h():\n\x0c    f()  # noqa: AAC201\n"),
    ],
)
def test_a_comment_is_written_where_flake8_looks_for_it(frontends: Frontends, before: str, after: str) -> None:
    write(before)
    outcome = frontends.check("--add-noqa", "a.py")
    assert read() == after
    is_silent = before != after or before.endswith("noqa\n")
    assert outcome.code == (0 if is_silent else 1)
    assert frontends.check("a.py").code == outcome.code
    assert not is_silent or not any(
        "AAC" in line for line in frontends.flake8("--isolated", "--select=AAC", "a.py").lines
    )


def test_what_was_silenced_is_counted(frontends: Frontends) -> None:
    write("f()\ng()\n")
    first = frontends.check("--add-noqa", "a.py")
    assert first.errors.startswith("2 violations silenced\nruff and yesqa delete comments that they do not know: ")
    assert frontends.check("--add-noqa", "a.py") == (0, [], "0 violations silenced\n")


def test_a_file_keeps_its_encoding_and_its_mark(frontends: Frontends) -> None:
    latin = b"# coding: latin-1\nimport celery\nx = '\xe4', f()\n"
    Path("latin.py").write_bytes(latin)
    Path("mark.py").write_bytes(b"\xef\xbb\xbfimport celery\nf()\n")
    assert frontends.check("--add-noqa").code == 0
    assert Path("latin.py").read_bytes() == latin.replace(b"f()", b"f()  # noqa: AAC201")
    assert Path("mark.py").read_bytes() == b"\xef\xbb\xbfimport celery\nf()  # noqa: AAC201\n"


def test_a_file_that_is_no_python_is_reported_and_left_alone(frontends: Frontends) -> None:
    write("f(\n")
    outcome = frontends.check("--add-noqa", "a.py")
    assert (outcome.code, read()) == (1, "f(\n")
    assert "AAC900" in outcome.lines[0]


def test_a_crash_is_not_hidden(frontends: Frontends) -> None:
    write("crash(), f()\n")
    outcome = frontends.check("--add-noqa", "a.py")
    assert (outcome.code, len(outcome.lines), read()) == (1, 1, "crash(), f()  # noqa: AAC201\n")


def test_standard_input_takes_no_comments(frontends: Frontends) -> None:
    assert frontends.check("--add-noqa", "-").code == 2


def test_a_file_that_cannot_be_written_is_misuse(frontends: Frontends) -> None:
    write("f()\n")
    os.chmod("a.py", 0o444)
    outcome = frontends.check("--add-noqa", "a.py")
    assert outcome.code == 2
    assert "a.py: " in outcome.errors


def test_only_what_the_baseline_does_not_hold_is_silenced(frontends: Frontends) -> None:
    write("f()\n")
    frontends.check("--baseline=known", "--update-baseline", "a.py")
    write("f()\ng()\n")
    assert frontends.check("--baseline=known", "--add-noqa", "a.py").code == 0
    assert read() == "f()\ng()  # noqa: AAC203\n"


# -- the baseline -----------------------------------------------------------------------------------------------------


def test_what_a_baseline_holds_is_not_reported(frontends: Frontends) -> None:
    write("f()\n")
    assert frontends.check("--baseline=known.json", "--update-baseline") == (
        0,
        [],
        "1 of the violations are known by known.json\n",
    )
    write("import os\nx = [\n    1,\n]\nif os:\n    f()\ng()\n")
    assert frontends.check("--baseline=known.json").lines == ["./a.py:8:1: AAC203 g is called"]


def test_a_violation_more_of_the_same_kind_is_reported(frontends: Frontends) -> None:
    write("f()\n")
    frontends.check("--baseline=known.json", "--update-baseline")
    write("f()\nf()\n")
    assert frontends.check("--baseline=known.json").lines == ["./a.py:3:1: AAC201 f is called at 7"]


def test_a_baseline_holds_what_can_be_read_and_compared(frontends: Frontends) -> None:
    write("f()\n")
    frontends.check("--baseline=known.json", "--update-baseline", "-q")
    (known,) = json.loads(Path("known.json").read_text())["violations"]
    (issue,) = json.loads("\n".join(frontends.check("--output-format=gitlab").lines))
    assert known == {
        "path": "a.py",
        "code": "AAC201",
        "message": "f is called at 7",
        "fingerprint": issue["fingerprint"],
    }


def test_a_baseline_stays_the_same_where_lines_move(frontends: Frontends) -> None:
    write("g()\nf()\n")
    frontends.check("--baseline=known.json", "--update-baseline")
    before = Path("known.json").read_bytes()
    write("f()\n\n\ng()\n")
    frontends.check("--baseline=known.json", "--update-baseline")
    assert Path("known.json").read_bytes() == before


def test_a_baseline_serves_from_every_folder(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("app").mkdir()
    write("f()\n", "app/a.py")
    frontends.check("--baseline=known.json", "--update-baseline")
    monkeypatch.chdir("app")
    assert frontends.check("--baseline=../known.json").code == 0


def test_an_update_forgets_what_is_mended_and_keeps_what_was_not_checked(frontends: Frontends) -> None:
    for name in ("a.py", "b.py", "ab.py", "gone.py"):
        write("f()\n", name)
    frontends.check("--baseline=known.json", "--update-baseline")
    write("", "a.py")
    write("", "b.py")
    Path("gone.py").unlink()
    frontends.check("--baseline=known.json", "--update-baseline", "a.py", "gone.py")
    assert files_of_baseline() == ["ab.py", "b.py"]
    frontends.check("--baseline=known.json", "--update-baseline")
    assert files_of_baseline() == ["ab.py"]


def files_of_baseline() -> list[str]:
    return [known["path"] for known in json.loads(Path("known.json").read_text())["violations"]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "known.json: No such file or directory; --update-baseline makes it"),
        ("[", "known.json: is no baseline"),
        ("[]", "known.json: is no baseline"),
        ("[" * 100_000, "known.json: is no baseline"),
        ('{"version": 2}', "known.json: a baseline of version 2; this is for 1"),
        ('{"version": 1, "violations": [{}]}', "known.json: is no baseline"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_misuse(frontends: Frontends, text: str | None, complaint: str) -> None:
    if text is not None:
        Path("known.json").write_text(text)
    assert frontends.check("--baseline=known.json") == (2, [], f"aa-celery: {complaint}\n")


def test_a_baseline_that_cannot_be_written_is_misuse(frontends: Frontends) -> None:
    write("f()\n")
    assert frontends.check("--baseline=missing/known.json", "--update-baseline").code == 2


def test_to_update_a_baseline_one_has_to_name_it(frontends: Frontends) -> None:
    assert frontends.check("--update-baseline").code == 2


# -- with the rules that there are ------------------------------------------------------------------------------------


def test_code_of_our_own_tests_is_silenced_and_means_the_same(tmp_path: Path) -> None:
    app = tmp_path / "app"
    for code in ("AAC206", "AAC301", "AAC501"):
        shutil.copytree(ROOT / "tests" / "fixtures" / code, app / code)
    before = {path: path.read_bytes() for path in app.rglob("*.py")}
    command = [sys.executable, "-m", "flake8_aa_celery", "check", "--isolated", "--select=AAC2,AAC3,AAC5"]
    subprocess.run([*command, "--add-noqa"], cwd=app, check=True, capture_output=True)
    assert subprocess.run(command, cwd=app, check=True, capture_output=True).stdout == b""
    changed = {path: data for path, data in before.items() if path.read_bytes() != data}
    assert changed
    assert all(ast.dump(ast.parse(path.read_bytes())) == ast.dump(ast.parse(data)) for path, data in changed.items())


def test_a_baseline_can_stand_in_the_settings(frontends: Frontends) -> None:
    Path("sub").mkdir()
    write("f()\n", "sub/a.py")
    Path("sub/pyproject.toml").write_text('[tool.flake8-aa-celery]\nbaseline = "known.json"\n')
    assert frontends.check("--update-baseline", "sub").code == 0
    assert json.loads(Path("sub/known.json").read_text())["violations"][0]["path"] == "a.py"
    assert frontends.check().code == 0
    write("f()\n", "b.py")
    write("f()\ng()\n", "sub/a.py")
    assert [line.split(" ")[0] for line in frontends.check().lines] == ["./b.py:2:1:", "./sub/a.py:3:1:"]
    assert len(frontends.check("--no-baseline").lines) == 3
    assert len(frontends.check("--isolated").lines) == 3


def test_folders_have_their_own_baselines(frontends: Frontends) -> None:
    for folder in ("one", "two"):
        Path(folder).mkdir()
        write("f()\n", f"{folder}/a.py")
        Path(f"{folder}/pyproject.toml").write_text('[tool.flake8-aa-celery]\nbaseline = "known.json"\n')
    assert frontends.check("one", "two", "--update-baseline").code == 0
    for folder in ("one", "two"):
        assert len(json.loads(Path(f"{folder}/known.json").read_text())["violations"]) == 1
    assert frontends.check().code == 0


def test_a_baseline_that_is_to_be_updated_must_be_known(frontends: Frontends) -> None:
    outcome = frontends.check("--update-baseline")
    assert (outcome.code, outcome.errors) == (
        2,
        "aa-celery: --update-baseline needs --baseline FILE, or baseline in the settings\n",
    )

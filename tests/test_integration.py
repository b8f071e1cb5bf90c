"""Programs that call flake8, and what they make of our violations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

TASKS = """\
import logging

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task
def update(pk):
    logger.info("Updating %s", pk)
    update.apply_async(args="1", priority=10)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app with two violations in a line, AAC202 and AAC402."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "tasks.py").write_text(TASKS)
    return tmp_path


def test_flake8_pyproject_keeps_flake8s_options_and_ours_in_one_file(project: Path) -> None:
    pytest.importorskip("flake8p")
    (project / "pyproject.toml").write_text(
        '[tool.flake8]\nselect = ["AAC"]\nextend-ignore = ["AAC402"]\n[tool.flake8-aa-celery]\nprofile = "celery"\n'
    )
    command = [sys.executable, "-m", "flake8", "-j1", "app"]
    outcome = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert [line.split()[:2] for line in outcome.stdout.splitlines()] == [["app/tasks.py:11:43:", "AAC202"]]


def test_an_editor_with_python_lsp_server_shows_violations(project: Path) -> None:
    pytest.importorskip("pylsp")
    (project / "pyproject.toml").write_text('[tool.flake8-aa-celery]\nselect = ["AAC402"]\n')
    shown = diagnostics(project, project / "app" / "tasks.py")
    assert [(each["code"], each["range"]["start"]["line"]) for each in shown] == [("AAC402", 10)]


def diagnostics(project: Path, file: Path) -> list[dict[str, Any]]:
    """What python-lsp-server publishes when an editor opens a file."""
    others = {name: {"enabled": False} for name in ("pycodestyle", "pyflakes", "mccabe")}
    plugins = {"flake8": {"enabled": True}, **others}
    uri = file.as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": file.read_text()}
    with subprocess.Popen(
        [sys.executable, "-m", "pylsp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=project,
        env=os.environ | {"PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])},
    ) as server:
        assert server.stdin and server.stdout
        send(server.stdin, "initialize", {"rootUri": project.as_uri(), "capabilities": {}, "processId": None}, id=1)
        send(server.stdin, "initialized", {})
        send(server.stdin, "workspace/didChangeConfiguration", {"settings": {"pylsp": {"plugins": plugins}}})
        send(server.stdin, "textDocument/didOpen", {"textDocument": document})
        for message in received(server.stdout):
            if message.get("method") == "textDocument/publishDiagnostics":
                send(server.stdin, "shutdown", None, id=2)
                send(server.stdin, "exit", None)
                shown: list[dict[str, Any]] = message["params"]["diagnostics"]
                return shown
    raise AssertionError("the server has published nothing")


def send(stream: IO[bytes], method: str, params: object, **given: int) -> None:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **given}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stream.flush()


def received(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    while header := stream.readline():
        length = int(header.split(b":")[1])
        while stream.readline().strip():
            pass
        yield json.loads(stream.read(length))

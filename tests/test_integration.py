"""Programs that call flake8, and what they make of our violations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

PATIENCE = 60.0
"""Seconds after which a server that has published nothing is ended."""

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
    document = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": file.read_text()}
    with server(project) as (to_server, from_server):
        send(to_server, "initialize", {"rootUri": project.as_uri(), "capabilities": {}, "processId": None}, id=1)
        send(to_server, "initialized", {})
        send(to_server, "workspace/didChangeConfiguration", {"settings": {"pylsp": {"plugins": plugins}}})
        send(to_server, "textDocument/didOpen", {"textDocument": document})
        for message in received(from_server):
            if message.get("method") == "textDocument/publishDiagnostics":
                shown: list[dict[str, Any]] = message["params"]["diagnostics"]
                return shown
    raise AssertionError("the server has published nothing")


@contextmanager
def server(project: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Run python-lsp-server in a folder meanwhile; yields what it reads and what it writes."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    command = [sys.executable, "-m", "pylsp"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=project, env=os.environ | {"PATH": path}
    ) as process:
        assert process.stdin and process.stdout
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield process.stdin, process.stdout
        finally:
            watchdog.cancel()
            process.kill()


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

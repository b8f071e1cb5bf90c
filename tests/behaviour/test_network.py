"""Which calls wait for ever for a server that does not answer, unless they are given a timeout."""

from __future__ import annotations

import ftplib
import http.client
import smtplib
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOMENT = 0.3
"""Seconds after which a call that still waits is taken to wait for ever."""


class Silent:
    """A server that takes connections and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        with suppress(OSError):  # it has hung up
            while True:
                self._taken.append(self._socket.accept()[0])

    @property
    def url(self) -> str:
        """Where it would be found."""
        return f"http://127.0.0.1:{self.port}/"

    def hang_up(self) -> None:
        """Close every connection, so that nobody waits any longer."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for taken in self._taken:
            taken.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    """A server that takes connections and says nothing."""
    server = Silent()
    yield server
    server.hang_up()


def requests() -> Any:
    return pytest.importorskip("requests", reason="requests is not installed: pip install it to run this")


def urllib3() -> Any:
    return pytest.importorskip("urllib3", reason="urllib3 is not installed: pip install it to run this")


def connection(server: Silent, **options: Any) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), **options) as made:
        return made.recv(1)


def http_get(server: Silent, **options: Any) -> http.client.HTTPResponse:
    made = http.client.HTTPConnection("127.0.0.1", server.port, **options)
    made.request("GET", "/")
    return made.getresponse()


CALLS: dict[str, Callable[..., object]] = {
    "urlopen": lambda server, **options: urlopen(server.url, **options),
    "http.client": http_get,
    "smtplib": lambda server, **options: smtplib.SMTP("127.0.0.1", server.port, **options),
    "ftplib": lambda server, **options: ftplib_connect(server, **options),
    "socket": connection,
    "requests": lambda server, **options: requests().get(server.url, **options),
    "requests.Session": lambda server, **options: requests().Session().get(server.url, **options),
    "urllib3": lambda server, **options: urllib3().PoolManager(retries=False).request("GET", server.url, **options),
}


def ftplib_connect(server: Silent, **options: Any) -> str:
    return ftplib.FTP().connect("127.0.0.1", server.port, **options)


def waits(call: Callable[[], object], until: Callable[[], None]) -> bool:
    """Whether a call still waits after a moment; `until` ends it then."""
    ended = threading.Event()

    def run() -> None:
        try:
            call()
        except Exception as ex:
            error.append(ex)
        ended.set()

    error: list[Exception] = []
    threading.Thread(target=run, daemon=True).start()
    waiting = not ended.wait(MOMENT)
    until()
    assert ended.wait(20), "it did not end with its server"
    return waiting


@pytest.mark.parametrize("name", CALLS)
def test_a_network_call_without_a_timeout_waits_for_ever(name: str) -> None:
    """requests, `urlopen`, smtplib, ftplib, urllib3 and plain sockets have no timeout unless they are given one."""
    if name.startswith("requests"):
        requests()
    if name == "urllib3":
        urllib3()
    server = Silent()
    assert waits(lambda: CALLS[name](server), until=server.hang_up)


@pytest.mark.parametrize("name", CALLS)
def test_a_network_call_with_a_timeout_gives_up(silent: Silent, name: str) -> None:
    """`timeout=0.1` raises after that time."""
    with pytest.raises(Exception, match=r"(?i)timed? ?out"):
        CALLS[name](silent, timeout=0.1)


def test_a_default_timeout_holds_for_the_standard_library(silent: Silent) -> None:
    """`socket.setdefaulttimeout(0.1)` is a timeout for `urlopen` and its like."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(0.1)
    try:
        with pytest.raises(TimeoutError):
            CALLS["urlopen"](silent)
    finally:
        socket.setdefaulttimeout(before)


def test_a_default_timeout_does_not_hold_for_requests() -> None:
    """requests passes `None` on, which is no timeout at all, whatever the default is."""
    requests()
    server = Silent()
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(0.1)
    try:
        assert waits(lambda: CALLS["requests"](server), until=server.hang_up)
    finally:
        socket.setdefaulttimeout(before)


def test_httpx_has_a_timeout_of_its_own() -> None:
    """`httpx.get(url)` gives up after five seconds without an answer."""
    httpx = pytest.importorskip("httpx", reason="httpx is not installed: pip install it to run this")
    assert httpx.Client().timeout == httpx.Timeout(5.0)


WAITS = [sys.executable, "-c", "import sys; sys.stdin.read()"]
"""A command that waits for the end of its input."""


@pytest.mark.parametrize("wait", ["wait", "communicate"])
def test_waiting_for_a_command_without_a_timeout_waits_for_ever(wait: str) -> None:
    """`Popen.wait()`, `.communicate()` and `subprocess.run` wait until the command has ended."""
    with subprocess.Popen(WAITS, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if wait == "communicate":
            process.stdin, kept = None, process.stdin
        assert waits(getattr(process, wait), until=process.terminate)
        if wait == "communicate":
            process.stdin = kept


def test_running_a_command_with_a_timeout_gives_up() -> None:
    """`subprocess.run(…, timeout=0.1)` raises after that time, and ends the command."""
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.1)

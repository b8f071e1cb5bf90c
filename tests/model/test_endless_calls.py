"""Which calls wait for ever, and where they are reported."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.effects.endless_calls import endless_calls_of
from flake8_aa_celery.model.knowledge.timeouts import waiting
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "import requests, urllib3\nfrom celery import shared_task\nfrom app.far import f, g\n"
FAR = {"app/__init__.py": "", "app/far.py": "import requests\ndef f(): requests.get(x)\ndef g(): f()"}


def endless(root: Path, source: str) -> list[tuple[str, list[str], int]]:
    """The tasks, the ways from what is reported to what waits, and how many more calls lead there."""
    found = endless_calls_of(module_of(root, HEAD + source, files=FAR))
    return [(each.task, [stage.what for stage in each.way], each.others) for each in found]


def test_a_call_in_the_module_is_reported_where_it_stands(tmp_path: Path) -> None:
    source = "@shared_task\ndef t(): h()\n@shared_task\ndef u(): h()\ndef h(): requests.get(x)"
    assert endless(tmp_path, source) == [("t", ["requests.get"], 0)]


def test_a_call_elsewhere_is_reported_at_the_first_that_leads_there(tmp_path: Path) -> None:
    source = "@shared_task\ndef t(): f()\n@shared_task\ndef u(): g()\n@shared_task\ndef v(): f()"
    assert endless(tmp_path, source) == [("t", ["f", "requests.get"], 2)]


def test_what_no_task_leads_to_is_not_reported(tmp_path: Path) -> None:
    assert endless(tmp_path, "def h(): requests.get(x)\n@shared_task\ndef t(): ...") == []


def test_an_object_from_nobody_knows_where_may_have_a_timeout(tmp_path: Path) -> None:
    source = "class A:\n    pool = urllib3.PoolManager(timeout=3)\n@shared_task\ndef t(): A.pool.request('GET', x)"
    assert endless(tmp_path, source) == []


@pytest.mark.parametrize(
    "name",
    [
        "urllib.request.urlopen", "smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP", "imaplib.IMAP4", "poplib.POP3",
        "socket.create_connection",
    ],
)  # fmt: skip
def test_the_place_of_a_timeout_is_that_of_the_standard_library(name: str) -> None:
    module, _, member = name.rpartition(".")
    parameters = list(inspect.signature(getattr(import_module(module), member)).parameters)
    known = waiting(name)
    assert known is not None
    if name != "smtplib.SMTP_SSL":  # whose parameters before it have changed with Python 3.12
        assert known.position == parameters.index("timeout")


@pytest.mark.parametrize("name", ["httpx.get", "requests.codes.get", "subprocess.Popen", "celery.chain"])
def test_what_does_not_wait_for_ever_is_not_known(name: str) -> None:
    assert waiting(name) is None

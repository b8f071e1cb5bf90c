"""AAC128: a worker that waits for an answer that never comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import SetOption
from flake8_aa_celery.rules.ways import place, trace, written_call
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.endless_calls import EndlessCall


def check(endless: EndlessCall, module: Module) -> Iterator[Violation]:
    """
    A task makes a network call, or waits for a command, without a timeout.

    Flags, in a task, be it a function or the `run` of a class, and in all that it leads to, a call that waits for ever
    by default and is given no timeout: of requests, urllib3, `urllib.request`, smtplib, ftplib, imaplib, poplib,
    `http.client` and `socket.create_connection`, and the waits of subprocess. Each call is reported once: where it
    stands, if that is in the file of the task, otherwise at the call in that file which leads there.

    ## Why
    A server that accepts a connection and then says nothing holds the worker until somebody restarts it, and with it
    everything that is queued after this task. In a worker of threads no time limit ends it, nor is there any other way.
    Where every task waits for the same server, soon no worker is left.

    ## Example
    ```python
    import requests
    from celery import shared_task


    @shared_task
    def update_prices():
        requests.get("https://example.com/prices").json()
    ```

    ## Instead
    ```python
    import requests
    from celery import shared_task


    @shared_task
    def update_prices():
        requests.get("https://example.com/prices", timeout=30).json()
    ```

    ## Leaves alone
    - a `timeout` of whatever value, by name or by position, and arguments that cannot be resolved (`**kwargs`);
    - libraries with a timeout of their own: httpx, aiohttp, django-esi;
    - sessions, where the project mounts an adapter that may set a timeout; classes derived from a session;
    - what `socket.setdefaulttimeout` holds for, where the project calls it: all of these but requests and subprocess;
    - calls that no task leads to: bandit and ruff (S113) look at those of requests.

    ## Fix
    Adds `timeout=30` to a call in the file of the task. Unsafe: what took longer raises an error now.

    ## Profile
    Both: a worker is held everywhere.

    ## Proof
    - `test_network.py::test_a_network_call_without_a_timeout_waits_for_ever`: of each of these libraries.
    - `test_network.py::test_a_network_call_with_a_timeout_gives_up`: what the cure does.
    - `test_network.py::test_waiting_for_a_command_without_a_timeout_waits_for_ever`: the waits of subprocess.
    - `test_network.py::test_a_default_timeout_does_not_hold_for_requests`: it does for the others.

    ## References
    - [requests: timeouts](https://requests.readthedocs.io/en/latest/user/advanced/#timeouts)
    """
    first, last = endless.way[0], endless.way[-1]
    what = shortened(last.what, 40)
    if len(endless.way) == 1:
        message = f"`{what}` may wait for ever in a task: give it a `timeout`"
        fix = Fix("unsafe", "Wait for half a minute at most", SetOption("timeout", "30"))
        yield Violation.at(first.step.call.node, message, fix)
    else:
        more = f" ({endless.others} more calls here do so)" if endless.others else ""
        message = f"`{written_call(first)}` leads to `{what}` without a `timeout` ({place(last)}): give it one{more}"
        yield Violation.at(first.step.call.node, message, trace=trace(endless.way))

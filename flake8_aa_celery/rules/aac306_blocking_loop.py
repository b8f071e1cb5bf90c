"""AAC306: a loop that blocks for each of its items."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.serialising import is_likely_plain
from flake8_aa_celery.model.code.parents import is_read_after
from flake8_aa_celery.model.code.syntax import given_to
from flake8_aa_celery.model.resolve.occurrences import local_calls_of
from flake8_aa_celery.model.tasks.decorators import is_not_hidden
from flake8_aa_celery.rewrites import LoopToChain
from flake8_aa_celery.rules.ways import by, place, trace, written_call
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.blocking_loops import BlockingLoop

#: How much room a message has for what it names, and how much of a call it shows at the least.
_MOST, _LEAST = 53, 16


def check(loop: BlockingLoop, module: Module) -> Iterator[Violation]:
    """
    A loop in a task blocks for each of its items, which should be tasks of their own.

    Flags a loop in a task, a `for`, a `while` that takes items out of something, or a comprehension, that for each
    item

    - runs another task in this process: `t(x)`, `t.run(x)`, `t.apply()`, `t.delay().get()`;
    - talks to the network: requests, httpx, urllib, urllib3, aiohttp, smtplib, the webhooks of dhooks, dhooks_lite,
      discord_webhook and discord.py, discordproxy, and `result()` or `results()` of an operation of ESI;
    - sleeps: `time.sleep`; or waits for another process: subprocess, `os.system`.

    It may do so in a function of the same module that the loop calls. Of a nest of loops the outermost that goes over
    items is reported.

    ## Why
    The task holds its worker until the last item is done, and everything else in the queues waits for it. When the
    worker is stopped meanwhile, the items that are left are lost. As tasks of a chain the items run one after the
    other all the same, but other tasks get their turn in between, and each item can be retried by itself.

    ## Example
    ```python
    import requests
    from celery import shared_task


    @shared_task
    def update_all(urls):
        for url in urls:
            requests.get(url, timeout=30)
    ```

    ## Instead
    ```python
    import requests
    from celery import chain, shared_task


    @shared_task
    def update(url):
        requests.get(url, timeout=30)


    @shared_task
    def update_all(urls):
        chain([update.si(url) for url in urls]).delay()
    ```

    ## Leaves alone
    - another try: a `while` that counts, a `range` of attempts, a list of tokens or mirrors that is left by `break` or
      `return` with the first that succeeds; a loop around it still counts;
    - pages: a `while` on the next one, or a loop whose variable is called a page;
    - at most three items: a literal, a slice, a `range`;
    - results of `concurrent.futures`, coroutines that are not waited for one by one, what a handler of an exception
      does, a nap under a condition, a task that calls itself;
    - functions of other modules, and functions below a decorator.

    ## Fix
    Writes `chain([t.si(x) for x in xs]).delay()` for `for x in xs: t(x)`, where the loop does nothing else. Unsafe:
    the tasks run later, in a worker, and this one does not wait for them. Nothing is done where an argument may be
    what JSON cannot carry, and where the variable of the loop is read after it, or is `global`.

    ## Settings
    `blocking-calls` (`[]`): more functions that block, such as `myapp.providers.fetch`.

    ## Profile
    Alliance Auth alone: its apps share their workers, and its FAQ asks for a chain. In the profile `celery` the rule is
    off unless it is selected: there the message and the fix speak of a task for each item.

    ## Proof
    - `test_blocking.py::test_a_loop_keeps_every_other_task_of_its_worker_waiting`: what is sent meanwhile runs last.
    - `test_blocking.py::test_a_chain_lets_other_tasks_in_between`: with a chain it runs after the first item.
    - `test_calling.py::test_a_task_called_directly_runs_in_this_process`: `t(x)` sends nothing.

    ## References
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    - [Celery: granularity](https://docs.celeryq.dev/en/stable/userguide/tasks.html#granularity)
    """
    yield Violation.at(loop.node, _message(loop, module), _fix(loop, module), trace(loop.way))


def _message(loop: BlockingLoop, module: Module) -> str:
    if loop.block is not None:
        return f"{by(loop.way)} holds the worker for each item of this loop: {_advice(module)}"
    what, where = shortened(loop.by, 26), place(loop.way[-1])
    call = written_call(loop.way[0], max(_LEAST, _MOST - len(what) - len(where)))
    return f"`{call}` waits for `{what}` once per item ({where}): {_advice(module)}"


def _advice(module: Module) -> str:
    if module.project.settings.is_of_alliance_auth:
        return "make each a task of a `chain`"
    return "send a task for each"


def _fix(loop: BlockingLoop, module: Module) -> Fix | None:
    node = loop.node
    if loop.block is None:
        return None
    if not isinstance(node, ast.For) or node.orelse or len(node.body) != 1:
        return None
    (statement,) = node.body
    call = statement.value if isinstance(statement, ast.Expr) else None
    ran = [found.task for found in local_calls_of(module) if found.node is call and found.method in ("()", "run")]
    if not ran or not all(map(is_not_hidden, ran)) or not isinstance(call, ast.Call):
        return None
    if not all(is_likely_plain(argument, node, loop.block) for argument in given_to(call)):
        return None
    if is_read_after(node, module):
        return None
    return Fix("unsafe", "Send a chain of the tasks", LoopToChain())

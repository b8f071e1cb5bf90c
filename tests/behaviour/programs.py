"""Programs that are made at random: an app with tasks, and cases that send and call them in all ways there are.

Every program is a package ``proof`` with a module of tasks and modules that use them. A case is a function
``case_0``, ``case_1`` …: what it returns, sends and has run can be compared with what it does after a fix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random

#: What tasks take, with arguments that fit.
_PARAMETERS = (
    ("", ""),
    ("pk", "1"),
    ("pk, force=False", "1, force=True"),
    ("pk=None", "2"),
    ("a, b, c", "1, 2, 3"),
    ("*args", "1, 2"),
    ("pk, **options", "1"),
    ("*, pk=None", "pk=3"),
)
_OF_ITSELF = (("self, pk", "1"), ("self", ""), ("self, pk=None", "1"), ("self, *args", "1, 2"))
#: What stands above a function, with how often.
_DECORATORS = (
    ("@shared_task", 8),
    ("@shared_task()", 1),
    ("@shared_task(priority=6)", 1),
    ("@shared_task(typing=False)", 1),
    ("", 3),
    ("@app.task", 2),
    ("@app.task(ignore_result=True)", 1),
    ("@app.task(shared=False)", 1),
    ("@timed\n@shared_task", 2),
    ("@kept\n@shared_task", 1),
    ("@same\n@shared_task", 1),
    ("@shared_task\n@timed", 1),
    ("@functools.lru_cache(maxsize=None)\n@shared_task", 1),
)
_HEAD = """\
import functools
import logging

from celery import Task, chain, group, shared_task
from celery import current_app as app

logger = logging.getLogger(__name__)
RUNS = []
KEPT = []


def note(name, **given):
    given.pop("self", None)
    RUNS.append((name, sorted(given.items())))
    return name


def timed(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def kept(function):
    KEPT.append(function)

    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def same(function):
    KEPT.append(function)
    return function
"""
_IMPORTS = (
    ("from proof.tasks import {names}\n", "{name}"),
    ("from .tasks import {names}\n", "{name}"),
    ("from proof import tasks\n", "tasks.{name}"),
    ("import proof.tasks\n", "proof.tasks.{name}"),
    ("from .tasks import *\n", "{name}"),
)
#: A module that hands on and calls what others give it, and knows the tasks in ways of its own.
_HELPERS = """\
from proof import tasks


def careful(function, *args):
    try:
        return function(*args)
    except (AttributeError, TypeError):
        return "refused"


def send(task, *args):
    return task.delay(*args) is None


def send_first(*args):
    tasks.t0.delay(*args)


class Sender:
    task = tasks.t0

    def send(self, *args):
        self.task.delay(*args)
"""
_WORK = """

WORK = [getattr(tasks, name) for name in ("t0", "t1")]


def work(args):
    for task in WORK:
        task.delay(*args)
"""
_USING = """\
import contextlib
import functools

from celery import chain, current_app, group, signature
from proof import helpers
{imports}

class Row:
    pk = 7
    owner_id = None
    other_id = "abc"


row, items, values, n = Row(), [1, 2], (1, 2), 5


def hand(task, *args):
    return task(*args)
"""

#: How often a task is a class.
_CLASSES = 0.15
#: What a case does, with ``T`` and ``U`` for tasks, ``A`` and ``B`` for arguments of theirs.
_STATEMENTS = (
    "return T(A)",
    "return T(None, A)",
    "return T(*values)",
    "T.delay(A)",
    "T.delay(A)",
    "T.delay(None, A)",
    "T.delay(*values)",
    "T.delay(A, priority=3)",
    "T.delay(A, priority=3, countdown=5)",
    "T.delay(A, queue='celery', force=True)",
    'return f"{T.delay(A, priority=3).id}"',
    'return f"{T.delay(A, force=True, priority=3).id} {n}"',
    "T.apply_async(args=row.pk)",
    "T.apply_async(args=row.owner_id)",
    "T.apply_async(args=row.other_id, priority=4)",
    "T.apply_async(5)",
    "T.apply_async('abc')",
    "T.apply_async(args=f'{n}')",
    "T.apply_async(args=f'', kwargs={'pk': 1})",
    "T.apply_async([A])",
    "T.apply_async((A,), priority='3')",
    "T.apply_async((A,), priority=3.0)",
    "T.apply_async(kwargs={'pk': 1})",
    "T.apply_async(kwargs={'self': None, 'pk': 1})",
    "T.s(A).delay()",
    "T.s(A).delay(n)",
    "T.s(A).apply_async((None,))",
    "T.s().apply_async('abc')",
    "T.si(A).apply_async('abc')",
    "T.s().apply_async(args=row.pk)",
    "T.si(A).delay(n)",
    "chain(T.s(A), U.s(B)).delay()",
    "chain(T.si(A), U.s()).delay()",
    "(T.s(A) | U.s(B)).delay()",
    "chain(T.si(A), U.si(B)).delay()",
    "last = U.s(B)\nchain(T.si(A), last).delay()",
    "last = U.s(B)\nchain(T.si(A), last).delay()\nlast.delay(pk=5)",
    "steps = [T.si(A), U.s(B)]\nchain(steps).delay()\nsteps[1].delay(n)",
    "steps = [T.si(A)]\nsteps.append(U.s(B))\nchain(*steps).delay()",
    "current_app.send_task('proof.tasks.T', args=[A])",
    "current_app.send_task('proof.tasks.T', args=[None, 5])",
    "signature('proof.tasks.T', args=[A]).delay()",
    "for x in items:\n    T.delay(x)",
    "for x in items:\n    T.apply_async((x,), priority='4')",
    "return hand(T, A)",
    "return hand(T.delay, A) is None",
    "functools.partial(T.delay, A)()",
    "return [T][0](None, 5)",
    "return getattr(T, 'delay', T)(A) is None",
    "if hasattr(T, 'delay'):\n    T.delay(A)\nelse:\n    return T(A)",
    "send = T.delay\nsend(None, 5)",
    "return [T.delay(x) is None for x in items]",
    "T.delay(x for x in items)",
    "return T.__name__",
    "return getattr(T, 'name', 'none')",
    "return len(str(T.delay(A)))",
    "return helpers.careful(T.delay, A) == 'refused'",
    "return helpers.careful(lambda: T.delay(A)) == 'refused'",
    "return helpers.careful(lambda: T.delay(A, priority=3)) == 'refused'",
    "return helpers.send(T, A)",
    "helpers.send_first(A)",
    "helpers.Sender().send(A)",
    "getattr(helpers, 'work', len)((None, 5))",
    "steps = chain(T.si(A), U.s(B))\nsteps.tasks[1].delay(pk=5)",
    "steps = T.si(A) | U.s(B)\nsteps.delay()\nreturn steps.tasks[-1].immutable",
    "def inner():\n    return T.delay(A)\nreturn inner() is None",
    "return helpers.send(T.si(A), n)",
)
#: What stands around a statement of a case, with how often.
_AROUND = (
    ("{}", 6),
    ("try:\n{i}except AttributeError:\n    return T(A)", 1),
    ("try:\n{i}except TypeError:\n    T.delay()", 1),
    ("try:\n{i}except Exception as error:\n    return type(error).__name__", 1),
    ("try:\n{i}except Exception:\n    raise", 1),
    ("with contextlib.suppress(AttributeError):\n{i}", 1),
    ("if n:\n{i}", 1),
    ("for _ in range(2):\n{i}", 1),
)
#: What only the unsafe fixes change.
_UNSAFE = (
    "group([T.si(x) for x in items]).delay()",
    "group([T.si(x) for x in items]).apply_async(queue='celery')",
    "both = group([T.si(A), U.si(B)])\nboth.delay()",
    "chain(T.si(A), U.si(B)).apply_async(priority=8)",
    "steps = [T.si(A), U.si(B)]\nchain(steps).apply_async(priority=8)\nchain(steps).delay()",
    "last = U.si(B)\nchain(T.si(A), last).apply_async(priority=8)\nlast.delay()",
    "T.apply_async((A,), priority=0)",
    "for x in items * 3:\n    T.apply_async((x,), priority=2)",
    "for x in items * 3:\n    T.delay(x)",
    "T.delay({1, 2})",
    "T.delay(range(2))",
    "T.si(A)",
    "forgotten = T.si(A)",
    "one = T.si(A); one.delay()",
    "T(A)",
    "T.apply_async((A,), priority=None)",
)
_LOOPS = (
    "for pk in pks:\n    T(pk)",
    "for pk in pks:\n    T.run(pk)",
    "for pk in (found := pks):\n    T(pk)\nreturn len(found)",
    "for pk in pks:\n    T(pk)\nreturn pk",
    "chain = pks\nfor pk in pks:\n    T(pk)\nreturn chain",
    "logger = pks\nfor pk in pks:\n    note('loop')\nreturn logger",
    "for pk in pks:\n    note('loop')",
)


class Program(NamedTuple):
    """A package ``proof``.

    :param files: the text of its modules by their names, without the end.
    :param cases: the names of the modules and functions that are run.
    """

    files: dict[str, str]
    cases: list[tuple[str, str]]


class _Task(NamedTuple):
    name: str
    given: str
    text: str


def make_program(random: Random, *, unsafe: bool = False) -> Program:
    """A program made at random.

    :param unsafe: whether it also holds what only unsafe fixes change.
    """
    tasks = [_task(f"t{number}", random) for number in range(random.randint(2, 4))]
    text = _HEAD + "".join(f"\n\n{task.text}" for task in tasks)
    if unsafe:
        body = _filled(random.choice(_LOOPS), random, tasks, "{name}")
        text += f"\n\n@shared_task\ndef loops(pks):\n{_indented(body)}\n"
    helpers = _HELPERS + (_WORK if random.random() < 0.3 else "")
    files = {"__init__": "", "tasks": text, "helpers": helpers}
    cases: list[tuple[str, str]] = []
    statements = _STATEMENTS + _UNSAFE * 3 if unsafe else _STATEMENTS
    for module in ("views", "others")[: random.randint(1, 2)]:
        imported, written = random.choice(_IMPORTS)
        parts = [_USING.replace("{imports}", imported.format(names=", ".join(task.name for task in tasks)))]
        for number in range(random.randint(2, 6)):
            body = _surrounded(random.choice(statements), random)
            parts.append(f"def case_{number}():\n{_indented(_filled(body, random, tasks, written))}\n")
            cases.append((module, f"case_{number}"))
        if unsafe:
            name = written.format(name="loops")
            imports = "from proof.tasks import loops\n" if written == "{name}" else ""
            parts.append(f"{imports}def case_loops():\n    {name}.delay([1, 2])\n")
            cases.append((module, "case_loops"))
        files[module] = "\n\n".join(parts)
    return Program(files, cases)


def _class_task(name: str, random: Random) -> _Task:
    """A task that is a class."""
    parameters, given = random.choice(_PARAMETERS)
    lines = [f"class {name.upper()}(Task):", f'    name = "proof.tasks.{name}"', ""]
    lines += [f"    def run(self{', ' if parameters else ''}{parameters}):"]
    lines += [
        f"        return note({name!r}{_noted(parameters)})",
        "",
        "",
        f"{name} = app.register_task({name.upper()}())",
    ]
    return _Task(name, given, "\n".join(lines) + "\n")


def _noted(parameters: str) -> str:
    """How a task notes what it was given."""
    shown = [part.split("=")[0].strip("* ") for part in parameters.split(",") if part.strip("* ")]
    return "".join(f", {each}={each}" for each in shown if each != "self")


def _task(name: str, random: Random) -> _Task:
    if random.random() < _CLASSES:
        return _class_task(name, random)
    decorator = _weighted(_DECORATORS, random)
    parameters, given = random.choice(_PARAMETERS)
    asks = ""
    if random.random() < 0.35:
        parameters, given = random.choice(_OF_ITSELF)
        asks = random.choice(("    self.request\n", "    getattr(self, 'request', None)\n"))
        if random.random() < 0.4:
            decorator = re.sub(r"@shared_task(\(\))?(?=\n|$)", "@shared_task(bind=True)", decorator)
    elif not parameters and random.random() < 0.3 and decorator == "@shared_task":
        decorator = "@shared_task(bind=True)"
    lines = f"{decorator}\n" if decorator else ""
    body = f"{asks}    return note({name!r}{_noted(parameters)})\n"
    return _Task(name, given, f"{lines}def {name}({parameters}):\n{body}")


def _filled(body: str, random: Random, tasks: list[_Task], written: str) -> str:
    """A statement with tasks and arguments in the places for them."""
    for sign, arguments in (("T", "A"), ("U", "B")):
        task = random.choice(tasks)
        given = task.given if random.random() < 0.7 else random.choice(("", "1", "None, 1", "1, 2", "pk=1", "1, 2, 3"))
        body = _replaced(body, sign, written.format(name=task.name), task.name)
        body = _with_arguments(body, arguments, given)
    return body


def _replaced(body: str, sign: str, new: str, name: str) -> str:
    """A statement with a task in the places for it: by what leads to it there, and by its registered name."""
    body = body.replace(f"'proof.tasks.{sign}'", f"'proof.tasks.{name}'")
    return re.sub(rf"(?<![\w.'\"]){sign}(?![\w'\"])", new, body)


def _with_arguments(body: str, sign: str, given: str) -> str:
    """A statement with arguments in the places for them: those of a call, of a list, of a tuple."""
    positional = ", ".join(part for part in given.split(", ") if "=" not in part)
    body = body.replace(f"[{sign}]", f"[{positional}]")
    body = body.replace(f"(({sign},)", f"(({positional}{',' if positional else ''})")
    body = re.sub(rf", {sign}(?=[,)])", f", {given}" if given else "", body)
    return re.sub(rf"\({sign}(?=[,)])(, )?", lambda found: f"({given}{found[1] or '' if given else ''}", body)


def _surrounded(statement: str, random: Random) -> str:
    around = _weighted(_AROUND, random)
    return statement if around == "{}" else around.replace("{i}", _indented(statement) + "\n")


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" for line in body.split("\n"))


def _weighted(choices: tuple[tuple[str, int], ...], random: Random) -> str:
    return random.choices([text for text, _ in choices], [weight for _, weight in choices])[0]

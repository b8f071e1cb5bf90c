"""Programs that send tasks in all ways, and what Celery makes of it: who is refused, which priority a message has.

A program is a package ``proof`` with tasks and functions ``send_1``, ``send_2`` …, each of which sends one thing.
"""

from __future__ import annotations

import ast
import importlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from celery import Celery, _state, signals

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.calling.mismatches import mismatches_of, refused_results_of
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.priorities.settings import own_options
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Signature, Task
from flake8_aa_celery.settings import Settings
from truth.asking import Answers, imports_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from random import Random

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode
    from flake8_aa_celery.model.resolve.values import Dispatch

_SIGNATURES = (
    "",
    "a",
    "a, b=2",
    "a, b",
    "*args",
    "a, *args",
    "**kwargs",
    "a, **kwargs",
    "*, a",
    "a=1, *, b=2",
    "a, /, b=1",
    "a, /, **kwargs",
    "a, b, *args, c=1, **kwargs",
    "a: int = 1",
)
_OPTIONS = (
    "",
    "",
    "",
    "priority=7",
    "priority=None",
    "priority=LOW",
    "**OPTIONS",
    "typing=False",
    "ignore_result=True",
)
_BASES = ("", "", "", "base=Low")
_ARGUMENTS = (
    "",
    "",
    "1",
    "1, 2",
    "1, b=2",
    "a=1",
    "b=1",
    "a=1, b=2",
    "*PAIR",
    "**NAMED",
    "1, 2, 3",
    "c=3",
    "*[1]",
    "1, **{'a': 2}",
    "x=1",
    "*(), a=1",
    "None",
)
_PAIRS = (
    "",
    "args=[1]",
    "args=(1, 2)",
    "(1,)",
    "[], {'a': 1}",
    "kwargs={'a': 1}",
    "args=PAIR",
    "kwargs=NAMED",
    "args=[1], kwargs={'b': 2}",
    "(1,), {'b': 1}",
    "args=None",
    "kwargs=dict(a=1, b=2)",
    "args=()",
    "args=[*PAIR, 3]",
    "kwargs={**NAMED, 'x': 1}",
    "None, {'b': 2}",
)
_PRIORITIES = (
    "",
    "",
    "priority=3",
    "priority=None",
    "priority=LOW",
    "priority=HIGH",
    "**OPTIONS",
    "priority=True",
    "countdown=1",
    "priority=LOW if LOW else 2",
    "queue='q', priority=4",
    "**dict(OPTIONS, countdown=2)",
)
#: What is sent; ``{t}`` and ``{u}`` are tasks, ``{a}`` and ``{b}`` arguments, ``{p}`` a pair, ``{o}`` options.
_SENDS = (
    "{t}.delay({a})",
    "{t}.delay({a})",
    "{t}.apply_async({p}{o})",
    "{t}.apply_async({p}{o})",
    "{t}.s({a}).delay({b})",
    "{t}.s({a}).apply_async({o})",
    "{t}.s({a}).apply_async({p}{o})",
    "{t}.si({a}).delay()",
    "{t}.si({a}).apply_async({o})",
    "{t}.s({a}).set({o}).delay()",
    "{t}.s({a}).set({o}).apply_async({o})",
    "{t}.signature({p}).delay({b})",
    "{t}.signature({p}, immutable=True).delay({b})",
    "{t}.signature({p}).set({o}).delay({b})",
    "signature('{t_}', {p}).delay({b})",
    "signature({t}.s({a})).delay()",
    "{t}.s({a}).clone({p}).delay()",
    "chain({t}.s({a}), {u}.s({b})).delay()",
    "chain({t}.s({a}), {u}.si({b})).apply_async({o})",
    "chain({t}.s(), {u}.si({b})).delay({a})",
    "({t}.s({a}) | {u}.s({b})).delay()",
    "({t}.si({a}) | {u}.si({b}) | {t}.s()).apply_async({o})",
    "group({t}.s({a}), {u}.s({b})).delay()",
    "group({t}.s({a}), {u}.s({b})).apply_async({o})",
    "group([{t}.s({a})]).apply_async({p}{o})",
    "chain(group({t}.s({a}), {u}.s({b})), {t}.si({a})).delay()",
    "group({t}.s({a}) | {u}.si({b})).delay()",
    "chain([{t}.si({a}), {u}.si({b})]).delay()",
    "chain({t}.si({a})).delay()",
    "app.send_task('{t_}', {p}{o})",
    "sig = {t}.s({a})\n    sig.set({o})\n    sig.delay({b})",
    "sig = {t}.s({a})\n    sig.args = (1,)\n    sig.delay()",
    "sig = {t}.s({a})\n    sig.options['priority'] = 2\n    sig.apply_async({o})",
    "sig = {t}.s({a})\n    sig.kwargs['a'] = 2\n    sig.delay({b})",
    "sig = {t}.s({a})\n    for each in [sig]:\n        each.set({o})\n    sig.delay()",
    "sig = {t}.s({a})\n    sig |= {u}.si({b})\n    sig.delay()",
    "send = {t}.delay\n    send({a})",
    "partial({t}.delay, {a})()",
    "list(map({t}.delay, PAIR))",
    "for each in PAIR:\n        {t}.delay(each)",
    "[{t}.s({a}).delay(each) for each in PAIR]",
    "options = {{'countdown': 1}}\n    options['priority'] = 2\n    {t}.apply_async(**options)",
    "options = dict({o})\n    {t}.apply_async({p}**options)",
    "for each in ({t}, {u}):\n        each.delay({a})",
    "({t} if LOW else {u}).delay({a})",
    "{t}.apply_async(*[PAIR])",
    "{t}.apply_async({p}priority=2, **{{'countdown': 1}})",
    "{t}.map([1, 2]).delay()",
    "{t}.starmap([(1, 2)]).apply_async({o})",
    "{t}.chunks([(1,), (2,)], 1).apply_async({o})",
    "{t}.starmap([(1,)]).delay()",
)
_HEAD = """\
from functools import partial

from celery import Celery, Task, chain, group, signature

app = Celery("proof", broker="memory://", set_as_current=True)
LOW, HIGH = 8, 2
OPTIONS = {"priority": 6}
PAIR = [1, 2]
NAMED = {"a": 1}


class Low(Task):
    priority = 9

"""
_TASKS = ("one", "two", "three", "four")


class _Sent(NamedTuple):
    """What became of a function that sends.

    :param error: the exception, as text; empty where it sent.
    :param fits: whether each task that runs can take what it is given, followers of a chain with a result.
    :param priorities: of the messages, by the names of their tasks.
    """

    error: str
    fits: bool
    priorities: list[tuple[str, object]]


def make_program(random: Random) -> dict[str, str]:
    """A program: the texts of its modules, by their paths."""
    parts = [_HEAD]
    for name in _TASKS:
        options = ", ".join(filter(None, (random.choice(_OPTIONS), random.choice(_BASES))))
        taken = random.choice(_SIGNATURES)
        if random.random() < 0.2:
            options, taken = ", ".join(filter(None, ("bind=True", options))), ", ".join(filter(None, ("self", taken)))
        parts.append(f"@app.task({options})\ndef {name}({taken}): ...\n\n")
    parts += [f"def send_{number}():\n    {_send(random)}\n\n" for number in range(8)]
    return {"proof/__init__.py": "", "proof/tasks.py": "\n".join(parts)}


def _send(random: Random) -> str:
    """A statement or more that send something: the first that is Python, since not all parts go together."""
    while True:
        text = _filled(random.choice(_SENDS), random)
        with suppress(SyntaxError):
            ast.parse(f"if True:\n    {text}")
            return text


def _filled(text: str, random: Random) -> str:
    first, second = random.choices(_TASKS, k=2)
    pair, options = random.choice(_PAIRS), random.choice(_PRIORITIES)
    if "{p}{o}" in text and pair and options:
        pair += ", "
    elif "{p}**" in text or "{p}priority" in text:
        pair += ", " if pair else ""
    return text.format(
        t=first, u=second, t_=f"proof.tasks.{first}", a=random.choice(_ARGUMENTS), b=random.choice(_ARGUMENTS),
        p=pair, o=options,
    ).replace(", )", ")")  # fmt: skip


def asked(files: Mapping[str, str], folder: Path) -> Answers:
    """Send everything that a program sends, and compare with what the model says of it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    real = _sent_by(folder)
    file = folder.resolve() / "proof" / "tasks.py"
    module = Project(str(folder.resolve()), Settings(), Workspace()).module(str(file), parse(file.read_bytes()))
    functions = [node for node, _ in module.scopes.functions if node.name in real]
    found = [*_arguments_compared(module, functions, real), *_priorities_compared(module, functions, real)]
    return Answers(found.count("right"), found.count("unknown"), [each for each in found if ":" in each])


def _arguments_compared(module: Module, functions: list[FunctionNode], real: Mapping[str, _Sent]) -> Iterator[str]:
    """Of each function whether it is right that its arguments fit: what is wrong in words."""
    told = {_around(mismatch.node, functions) for mismatch in mismatches_of(module)}
    told |= {_around(refused.node, functions) for refused in refused_results_of(module)}
    for function in functions:
        sent = real[function.name]
        if function.name in told and sent.fits and not sent.error:
            yield f"{function.name}: it fits: {ast.unparse(function)}"
        else:
            yield "right" if function.name in told or sent.fits else "unknown"


def _priorities_compared(module: Module, functions: list[FunctionNode], real: Mapping[str, _Sent]) -> Iterator[str]:
    """Of each dispatch that sent one message whether its priority is right: what is wrong in words."""
    for dispatch in dispatches_of(module):
        claim = _priority_said(dispatch)
        sent = real.get(_around(dispatch.node, functions))
        if claim is None or sent is None or sent.error or len(sent.priorities) != 1:
            yield "unknown"
            continue
        priority = sent.priorities[0][1]
        is_right = type(claim[0]) is type(priority) and claim[0] == priority
        yield "right" if is_right else f"{ast.unparse(dispatch.node)}: priority {claim[0]}, not {priority}"


def _around(node: ast.expr, functions: list[FunctionNode]) -> str:
    """The name of the function that an expression stands in; empty where it stands in none."""
    return next((each.name for each in functions if each.lineno <= node.lineno <= (each.end_lineno or 0)), "")


def _priority_said(dispatch: Dispatch) -> tuple[object] | None:
    """The priority that a message of a task or signature is sent with; None where it is not known."""
    receiver = dispatch.receiver
    if not isinstance(receiver, (Signature, Task)):
        return None
    options = dispatch.options
    given = options.get("priority")
    own = own_options(receiver)
    # a signature passes over a priority of None: CELERY-FACTS
    if given is not None and isinstance(receiver, Signature) and options.constant("priority") is None:
        given = None
        options = type(options)({}, options.complete)
    value = own.merged(options)
    if value.lacks("priority"):
        return (None,)
    found = value.constant("priority")
    return None if found is UNKNOWN or value.get("priority") is None else (found,)


# -- what Celery does -----------------------------------------------------------------------------------------------


def _sent_by(folder: Path) -> dict[str, _Sent]:
    finalizers = set(_state._on_app_finalizers)
    with imports_from(str(folder)):
        module = importlib.import_module("proof.tasks")
        app: Celery = module.app
        try:
            return {name: _sent(getattr(module, name), app) for name in vars(module) if name.startswith("send_")}
        finally:
            app.close()
            _state._on_app_finalizers.clear()
            _state._on_app_finalizers.update(finalizers)


def _sent(function: Any, app: Celery) -> _Sent:
    error = ""
    with _published() as messages:
        try:
            function()
        except Exception as raised:  # the program is made at random: whatever Celery says to it counts
            error = repr(raised)
    fits = not error.startswith("TypeError") and all(_fits(each, app) for each in messages)
    return _Sent(error, fits, [(each["headers"]["task"], each["properties"].get("priority")) for each in messages])


@contextmanager
def _published() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []

    def note(headers: Any, body: Any, properties: Any, **_: object) -> None:
        found.append({"headers": headers, "body": body, "properties": properties})

    signals.before_task_publish.connect(note, weak=False)
    try:
        yield found
    finally:
        signals.before_task_publish.disconnect(note)


def _fits(message: dict[str, Any], app: Celery) -> bool:
    """Whether the worker can call the task of a message, and those that follow it in its chain."""
    args, kwargs, embedded = message["body"]
    calls = [(message["headers"]["task"], tuple(args), kwargs)]
    for each in embedded["chain"] or ():
        given = tuple(each["args"] if each["immutable"] else (0, *each["args"]))
        calls.append((each["task"], given, each["kwargs"]))
    return all(_accepts(app.tasks[name], given, named) for name, given, named in calls if name in app.tasks)


def _accepts(task: Any, args: tuple[object, ...], kwargs: dict[str, object]) -> bool:
    if task.name.startswith("celery."):
        return True
    try:
        # no task of these programs does anything; `Signature.bind` is wrong about `f(a, /, **b)` on Python 3.13.0
        task.run(*args, **kwargs)
    except TypeError:
        return False
    return True

"""What holds a worker while it waits: the network, a process, a nap, another task."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import absolute, reaching
from flake8_aa_celery.model.effects.bodies import Step, runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import Effect
from flake8_aa_celery.model.knowledge import esi
from flake8_aa_celery.model.knowledge.blocking import METHODS, blocks
from flake8_aa_celery.model.knowledge.celery import RESULT_WAITS
from flake8_aa_celery.model.knowledge.standard_library import NAP
from flake8_aa_celery.model.resolve import prefilters
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import Constant, Function, Origin, Signature, Task
from flake8_aa_celery.model.results.uses import result_uses_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite, Site
    from flake8_aa_celery.model.resolve.values import Value

#: How a task is run in the process of whoever calls it.
_LOCAL_RUNS = {"run": ".run()", "apply": ".apply()"}
#: Through this many names an operation is looked for.
_MOST_NAMES = 5


def blocking_by(step: Step) -> str:
    """What a call waits for, as a message may name it: ``requests.get``; empty where it is not known to wait."""
    call = step.call
    if is_exceptional(call):
        return ""
    return what_blocks(call)


def what_blocks(call: CallSite) -> str:
    """As :func:`blocking_by`, wherever the call stands."""
    run = task_run_by(call)
    found = f"{run[0].name}{run[1]}" if run is not None else _wait_of(call)
    if found or not _may_block(call):
        return found
    return _of_library(call) or _operation_of_esi(call)


def _may_block(call: CallSite) -> bool:
    """Whether a call may be one of a library that waits, by its name."""
    function, module = call.node.func, call.site.module
    if module.project.settings.blocking_calls:
        return True
    if isinstance(function, ast.Attribute):
        return function.attr in METHODS or _has_proxy(module)
    if isinstance(function, ast.Name):
        return any(binding.kind not in ("class", "function") for binding in reaching(function.id, call.site))
    return True


@fact
def _has_proxy(module: Module) -> bool:
    """Whether a module imports discordproxy, each of whose methods waits."""
    return any(dotted.startswith("discordproxy") for _, dotted in module.scopes.imports)


def task_run_by(call: CallSite) -> tuple[Task, str] | None:
    """The task that a call runs in this process, itself or by a signature, and how; not one that calls itself."""
    called = call.node.func
    if not prefilters.may_run_task(call):
        return None
    method = _LOCAL_RUNS.get(called.attr) if isinstance(called, ast.Attribute) else None
    task = value_of(called.value if isinstance(called, ast.Attribute) and method else called, call.site)
    if isinstance(task, Signature) and method != ".run()":
        task, method = task.task, "()"
    return (task, method or "()") if isinstance(task, Task) and task_around(call.site) is not task else None


def _wait_of(call: CallSite) -> str:
    return _waits(call.site.module).get(id(call.node), "")


@fact
def _waits(module: Module) -> dict[int, str]:
    """The calls of a module that wait for the result of a task."""
    return {
        id(use.node): f"delay().{use.name}()"
        for use in result_uses_of(module)
        if use.name in RESULT_WAITS and use.dispatch is not None
    }


def _of_library(call: CallSite) -> str:
    """``requests.get`` for what is known of a library, or named in the setting ``blocking-calls``."""
    module = call.site.module
    called = value_of(call.node.func, call.site)
    dotted = called.dotted if isinstance(called, Origin) else module.origin(call.node.func, call.site)
    if dotted and blocks(dotted) and not _is_nothing(call, dotted):
        return _without_calls(dotted)
    extra = module.project.settings.blocking_calls
    return _configured(call, called, dotted) if extra else ""


def _is_nothing(call: CallSite, dotted: str) -> bool:
    """``time.sleep(0)`` only lets other threads run."""
    value = value_of(call.node.args[0], call.site) if dotted == NAP and call.node.args else None
    return isinstance(value, Constant) and value.value == 0


def _configured(call: CallSite, called: Value, dotted: str | None) -> str:
    """The name in the setting ``blocking-calls`` that a call goes by."""
    module = call.site.module
    names = {_without_calls(absolute(dotted, module.dotted, module.path))} if dotted else set()
    if isinstance(called, Function):
        names.add(f"{called.module.dotted}.{called.node.name}")
    return min(names & frozenset(module.project.settings.blocking_calls), default="")


def _operation_of_esi(call: CallSite) -> str:
    """``GetStatus.result`` of an ESI client, whatever the client is called."""
    function = call.node.func
    if not isinstance(function, ast.Attribute) or function.attr not in esi.RESULTS:
        return ""
    operation = _operation(function.value, call.site)
    if not operation:
        value = value_of(function.value, call.site)
        if not isinstance(value, Origin) or not value.dotted.startswith(esi.CLASSES):
            return ""
        operation = value.dotted.removesuffix("()").rpartition(".")[2]
    return f"{operation}.{function.attr}"


def _operation(node: ast.expr, site: Site, steps: int = 0) -> str:
    """The operation of a call ``….Character.GetCharactersCharacterId(…)``, or of a name bound to one."""
    if isinstance(node, ast.Name) and steps < _MOST_NAMES:
        found = {
            _operation(binding.value, binding.site, steps + 1) if binding.kind == "assign" and binding.value else ""
            for binding in reaching(node.id, site)
        }
        return found.pop() if len(found) == 1 else ""
    return esi.operation(node)


def _without_calls(dotted: str) -> str:
    return dotted.replace("()", "")


# -- when it happens --------------------------------------------------------------------------------------------


def is_exceptional(call: CallSite, within: Block | None = None) -> bool:
    """Whether a call runs only now and then: in a handler, or, for a nap, under a condition.

    :param within: the loop that is asked about; None for the whole function.
    """
    for block in call.site.block.around():
        if block is within:
            return False
        if block.kind == "handler" or (block.kind in ("if", "else", "case") and is_nap(call)):
            return True
    return False


def is_nap(call: CallSite) -> bool:
    """Whether a call is ``time.sleep``."""
    return call.site.module.origin(call.node.func, call.site) == NAP


def _is_followed(step: Step) -> bool:
    """Whether what the callees of a call wait for counts: not of what only a handler reaches."""
    return not is_exceptional(step.call)


#: A call waits, itself or in what it calls.
BLOCKS = Effect("blocks", blocking_by, _is_followed, runs_what_it_is_handed)

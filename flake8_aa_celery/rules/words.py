"""Words that the messages of several rules share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.serialising import is_sent_whole
from flake8_aa_celery.model.canvas.only_use import is_only_sent, is_used_once
from flake8_aa_celery.model.code.names import last_part, means_the_same
from flake8_aa_celery.model.code.syntax import is_statement
from flake8_aa_celery.model.django.on_commit import may_be_of_another_database
from flake8_aa_celery.model.django.transactions import BY_PARTIAL, method_after_commit
from flake8_aa_celery.model.priorities.settings import own_options
from flake8_aa_celery.model.resolve.values import (
    Function,
    NamedTask,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)
from flake8_aa_celery.model.tasks.decorators import is_not_hidden
from flake8_aa_celery.rewrites import (
    HandToOnCommit,
    MethodInsteadOfCall,
    OptionOnEach,
    RenameMethod,
    SendOnCommit,
    Spot,
)
from flake8_aa_celery.violation import Fix

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.priorities.settings import PrioritySetting
    from flake8_aa_celery.model.resolve.values import Dispatch, Element, Entry, LocalCall


#: No message has more characters, and no name in it is shortened to less.
_LONGEST, _LEAST = 119, 12


def called(value: Value | None) -> str:
    """What a message calls a task, a signature or a workflow: "`update_all`", "the chain"."""
    match value:
        case Signature():
            return called(value.task)
        case Workflow():
            return f"the {value.kind}"
        case NamedTask(name=str(name)) if name:
            return f"`{last_part(name)}`"
        case UnreadableTask(dotted=dotted) if dotted:
            return f"`{value.name}`"
        case Task():
            return f"`{value.name}`"
        case Function():
            return f"`{value.node.name}`"
        case _:
            return "the task"


def recipient(value: Value | None) -> str:
    """What a message calls that which is given an option; None stands for what a schedule starts."""
    return called(value) if value is not None else "the scheduled task"


def is_literal(setting: PrioritySetting) -> bool:
    """Whether a priority is written as a value at the very place where it is reported, not as a name for one."""
    return isinstance(setting.node, ast.Constant) and setting.node is setting.entry.node


def shortened(name: str, most: int = 50) -> str:
    """A name, with or without backticks, that leaves room for the rest of a message: ESI's can be very long."""
    end = "`" if name.endswith("`") else ""
    return name if len(name) <= most else f"{name[: most - 1 - len(end)]}…{end}"


def fitted(form: str, name: str) -> str:
    """A message with a name in the place of ``{}``, shortened where the whole would be too long."""
    room = _LONGEST - len(form.replace("{}", "", 1))
    return form.replace("{}", shortened(name, max(room, _LEAST)), 1)


def fix_after_commit(dispatch: Dispatch, method: str) -> Fix | None:
    """The fix that sends a task after the commit, by a method of the task, where nobody needs what is returned."""
    if not is_statement(dispatch.node, dispatch.site) or not isinstance(dispatch.node.func, ast.Attribute):
        return None
    if method == BY_PARTIAL:
        return Fix("unsafe", f"Use `{method}`", HandToOnCommit())
    return None if "." in method else Fix("unsafe", f"Use `{method}`", RenameMethod(method))


def fix_on_each(name: str, entry: Entry, chain: Workflow, call: ast.expr | None, module: Module) -> Fix | None:
    """The fix that sets an option of a chain on each of its signatures, where all are seen and it means the same there.

    :param call: where the chain is given the option.
    """
    members = chain.members
    if not isinstance(call, ast.Call) or not any(word.value is entry.node for word in call.keywords):
        return None
    if entry.module is not module or not members.complete or not all(_can_be_set(m, entry) for m in members.elements):
        return None
    if not is_only_sent(chain):
        return None  # another one who sends it did not ask for this option
    bare = [member for member in members.elements if own_options(member.value).lacks(name)]
    spots = [Spot.of(member.node) for member in bare]
    keep = len(bare) < len(members.elements)
    rewrite = OptionOnEach(name, _source(entry.node), spots, Spot.of(call), keep=keep)
    return Fix("unsafe", f"Set the {name.replace('_', ' ')} on each signature", rewrite)


def _source(node: ast.expr) -> str:
    """The source of an expression, a plain text in the quotes that formatters write."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        return f'"{node.value}"'
    return ast.unparse(node)


def _can_be_set(member: Element, entry: Entry) -> bool:
    """Whether a member is a signature of this file, made where the value of an option means the same as in the call."""
    return (
        isinstance(member.value, Signature)
        and is_used_once(member.value)
        and member.module is entry.module
        and means_the_same(entry.node, entry.site, member.site)
    )


def fix_of_callback(dispatch: Dispatch, registration: CallSite) -> Fix | None:
    """The fix that has a dispatch wait for the commit, by a method of the task or by a ``partial``.

    :param registration: the call of ``on_commit`` that it stands in, as what that is handed or in a lambda.
    """
    call = registration.node
    if not isinstance(dispatch.node.func, ast.Attribute) or not call.args or dispatch.method == "()":
        return None
    method = method_after_commit(dispatch)
    if "." in method or may_be_of_another_database(registration) or not is_statement(call, registration.site):
        method = ""
    if not method and dispatch.method in ("apply_async_on_commit", "delay_on_commit"):
        return None
    title = f"Use `{method}`" if method else "Use `partial`"
    return Fix("safe", title, SendOnCommit(Spot.of(dispatch.node), Spot.of(call), method))


def fix_by_delay(call: LocalCall) -> Fix | None:
    """The fix that sends a task instead of running it here, where nobody needs what it returns.

    Not where JSON cannot carry what it is given, or is not known to, and where a decorator may hide the task.
    """
    if not is_statement(call.node, call.site) or call.method not in ("()", "run"):
        return None
    if not is_not_hidden(call.task) or not is_sent_whole(call.node, call.site):
        return None
    if call.method == "run":
        return Fix("unsafe", "Use `delay`", RenameMethod("delay"))
    return Fix("unsafe", "Use `delay`", MethodInsteadOfCall("delay"))

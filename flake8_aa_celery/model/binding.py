"""Whether a task can take the arguments that it is given.

What Celery does itself on ``delay`` and ``apply_async``: it calls a function with the task's parameters and no
body (``celery.utils.functional.head_from_fun``). Here the same is asked of the source, so that what cannot be seen
(``*args``, a list that is filled elsewhere) never counts as a mistake.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.bases import bases_of
from flake8_aa_celery.model.facts import (
    UNKNOWN,
    Constant,
    Dispatch,
    Element,
    Entry,
    Items,
    Mapping,
    NamedTask,
    Parameters,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)
from flake8_aa_celery.model.wrappers import hands_on_everything

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Target
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import Site

    #: where something is written, what it is, or None where it is not given
    Given = Entry | Value | None

#: What else than options gives a task arguments; None stands for ``**``.
_PAIR = (None, "args", "kwargs")
#: The methods whose own arguments are those of the task.
_DIRECT = frozenset({"()", "delay", "delay_on_commit", "s", "si"})
#: What ``apply_async`` takes beside the arguments; ``delay`` hands them to the task, a mistake of its own (AAC206).
APPLY_ASYNC_OPTIONS = frozenset(
    {"countdown", "eta", "exchange", "expires", "headers", "ignore_result", "link", "link_error", "priority", "queue"}
    | {"retry", "retry_policy", "routing_key", "serializer", "shadow", "soft_time_limit", "task_id", "time_limit"}
)
#: What a base class may define that changes how its tasks are called.
_CALLING = frozenset({"__call__", "apply_async", "delay", "run", "s", "si", "signature", "subtask", "typing"})


def gives_options(call: ast.Call) -> bool:
    """Whether a ``delay`` is given what looks like an option of ``apply_async``."""
    return any(keyword.arg in APPLY_ASYNC_OPTIONS for keyword in call.keywords)


class Arguments(NamedTuple):
    """What a task is given.

    :param positional: how many positional arguments are seen.
    :param names: the keyword arguments that are seen.
    :param more_positional: whether there may be more positional ones than are seen.
    :param more_names: whether there may be more keyword arguments than are seen.
    """

    positional: int = 0
    names: tuple[str, ...] = ()
    more_positional: bool = False
    more_names: bool = False

    def after(self, leading: Arguments) -> Arguments:
        """What a partial signature with these arguments is given when it is sent with ``leading`` ones."""
        return Arguments(
            leading.positional + self.positional,
            (*self.names, *(name for name in leading.names if name not in self.names)),
            leading.more_positional or self.more_positional,
            leading.more_names or self.more_names,
        )


NOTHING = Arguments()
#: What the tasks of a chain after the first are given beside their own arguments.
PREVIOUS_RESULT = Arguments(positional=1)
_ANYTHING = Arguments(more_positional=True, more_names=True)


# -- what is given ----------------------------------------------------------------------------------------------


def of_call(call: ast.Call, site: Site, module: Module) -> Arguments:
    """The arguments of ``t.delay(…)``, ``t.s(…)`` or ``t(…)``: those of the call itself."""
    positional = _counted(call.args, site, module)
    return _with_names(positional, module.values.keywords(call, site))


def of_pair(args: Given, kwargs: Given, site: Site) -> Arguments:
    """The arguments of ``args=[…], kwargs={…}``; None stands for one that is not given.

    :param site: where they are handed over.
    """
    return _with_names(_of_args(args, site), _of_kwargs(kwargs))


def of_entry(entry: Mapping, site: Site) -> Arguments:
    """The arguments that a schedule's entry, or any mapping with ``args`` and ``kwargs``, hands over."""
    hidden = None if entry.complete else UNKNOWN
    return of_pair(entry.get("args") or hidden, entry.get("kwargs") or hidden, site)


def of_dispatch(dispatch: Dispatch) -> Arguments:
    """The arguments that the dispatch itself hands over, without those of a signature that it sends."""
    receiver = dispatch.receiver
    if dispatch.method == "()" and isinstance(receiver, Workflow) and receiver.kind == "chord":
        return _ANYTHING  # chord(header)(body, …)
    return _given_by(dispatch)


def of_signature(signature: Signature) -> Arguments:
    """The arguments that a signature holds."""
    return _ANYTHING if _is_refilled(signature) else _given_by(signature)


def _given_by(sent: Dispatch | Signature) -> Arguments:
    call = call_of(sent)
    if sent.method in _DIRECT:
        return of_call(call, sent.site, sent.module)
    pair = _pair(sent)
    return of_pair(pair[0], pair[1], sent.site) if pair else _ANYTHING


def call_of(sent: Dispatch | Signature) -> ast.Call:
    """The call that is given the arguments."""
    return sent.call if isinstance(sent, Signature) else sent.node


def arguments_in(sent: Dispatch | Signature) -> Iterator[Entry]:
    """Every argument of the task that is seen in a dispatch or signature."""
    call = call_of(sent)
    if sent.method in _DIRECT:
        yield from (Entry(node, sent.site, sent.module) for node in call.args if not isinstance(node, ast.Starred))
        yield from sent.module.values.keywords(call, sent.site).entries.values()
        return
    args, kwargs = pair_of(sent)
    if args is not None and isinstance(args.node, (ast.List, ast.Tuple)):
        yield from (args._replace(node=node) for node in args.node.elts if not isinstance(node, ast.Starred))
    elif args is not None and isinstance(items := args.value, Items):
        yield from (Entry(element.node, element.site, element.module) for element in items.elements)
    if kwargs is not None and isinstance(words := kwargs.value, Mapping):
        yield from words.entries.values()


def _is_refilled(signature: Signature) -> bool:
    """Whether ``clone`` gave it more arguments than the call that made it."""
    node, module = signature.node, signature.module
    while node is not signature.call:
        if not isinstance(node.func, ast.Attribute):
            return True
        if node.func.attr == "clone" and (node.args or any(word.arg in _PAIR for word in node.keywords)):
            return True
        inner = module.evaluate(node.func.value, signature.site)
        if not isinstance(inner, Signature) or inner.node is node:
            return True
        node = inner.node
    return False


def pair_of(sent: Dispatch | Signature) -> tuple[Entry | None, Entry | None]:
    """Where a call that takes them so is given ``args`` and ``kwargs``; None for what is not given or seen."""
    args, kwargs = _pair(sent) or (None, None)
    return (args if isinstance(args, Entry) else None), (kwargs if isinstance(kwargs, Entry) else None)


def _pair(sent: Dispatch | Signature) -> tuple[Given, Given] | None:
    """What is given as ``args`` and ``kwargs``; UNKNOWN where it may be hidden, None where anything may be."""
    call, site, module = call_of(sent), sent.site, sent.module
    index = _index_of_args(sent)
    if index is None or any(isinstance(argument, ast.Starred) for argument in call.args[: index + 2]):
        return None
    keywords = module.values.keywords(call, site)
    hidden = None if keywords.complete else UNKNOWN
    given: list[Given] = [Entry(node, site, module) for node in call.args[index : index + 2]]
    given += [keywords.get(name) or hidden for name in ("args", "kwargs")[len(given) :]]
    return given[0], given[1]


def _index_of_args(sent: Dispatch | Signature) -> int | None:
    """The position of ``args`` in ``t.apply_async(args)``, ``signature(t, args)``, ``send_task("t", args)``."""
    if isinstance(sent, Dispatch):
        return 1 if sent.method == "send_task" else 0
    if sent.method not in ("signature", "subtask"):
        return None
    function = sent.call.func
    receiver = sent.module.evaluate(function.value, sent.site) if isinstance(function, ast.Attribute) else UNKNOWN
    return 0 if isinstance(receiver, (Task, UnreadableTask)) else 1


def _of_args(args: Given, site: Site) -> Arguments:
    if args is None:
        return NOTHING
    if not isinstance(args, Value):
        if isinstance(args.node, (ast.List, ast.Tuple)):
            return _counted(args.node.elts, args.site, args.module)
        if isinstance(args.node, (ast.Set, ast.SetComp, ast.GeneratorExp)):
            return Arguments(more_positional=True)  # Celery refuses them before it counts
        args = args.value
    if isinstance(args, Constant) and args.value is None:
        return NOTHING
    if isinstance(args, Items) and all(_is_certain(element, site) for element in args.elements):
        return Arguments(len(args.elements), more_positional=not args.complete)
    return Arguments(more_positional=True)


def _of_kwargs(kwargs: Given) -> Mapping:
    if kwargs is None:
        return Mapping({})
    value = kwargs if isinstance(kwargs, Value) else kwargs.value
    if isinstance(value, Constant) and value.value is None:
        return Mapping({})
    return value if isinstance(value, Mapping) else Mapping({}, complete=False)


def _counted(given: list[ast.expr], site: Site, module: Module) -> Arguments:
    count, more = 0, False
    for argument in given:
        if not isinstance(argument, ast.Starred):
            count += 1
            continue
        unpacked = _of_args(module.evaluate(argument.value, site), site)
        count, more = count + unpacked.positional, more or unpacked.more_positional
    return Arguments(count, more_positional=more)


def _is_certain(element: Element, site: Site) -> bool:
    """Whether a member of a list is in it once and always: not added in a loop or under a condition."""
    if element.loop is not None:
        return False
    block = element.site.block
    return block.kind in ("module", "class", "function") or block.encloses(site.block)


def _with_names(positional: Arguments, names: Mapping) -> Arguments:
    return positional._replace(names=tuple(names.entries), more_names=not names.complete)


# -- what is taken ----------------------------------------------------------------------------------------------


def task_of(target: Target | None, module: Module) -> Task | None:
    """The task that is called, if its definition can be read: itself, or by its registered name.

    :param module: where the task is spoken of.
    """
    if isinstance(target, NamedTask) and target.name is not None:
        named = module.project.tasks_named(target.name)
        return named[0] if len(named) == 1 else None
    return target if isinstance(target, Task) else None


def parameters_of(target: Target | None, module: Module) -> Parameters | None:
    """What a task can be called with; None where that is not known for certain.

    :param module: where the task is spoken of.
    """
    task = task_of(target, module)
    if task is None or task.bound is None or task.is_method or task.spelling == "removed":
        return None
    if _lacks_self(task) or not task.options.lacks("typing") or _changes_calling(task):
        return None
    if all(hands_on_everything(decorator, task.site, task.module) for decorator in task.decorators_below):
        return task.parameters
    return None


def _lacks_self(task: Task) -> bool:
    """Whether ``bind`` and ``self`` contradict each other, which is a mistake of its own."""
    first = next(iter((*task.node.args.posonlyargs, *task.node.args.args)), None)
    if task.bound:
        return first is None and task.node.args.vararg is None
    return first is not None and first.arg == "self"


def _changes_calling(task: Task) -> bool:
    """Whether the class of a task may see to its arguments itself."""
    bases = bases_of(task)
    return not bases.complete or any(not _CALLING.isdisjoint(found.scope.bindings) for found in bases.classes)


# -- whether they fit -------------------------------------------------------------------------------------------


def mismatch(taken: Parameters, given: Arguments, *, partial: bool = False) -> str | None:
    """Why a task cannot take what it is given, in words that follow "`task` cannot be called like this: ".

    :param partial: whether more arguments may still be added in front: then nothing is missing yet.
    :return: None where it fits, or where what is hidden could make it fit.
    """
    return _unknown(taken, given) or _too_many(taken, given) or _twice(taken, given) or (
        None if partial else _missing(taken, given)
    )  # fmt: skip


def _unknown(taken: Parameters, given: Arguments) -> str | None:
    for name in given.names:
        if not taken.accepts(name):
            how = "it takes `{}` by position only" if name in taken.positional_only else "it has no parameter `{}`"
            return how.format(name)
    return None


def _too_many(taken: Parameters, given: Arguments) -> str | None:
    most = len(taken.by_position)
    if taken.takes_any_positional or given.positional <= most:
        return None
    return f"it takes {_number(most)}, not {given.positional}"


def _twice(taken: Parameters, given: Arguments) -> str | None:
    for name in taken.by_position[: given.positional]:
        if name in given.names and name not in taken.positional_only:
            return f"it gets `{name}` twice"
    return None


def _missing(taken: Parameters, given: Arguments) -> str | None:
    filled = {*taken.by_position[: given.positional], *given.names}
    by_position = () if given.more_positional else taken.by_position[given.positional :]
    missing = [
        name
        for name in (*taken.by_position, *taken.keyword_only)
        if name in taken.required
        and name not in filled
        and (name in by_position or name in taken.keyword_only)
        and not (given.more_names and name not in taken.positional_only)
    ]
    return f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else None


def _number(most: int) -> str:
    if most == 0:
        return "no positional arguments"
    return "one positional argument" if most == 1 else f"{most} positional arguments"


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


# -- where results are handed on --------------------------------------------------------------------------------


def followers(chain: Workflow) -> Iterator[Signature]:
    """The signatures of a chain that are given the result of what runs before them unless they are immutable.

    Those after the first that certainly is one; of a group or chord in the chain its members.
    """
    if chain.kind != "chain":
        return
    preceded = False
    for element in chain.members.elements:
        repeats = _follows_itself(element)
        if preceded or repeats:
            yield from starters(element.value)
        preceded = preceded or repeats or _is_certain(element, chain.site)


def _follows_itself(element: Element) -> bool:
    """Whether a loop adds it once per item, under no further condition."""
    return element.loop is not None and element.site.block.node is element.loop.node


def starters(value: Value) -> Iterator[Signature]:
    """The signatures that are given what a workflow is sent with: the first of a chain, all of a group."""
    if isinstance(value, Signature):
        yield value
    elif isinstance(value, Workflow) and value.kind == "chain":
        if value.members.complete and value.members.elements:
            yield from starters(value.members.elements[0].value)
    elif isinstance(value, Workflow) and value.kind in ("group", "chord"):
        for element in value.members.elements:
            yield from starters(element.value)

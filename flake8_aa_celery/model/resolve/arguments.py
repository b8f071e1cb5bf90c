"""What a task is given: by the call that sends it, by a signature, by an entry of a schedule."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.resolve import loops
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Constant,
    Dispatch,
    Entry,
    Items,
    Mapping,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.values import Parameters

    #: what is given as ``args`` or ``kwargs``: where it is written, or what it is; None where it is not given
    Given = Entry | Value | None

#: What else than options gives a task arguments; None stands for ``**``.
_PAIR = (None, "args", "kwargs")
#: The methods whose own arguments are those of the task.
_DIRECT = frozenset({"()", "delay", "delay_on_commit", "s", "si"})


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
ANYTHING = Arguments(more_positional=True, more_names=True)


def by_name(call: ast.Call, site: Site, parameters: Iterable[str]) -> Mapping:
    """What a call gives the parameters of a function, by their names; incomplete where not all can be seen.

    :param parameters: those that can be given by position, in their order.
    """
    given = keywords_of(call, site)
    for name, argument in zip(parameters, call.args, strict=False):
        if isinstance(argument, ast.Starred):
            return Mapping(given.entries, complete=False)
        given = given.merged(Mapping({name: Entry(argument, site)}))
    return given


def of_call(call: ast.Call, site: Site) -> Arguments:
    """The arguments of ``t.delay(…)``, ``t.s(…)`` or ``t(…)``: those of the call itself."""
    positional = _counted(call.args, site)
    return _with_names(positional, keywords_of(call, site))


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
        return ANYTHING  # chord(header)(body, …)
    return _given_by(dispatch)


def of_signature(signature: Signature) -> Arguments:
    """The arguments that a signature holds."""
    return ANYTHING if signature.is_changed or _is_refilled(signature) else _given_by(signature)


def _given_by(sent: Dispatch | Signature) -> Arguments:
    if sent.method in _DIRECT:
        return of_call(call_of(sent), sent.site)
    args, kwargs = _pair(sent)
    return of_pair(args, kwargs, sent.site)


def call_of(sent: Dispatch | Signature) -> ast.Call:
    """The call that is given the arguments."""
    return sent.call if isinstance(sent, Signature) else sent.node


def each_in(sent: Dispatch | Signature) -> Iterator[Entry]:
    """Where every argument of the task is written that is seen in a dispatch or signature."""
    call = call_of(sent)
    if sent.method in _DIRECT:
        yield from (Entry(node, sent.site) for node in call.args if not isinstance(node, ast.Starred))
        yield from keywords_of(call, sent.site).entries.values()
        return
    args, kwargs = pair_of(sent)
    if args is not None and isinstance(args.node, (ast.List, ast.Tuple)):
        yield from (Entry(node, args.site) for node in args.node.elts if not isinstance(node, ast.Starred))
    elif args is not None and isinstance(items := args.value, Items):
        yield from (Entry(element.node, element.site) for element in items.elements)
    if kwargs is not None and isinstance(words := kwargs.value, Mapping):
        yield from words.entries.values()


def by_parameter(sent: Dispatch | Signature, parameters: Parameters) -> dict[str, Entry] | None:
    """Where each argument of a task is written, by the name of its parameter; None where not all are seen."""
    if isinstance(sent, Dispatch) and isinstance(sent.receiver, Signature):
        if of_dispatch(sent) != NOTHING or _is_refilled(sent.receiver):
            return None
        sent = sent.receiver
    positional, names = _written(sent)
    most = len(parameters.by_position)
    if positional is None or names is None or not names.complete or len(positional) > most:
        return None
    return {**dict(zip(parameters.by_position, positional, strict=False)), **names.entries}


def _written(sent: Dispatch | Signature) -> tuple[list[Entry] | None, Mapping | None]:
    """The positional arguments and those by name; None for those that cannot be seen."""
    call = call_of(sent)
    if sent.method in _DIRECT:
        return _each(call.args, sent.site), keywords_of(call, sent.site)
    args, kwargs = _pair(sent)
    names = _of_kwargs(kwargs)
    if args is None:
        return [], names
    if isinstance(args, Entry) and isinstance(args.node, (ast.List, ast.Tuple)):
        return _each(args.node.elts, args.site), names
    return None, names


def _each(nodes: list[ast.expr], site: Site) -> list[Entry] | None:
    return None if any(isinstance(node, ast.Starred) for node in nodes) else [Entry(node, site) for node in nodes]


def _is_refilled(signature: Signature) -> bool:
    """Whether ``clone`` gave it more arguments than the call that made it."""
    node = signature.node
    while node is not signature.call:
        if not isinstance(node.func, ast.Attribute):
            return True
        if node.func.attr == "clone" and (node.args or any(word.arg in _PAIR for word in node.keywords)):
            return True
        inner = value_of(node.func.value, signature.site)
        if not isinstance(inner, Signature) or inner.node is node:
            return True
        node = inner.node
    return False


def pair_of(sent: Dispatch | Signature) -> tuple[Entry | None, Entry | None]:
    """Where a call that takes them so is given ``args`` and ``kwargs``; None for what is not given or seen."""
    args, kwargs = _pair(sent)
    return (args if isinstance(args, Entry) else None), (kwargs if isinstance(kwargs, Entry) else None)


def _pair(sent: Dispatch | Signature) -> tuple[Given, Given]:
    """What is given as ``args`` and ``kwargs``; UNKNOWN for what may be hidden."""
    parameters = _parameters(sent)
    if not parameters:
        return UNKNOWN, UNKNOWN
    given = by_name(call_of(sent), sent.site, parameters)
    hidden = None if given.complete else UNKNOWN
    return given.get("args") or hidden, given.get("kwargs") or hidden


def _parameters(sent: Dispatch | Signature) -> tuple[str, ...]:
    """What ``t.apply_async(args)``, ``signature(t, args)`` and ``send_task("t", args)`` take by position."""
    if isinstance(sent, Dispatch):
        return ("name", "args", "kwargs") if sent.method == "send_task" else ("args", "kwargs")
    if sent.method not in ("signature", "subtask"):
        return ()
    function = sent.call.func
    receiver = value_of(function.value, sent.site) if isinstance(function, ast.Attribute) else UNKNOWN
    return ("args", "kwargs") if isinstance(receiver, (Task, UnreadableTask)) else ("varies", "args", "kwargs")


def _of_args(args: Given, site: Site) -> Arguments:
    if args is None:
        return NOTHING
    if not isinstance(args, Value):
        if isinstance(args.node, (ast.List, ast.Tuple)):
            return _counted(args.node.elts, args.site)
        if isinstance(args.node, (ast.Set, ast.SetComp, ast.GeneratorExp)):
            return Arguments(more_positional=True)  # Celery refuses them before it counts
        args = args.value
    if isinstance(args, Constant) and args.value is None:
        return NOTHING
    if isinstance(args, Items) and all(loops.is_certain(element, site) for element in args.elements):
        return Arguments(len(args.elements), more_positional=not args.complete)
    return Arguments(more_positional=True)


def _of_kwargs(kwargs: Given) -> Mapping:
    if kwargs is None:
        return Mapping({})
    value = kwargs if isinstance(kwargs, Value) else kwargs.value
    if isinstance(value, Constant) and value.value is None:
        return Mapping({})
    return value if isinstance(value, Mapping) else Mapping({}, complete=False)


def _counted(given: list[ast.expr], site: Site) -> Arguments:
    count, more = 0, False
    for argument in given:
        if not isinstance(argument, ast.Starred):
            count += 1
            continue
        unpacked = _of_args(value_of(argument.value, site), site)
        count, more = count + unpacked.positional, more or unpacked.more_positional
    return Arguments(count, more_positional=more)


def _with_names(positional: Arguments, names: Mapping) -> Arguments:
    return positional._replace(names=tuple(names.entries), more_names=not names.complete)

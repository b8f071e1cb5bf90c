"""Receivers of Celery's signals: which are gone before they are called, and which cannot take what is sent.

A signal refers to its receivers weakly and calls them by keyword, observed in ``tests/behaviour/test_signals.py``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part, reaching
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import keyword_of, without_call
from flake8_aa_celery.model.configuration.namespaces import is_app
from flake8_aa_celery.model.knowledge.celery_signals import ALWAYS, SENT, SENT_BY_APP
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Function, Instance, Lambda, Mapping, Partial, parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Value

    What = Literal["lambda", "local function", "partial", "method"]

_CONNECT = frozenset({"connect"})
_SIGNALS = "celery.signals."
#: What a function calls that does not end before the worker does: what is local to it stays until then.
_FOR_LONG = frozenset({"join", "loop", "run", "run_forever", "start", "worker_main"})
#: How the value of a key of ``**kwargs`` is asked for.
_LOOKS_UP = frozenset({"get", "pop"})


#: What any signal sends.
_SENT_BY_ANY = frozenset(name for sent in SENT.values() for name in sent)


class SignalReceiver(NamedTuple):
    """Something that is connected to a signal of Celery's.

    :param signal: the name of the signal.
    :param sent: what the signal sends by keyword; None where that is not known.
    :param given: the expression that is connected; None for a decorated function.
    :param value: what is connected.
    :param connect: the call of ``connect``, or the decorator.
    :param options: what ``connect`` is given beside.
    """

    signal: str
    sent: tuple[str, ...] | None
    given: ast.expr | None
    value: Value
    connect: ast.expr
    options: Mapping
    site: Site

    @property
    def node(self) -> ast.expr:
        """Where it is connected."""
        return self.connect


class LostReceiver(NamedTuple):
    """A receiver that nothing keeps.

    :param what: what it is.
    :param node: where it is connected.
    """

    what: What
    node: ast.expr
    receiver: SignalReceiver


class RefusedReceiver(NamedTuple):
    """A receiver that cannot take what its signal sends, or does nothing with it.

    :param node: where to report it.
    :param name: what the function is called; empty for a lambda.
    :param missing: what it demands or reads that is not sent; empty where it takes no ``**kwargs``.
    :param is_demanded: whether it cannot be called without that.
    :param is_coroutine: whether calling it is all that is done, and nothing runs.
    """

    node: ast.expr | ast.stmt
    name: str
    missing: str
    is_demanded: bool
    receiver: SignalReceiver
    is_coroutine: bool = False


@fact
def signal_receivers_of(module: Module) -> list[SignalReceiver]:
    """Everything that a module connects to a signal of Celery's, in the order of the source."""
    found = [*_by_decorators(module), *_by_calls(module)]
    return sorted(found, key=lambda receiver: (receiver.connect.lineno, receiver.connect.col_offset))


def _by_decorators(module: Module) -> Iterator[SignalReceiver]:
    for node, site in module.scopes.functions:
        for decorator in node.decorator_list:
            signal = _signal(without_call(decorator), site)
            if signal is not None:
                options = keywords_of(decorator, site) if isinstance(decorator, ast.Call) else Mapping({})
                connects = all(_signal(without_call(other), site) for other in node.decorator_list)
                value = Function(node, site) if connects else UNKNOWN
                yield SignalReceiver(*signal, None, value, decorator, options, site)


def _by_calls(module: Module) -> Iterator[SignalReceiver]:
    for call in module.calls_of(_CONNECT):
        given = call.node.args[0] if call.node.args else keyword_of(call.node, "receiver")
        signal = _signal(call.node.func, call.site) if given is not None else None
        if signal is not None and given is not None:
            options = keywords_of(call.node, call.site)
            yield SignalReceiver(*signal, given, value_of(given, call.site), call.node, options, call.site)


def _signal(connect: ast.expr, site: Site) -> tuple[str, tuple[str, ...] | None] | None:
    """The signal of Celery's whose ``connect`` an expression is: its name, and what it sends."""
    if not isinstance(connect, ast.Attribute) or connect.attr not in _CONNECT:
        return None
    signal = connect.value
    origin = site.module.origin(signal, site) or ""
    if origin.startswith(_SIGNALS):
        name = last_part(origin)
        return name, SENT.get(name)
    if isinstance(signal, ast.Attribute) and signal.attr in SENT_BY_APP and is_app(signal.value, site):
        return signal.attr, SENT_BY_APP[signal.attr]
    return None


# -- which are gone ---------------------------------------------------------------------------------------------


@fact
def lost_receivers_of(module: Module) -> list[LostReceiver]:
    """The receivers that a module connects and that nothing but the signal refers to."""
    found: list[LostReceiver] = []
    for receiver in signal_receivers_of(module):
        what = _lost(receiver) if _is_weak(receiver.options) else None
        if what is not None:
            found.append(LostReceiver(what, receiver.given or receiver.connect, receiver))
    return found


def _is_weak(options: Mapping) -> bool:
    return options.lacks("weak") or options.constant("weak") is True


def _lost(receiver: SignalReceiver) -> What | None:
    """What a receiver is that is gone at once; None where something keeps it, or may."""
    given = receiver.given
    if given is None:
        function = receiver.value
        is_local = isinstance(function, Function) and _is_local(function.node.name, receiver.site)
        return "local function" if is_local else None
    if isinstance(given, ast.Lambda):
        return "lambda"
    if isinstance(given, ast.Call):
        return "partial" if isinstance(receiver.value, Partial) else None
    if isinstance(given, ast.Attribute) and isinstance(given.value, ast.Call):
        return "method" if isinstance(value_of(given.value, receiver.site), Instance) else None
    if isinstance(given, ast.Name) and _is_local(given.id, receiver.site):
        return _local(given.id, receiver.site)
    return None


def _local(name: str, site: Site) -> What | None:
    """What a name of a function is bound to that goes with the function."""
    bindings = reaching(name, site)
    if len(bindings) != 1:
        return None
    if isinstance(bindings[0].node, FUNCTIONS):
        return "local function"
    return "lambda" if isinstance(bindings[0].value, ast.Lambda) else None


def _is_local(name: str, site: Site) -> bool:
    """Whether a name is bound in a function that ends, and that does not hand on what the name means."""
    scope = site.scope
    if scope.kind != "function" or scope.owner_of(name) is not scope or name in scope.foreign:
        return False
    return not _is_kept(name, scope) and not any(call.name in _FOR_LONG for call in scope.calls)


def _is_kept(name: str, scope: Scope) -> bool:
    """Whether a function uses a name for anything but to connect it."""
    connected = {
        id(part)
        for call in scope.calls
        if call.name in _CONNECT
        for part in (*call.node.args, *(keyword.value for keyword in call.node.keywords))
    }
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) and id(node) not in connected
        for node in ast.walk(scope.node)
    )


# -- which are refused ------------------------------------------------------------------------------------------


@fact
def refused_receivers_of(module: Module) -> list[RefusedReceiver]:
    """The receivers that a module connects and that cannot take what their signal sends, each function once."""
    found: dict[int, RefusedReceiver] = {}
    for receiver in signal_receivers_of(module):
        refused = _refused(receiver, module)
        if refused is not None:
            found.setdefault(id(refused.node), refused)
    return list(found.values())


def _refused(receiver: SignalReceiver, module: Module) -> RefusedReceiver | None:
    value = receiver.value
    if not isinstance(value, (Function, Lambda)):
        return None
    if isinstance(value, Function) and not _is_called_so(value, receiver):
        return None
    node = value.node if value.module is module or receiver.given is None else receiver.given
    name = value.node.name if isinstance(value, Function) else ""
    if value.node.args.kwarg is None:
        return RefusedReceiver(node, name, "", True, receiver)
    if isinstance(value.node, ast.AsyncFunctionDef):
        return RefusedReceiver(node, name, "", False, receiver, is_coroutine=True)
    if receiver.sent is None:
        return None
    known = {*receiver.sent, *ALWAYS}
    demanded = [word for word in _demanded(value.node.args) if word not in known]
    if demanded:
        return RefusedReceiver(node, name, demanded[0], True, receiver)
    read = next((word for word in _read(value.node) if word not in known), None)
    if read is None and isinstance(value, Function):
        read = next((word for word in _awaited(value, receiver) if word not in known), None)
    return RefusedReceiver(node, name, read, False, receiver) if read is not None else None


def _is_called_so(function: Function, receiver: SignalReceiver) -> bool:
    """Whether a function is called as its ``def`` says: it is no method, and no decorator changes it."""
    return function.site.scope.kind != "class" and (receiver.given is None or function.is_plain)


def _demanded(arguments: ast.arguments) -> list[str]:
    """The parameters without a default that can be given by keyword, in their order."""
    parameters = parameters_of(arguments)
    return [name for name in (*parameters.positional, *parameters.keyword_only) if name in parameters.required]


def _awaited(function: Function, receiver: SignalReceiver) -> Iterator[str]:
    """What a function that one signal alone calls reads of parameters that other signals send, None unless given."""
    if _is_used_elsewhere(function, receiver):
        return
    used, minded = _used_names(function.node)
    for parameter, default in _with_defaults(function.node.args):
        is_none = isinstance(default, ast.Constant) and default.value is None
        if is_none and parameter in _SENT_BY_ANY and parameter in used - minded:
            yield parameter


def _used_names(function: FunctionNode) -> tuple[set[str], set[str]]:
    """The names that a function reads, and those of them that it sets, or looks at before it uses them."""
    used: set[str] = set()
    minded: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else minded).add(node.id)
        elif isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert)):
            minded.update(_names_in(node.test))
        elif isinstance(node, ast.BoolOp):
            minded.update(_names_in(node))
    return used, minded


def _names_in(node: ast.expr) -> Iterator[str]:
    return (part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _with_defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr | None]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = [None] * (len(positional) - len(arguments.defaults))
    defaults = [*without, *arguments.defaults, *arguments.kw_defaults]
    for parameter, default in zip([*positional, *arguments.kwonlyargs], defaults, strict=True):
        yield parameter.arg, default


def _is_used_elsewhere(function: Function, receiver: SignalReceiver) -> bool:
    """Whether a function may be called by others than this one signal of its own module."""
    module, name = function.module, function.node.name
    if module is not receiver.site.module:
        return True
    decorators = len(function.node.decorator_list)
    named = sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(module.tree))
    return decorators + named != 1


def _read(function: FunctionNode | ast.Lambda) -> Iterator[str]:
    """What a function takes out of its ``**kwargs``: ``kwargs["args"]``, ``kwargs.get("args")``."""
    keywords = function.args.kwarg.arg if function.args.kwarg else ""
    if any(isinstance(node, ast.Name) and node.id == keywords and not _is_loaded(node) for node in ast.walk(function)):
        return
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and _is_loaded(node):
            owner, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKS_UP:
            owner, key = node.func.value, node.args[0] if node.args else node
        else:
            continue
        text = key.value if isinstance(key, ast.Constant) else None
        if isinstance(owner, ast.Name) and owner.id == keywords and isinstance(text, str):
            yield text


def _is_loaded(node: ast.Name | ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Load)

"""What a call of a function of the project returns: what its ``return`` statements are, in the place of the call."""

from __future__ import annotations

import ast
from types import NoneType
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.frames import Frame
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import Site
from flake8_aa_celery.model.code.syntax import choices_in, without_call
from flake8_aa_celery.model.knowledge import django, standard_library
from flake8_aa_celery.model.resolve.annotations import value_of_annotation
from flake8_aa_celery.model.resolve.bindings import common
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.liveness import dead_statements
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    BoundMethod,
    Class,
    Constant,
    Element,
    Entry,
    Expression,
    Function,
    Instance,
    Items,
    Known,
    Lambda,
    Mapping,
    Origin,
    Partial,
    Rows,
    Task,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from flake8_aa_celery.model.code.scopes import Scope

#: Decorators of libraries that leave alone what a function returns.
_TRANSPARENT = standard_library.LEAVES_RESULT | django.LEAVES_RESULT
#: So many calls are looked into for the sake of one question; what is beyond them is unknown.
_MOST_FRAMES = 100
#: Of a function with more ways to return none is followed.
_MOST_RETURNS = 20


class _Given:
    """The arguments of a call, one after the other and by name.

    :param node: the call; None for a property, which is given nothing.
    """

    def __init__(self, node: ast.Call | None, site: Site, first: Value | None) -> None:
        self.positional: list[object] = [] if first is None else [first]
        self.complete = True
        self.named: dict[str, object] = {}
        for argument in node.args if node else ():
            self._add(argument, site)
        if node is not None:
            named = keywords_of(node, site)
            self.named = dict(named.entries)
            self.complete = self.complete and named.complete

    def _add(self, argument: ast.expr, site: Site) -> None:
        if not isinstance(argument, ast.Starred):
            self.positional.append(Expression(argument, site))
            return
        items = value_of(argument.value, site)
        if isinstance(items, Items):
            self.positional += items.elements
        self.complete = self.complete and isinstance(items, Items) and items.complete

    def bound_to(self, arguments: ast.arguments, site: Site) -> dict[str, object]:
        """What each parameter is, by its name; those are left out that are not known.

        :param site: where the function is defined: there its defaults stand.
        """
        positional = [*arguments.posonlyargs, *arguments.args]
        found: dict[str, object] = {}
        for parameter, given in zip(positional, self.positional, strict=False):
            found[parameter.arg] = given
        named = dict(self.named)
        for parameter in (*positional, *arguments.kwonlyargs):
            if parameter.arg in named:
                found[parameter.arg] = named.pop(parameter.arg)
        rest = self.positional[len(positional) :]
        if arguments.vararg is not None and self.complete:
            found[arguments.vararg.arg] = _items(rest)
        if arguments.kwarg is not None and self.complete:
            found[arguments.kwarg.arg] = Mapping({key: each for key, each in named.items() if isinstance(each, Entry)})
        if self.complete:
            for name, default in _defaults(arguments).items():
                found.setdefault(name, Expression(default, site))
        return found


def _items(values: list[object]) -> Value:
    elements = [
        each if isinstance(each, Known) else Element(each.node, each.site)
        for each in values
        if isinstance(each, Expression)
    ]
    return Items(tuple(elements), complete=len(elements) == len(values))


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    found = dict(
        zip(
            (each.arg for each in positional[len(positional) - len(arguments.defaults) :]),
            arguments.defaults,
            strict=True,
        )
    )
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found[parameter.arg] = default
    return found


def frame_of(called: Value, node: ast.Call | None, site: Site) -> Frame | None:
    """The frame of a call of a function, method or lambda of the project; None where it is none of these.

    :param node: the call; None for a property.
    :param site: where the call stands.
    """
    receiver = called.receiver if isinstance(called, BoundMethod) else None
    function = called.function if isinstance(called, BoundMethod) else called
    if isinstance(function, Partial):
        return _frame_of_partial(function, node, site)
    if not isinstance(function, (Function, Lambda, Task)):
        return None
    scope = function.module.scopes.by_node[function.node]
    arguments = _Given(node, site, receiver).bound_to(function.node.args, function.site)
    return Frame(scope, arguments, function.site.frame, _key(arguments), site)


def applied(called: Value, function_given: Function, site: Site) -> Value:
    """What a decorator of the project returns that is called with a function.

    :param site: where the function is defined.
    """
    argument = Known(function_given.node.decorator_list[0], site, function_given)
    receiver = called.receiver if isinstance(called, BoundMethod) else None
    function = called.function if isinstance(called, BoundMethod) else called
    if not isinstance(function, (Function, Lambda)) or (
        isinstance(function, Function) and not is_transparent(function)
    ):
        return UNKNOWN
    given = _Given(None, site, receiver)
    given.positional.append(argument)
    arguments = given.bound_to(function.node.args, function.site)
    scope = function.module.scopes.by_node[function.node]
    return _of_frame(Frame(scope, arguments, function.site.frame, _key(arguments), site), site)


def _frame_of_partial(partial: Partial, node: ast.Call | None, site: Site) -> Frame | None:
    """The frame of a call of ``partial(f, x)``: the arguments of both."""
    inner = partial.node
    made = ast.Call(inner.func, [*inner.args[1:], *(node.args if node else ())], [*inner.keywords])
    return (
        frame_of(partial.called, ast.copy_location(made, inner), partial.site)
        if node is None or not node.args
        else None
    )


def _key(arguments: dict[str, object]) -> tuple[tuple[str, Hashable], ...]:
    return tuple((name, _identity(given)) for name, given in sorted(arguments.items()))


def _identity(given: object) -> Hashable:
    """What tells an argument from others, as far as it decides anything; None for what is not known."""
    value = given.value if isinstance(given, Expression) else given
    if isinstance(value, Constant):
        # a function that counts its own calls is given another number each time: those that are written out count
        is_plain = isinstance(value.value, (bool, str, NoneType)) or _is_written_out(given)
        return repr(value.value) if is_plain else None
    if isinstance(value, (Class, Function, Lambda, Task)):
        return id(value.node), value.site.frame and value.site.frame.key
    if isinstance(value, Instance):
        return "instance", id(value.of.node)
    if isinstance(value, Rows):
        return "rows", value.model and id(value.model.node), tuple(id(each.node) for each in value.classes)
    if isinstance(value, BoundMethod):
        return id(value.function.node), _identity(value.receiver)
    if isinstance(value, Origin):
        return value.dotted
    return None


def _is_written_out(given: object) -> bool:
    """Whether an argument is a number as it stands in the source, or what a name stands for."""
    return isinstance(given, Expression) and isinstance(given.node, (ast.Constant, ast.Name, ast.Attribute))


def returned(called: Value, node: ast.Call | None, site: Site) -> Value:
    """What a call of a function, method or lambda of the project returns."""
    project = site.module.project
    if project.depth <= 1:
        project.frames = 0
    if project.frames > _MOST_FRAMES:
        return UNKNOWN
    project.frames += 1
    if isinstance(called, Function) and not is_transparent(called):
        return UNKNOWN
    if isinstance(called, BoundMethod) and not is_transparent(called.function):
        return UNKNOWN
    frame = frame_of(called, node, site)
    return UNKNOWN if frame is None else _of_frame(frame, site)


def _of_frame(frame: Frame, site: Site) -> Value:
    """What a function returns in a call."""
    if isinstance(frame.scope.node, ast.Lambda):
        inside = frame.scope.block
        return value_of(frame.scope.node.body, Site(inside, site.statement, site.order, frame))
    return _of_function(frame)


def _of_function(frame: Frame) -> Value:
    found = _of_body(frame)
    annotation = getattr(frame.scope.node, "returns", None)
    site = frame.scope.block.site
    if found is not UNKNOWN or annotation is None or site is None or frame.scope.yields:
        return found
    return value_of_annotation(annotation, site)


def _of_body(frame: Frame) -> Value:
    scope = frame.scope
    if scope.yields or len(scope.returns) > _MOST_RETURNS or _is_stub(scope):
        return UNKNOWN
    active = _active(scope)
    if frame.key in active:
        return UNKNOWN  # it calls itself
    active.add(frame.key)
    try:
        return _of_returns(frame)
    finally:
        active.discard(frame.key)


def _is_stub(scope: Scope) -> bool:
    """Whether a function says nothing of what it does: ``...``, or ``raise NotImplementedError``."""
    body = getattr(scope.node, "body", None)
    last = body[-1] if isinstance(body, list) else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant):
        return all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in body or ())
    raised = without_call(last.exc) if isinstance(last, ast.Raise) and last.exc is not None else None
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


@fact
def _active(scope: Scope) -> set[Hashable]:
    """The calls of a function that are being looked into."""
    return set()


def _of_returns(frame: Frame) -> Value:
    dead = dead_statements(frame.scope, frame)
    returns = [(node, site) for node, site in frame.scope.returns if not is_dead(site, dead)]
    values = [value_of(node.value, site.framed(frame)) for node, site in returns if node.value is not None]
    if not values:
        return Constant(None)
    known = [value for value in values if not (isinstance(value, Constant) and value.value is None)]
    found = common(known or values)
    # what is falsy, or a number, is another thing than None to whoever asks for it
    optional = len(known) < len(values) or _falls_through(frame.scope)
    return UNKNOWN if optional and isinstance(found, (Constant, Mapping, Items)) and known else found


def is_dead(site: Site, dead: frozenset[ast.stmt]) -> bool:
    """Whether a place lies in a statement that cannot run."""
    if not dead:
        return False
    return site.statement in dead or any(
        block.site is not None and block.site.statement in dead for block in site.block.around()
    )


def _falls_through(scope: Scope) -> bool:
    """Whether the end of a function may be reached, where it returns None."""
    body = getattr(scope.node, "body", None)
    return isinstance(body, list) and _may_end(body[-1])


def _may_end(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Return, ast.Raise)):
        return False
    if isinstance(statement, ast.If):
        choices = choices_in(statement)
        otherwise = choices[-1].orelse
        return not otherwise or _may_end(otherwise[-1]) or any(_may_end(each.body[-1]) for each in choices)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return _may_end(statement.body[-1])
    if isinstance(statement, ast.Try):
        last = statement.orelse or statement.body
        return _may_end(last[-1]) or any(_may_end(handler.body[-1]) for handler in statement.handlers)
    return True


def is_transparent(function: Function) -> bool:
    """Whether the decorators of a function leave alone what it returns."""
    for decorator in function.node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        origin = function.module.origin(target, function.site)
        if origin not in _TRANSPARENT and not (isinstance(target, ast.Attribute) and target.attr == "setter"):
            return False
    return True

"""What a function runs: its calls one after the other, and for each the functions of the project that it leads to."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import imported_name, reaching
from flake8_aa_celery.model.code.scopes import CallSite, Site
from flake8_aa_celery.model.code.syntax import given_to
from flake8_aa_celery.model.effects.methods import only_method
from flake8_aa_celery.model.knowledge import django, standard_library
from flake8_aa_celery.model.resolve.attributes import attribute_of
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.liveness import dead_statements
from flake8_aa_celery.model.resolve.prefilters import LOCAL_RUNS
from flake8_aa_celery.model.resolve.returns import frame_of, is_dead
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    BoundMethod,
    Class,
    Function,
    Instance,
    Lambda,
    Partial,
    Task,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from flake8_aa_celery.model.code.frames import Frame
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Binding, Scope

#: Methods of libraries that call what they are given, here and now.
_CALLERS = django.CALLERS | standard_library.CALLERS
#: How a name is bound to something that can be called: by a definition, or to something that is one already.
_DEFINED = re.compile(rb"(?:def|class)[ \t]+([A-Za-z_]\w*)")
_FUNCTIONS = (BoundMethod, Function, Lambda, Partial)


class Body(NamedTuple):
    """A function of the project as it is called somewhere.

    :param scope: the function.
    :param frame: what it is called with; None where nothing is known of that.
    """

    scope: Scope
    frame: Frame | None = None

    @property
    def key(self) -> tuple[int, Hashable]:
        """What tells it from others."""
        return id(self.scope), self.frame.key if self.frame else ()

    @property
    def name(self) -> str:
        """The name of the function."""
        return str(getattr(self.scope.node, "name", "lambda"))


class Step:
    """A call in the body of a function.

    :param call: the call, at its place in this body.
    :param callees: what is known already of the functions that it runs.
    """

    __slots__ = ("_callees", "_handed", "call")

    def __init__(self, call: CallSite, callees: tuple[Body, ...] | None = None) -> None:
        self.call = call
        self._callees = callees
        self._handed: tuple[Body, ...] | None = None

    @property
    def callees(self) -> tuple[Body, ...]:
        """The functions of the project that it runs."""
        if self._callees is None:
            self._callees = tuple(callees_of(self.call))
        return self._callees

    @property
    def handed(self) -> tuple[Body, ...]:
        """Those that it hands to somebody who may run them some time."""
        if self._handed is None:
            self._handed = tuple(_handed(self.call))
        return self._handed


def steps_of(body: Body) -> list[Step]:
    """The calls that run as part of a function, those in its comprehensions included, without what cannot run."""
    frame = body.frame
    calls = [call for part in body.scope.frame() for call in part.calls]
    if frame is not None:
        dead = dead_statements(body.scope, frame)
        calls = [
            CallSite(call.node, call.site.framed(frame), call.name) for call in calls if not is_dead(call.site, dead)
        ]
    calls.sort(key=lambda call: (call.node.lineno, call.node.col_offset))
    return [Step(call) for call in calls]


def callees_of(call: CallSite) -> Iterator[Body]:
    """The functions of the project that a call runs."""
    function, site = call.node.func, call.site
    if not may_lead_on(call):
        return
    wrapped = _made_synchronous(function, site)
    called = value_of(wrapped or function, site)
    if called is UNKNOWN and isinstance(function, ast.Attribute):
        called = _of_unknown(function, site)
    for each in _run_by(called, function, site):
        body = _body(each, call.node, site)
        if body is not None and (wrapped or _is_awaited(body, call)):
            yield body


def may_lead_on(call: CallSite) -> bool:
    """Whether a call may run a function of the project, by its name: most are of Python's own, or of a library."""
    function, module = call.node.func, call.site.module
    if isinstance(function, ast.Attribute):
        return function.attr in _function_names(module.project) or function.attr in LOCAL_RUNS
    if isinstance(function, ast.Name):
        return any(_may_be_called(function.id, binding, module) for binding in reaching(function.id, call.site))
    return True


def _may_be_called(name: str, binding: Binding, module: Module) -> bool:
    if not isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        return True
    return module.project.has(imported_name(name, binding.node), module)


@fact
def _function_names(project: Project) -> frozenset[str]:
    """The names of the functions and classes that the files of a project define, and of what they give other names."""
    found: set[bytes] = set()
    for _, data in project.files:
        found.update(_DEFINED.findall(data))
    return frozenset(name.decode() for name in found)


def _of_unknown(function: ast.Attribute, site: Site) -> Value:
    """What a method of something unknown is: a task that is run here, or the only method of that name."""
    if function.attr in LOCAL_RUNS:
        owner = value_of(function.value, site)
        if isinstance(owner, Task):
            return owner
    return only_method(function, site)


def _run_by(called: Value, function: ast.expr, site: Site) -> Iterator[Value]:
    if isinstance(called, (*_FUNCTIONS, Task)):
        yield called
    elif isinstance(called, Class):
        made = attribute_of(Instance(called, is_exact=True), "__init__", site)
        yield from [made] if isinstance(made, BoundMethod) else []
    elif isinstance(called, Instance):
        method = attribute_of(called, "__call__", site)
        yield from [method] if isinstance(method, BoundMethod) else []


def _body(called: Value, node: ast.Call | None, site: Site) -> Body | None:
    frame = frame_of(called, node, site)
    if frame is None:
        return None
    return Body(frame.scope, frame if frame.is_known else None)


def _made_synchronous(function: ast.expr, site: Site) -> ast.expr | None:
    """``f`` in ``async_to_sync(f)(…)``."""
    if isinstance(function, ast.Call) and function.args:
        return function.args[0] if site.module.origin(function.func, site) == django.SYNCHRONOUS else None
    return None


def _handed(call: CallSite) -> Iterator[Body]:
    """The functions of the project that a call hands on."""
    for argument in given_to(call.node):
        if _may_be_function(argument, call.site):
            value = value_of(argument, call.site)
            if isinstance(value, _FUNCTIONS):
                body = _body(value, None, call.site)
                yield from [body] if body else []


def _may_be_function(node: ast.expr, site: Site) -> bool:
    """Whether an expression may be a function of the project, by its form: most arguments are none."""
    if isinstance(node, ast.Name):
        return any(
            binding.kind in ("function", "import") or (binding.kind == "parameter" and site.frame is not None)
            for binding in reaching(node.id, site)
        )
    if isinstance(node, ast.Attribute):
        return node.attr in _method_names(site.module)
    if isinstance(node, ast.Call):
        return isinstance(node.func, (ast.Name, ast.Attribute)) and ast.unparse(node.func).endswith("partial")
    return isinstance(node, ast.Lambda)


@fact
def _method_names(module: Module) -> frozenset[str]:
    """The names of the methods of a module, which it may hand on by ``self``."""
    return frozenset(node.name for node, site in module.scopes.functions if site.scope.kind == "class")


def runs_what_it_is_handed(step: Step) -> bool:
    """Whether a call runs the function that it is handed before it returns, or soon after, in this process."""
    return step.call.name in _CALLERS


# -- coroutines -------------------------------------------------------------------------------------------------


def _is_awaited(body: Body, call: CallSite) -> bool:
    """Whether a function is no coroutine, or one that is waited for at once."""
    if not isinstance(body.scope.node, ast.AsyncFunctionDef):
        return True
    return id(call.node) in _awaited_in(call.site.scope)


@fact
def _awaited_in(scope: Scope) -> frozenset[int]:
    """The calls of coroutines in a function that are waited for at once."""
    found: set[int] = set()
    for call in scope.calls:
        origin = scope.module.origin(call.node.func, call.site) or ""
        if call.node.args and re.fullmatch(standard_library.DRIVERS, origin):
            found.add(id(call.node.args[0]))
    function = scope.function()
    if function is not None and isinstance(function.node, ast.AsyncFunctionDef):
        found.update(id(node.value) for node in ast.walk(function.node) if isinstance(node, ast.Await))
    return frozenset(found)

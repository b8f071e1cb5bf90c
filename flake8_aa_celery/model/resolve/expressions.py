"""What each kind of expression is: names, attributes, literals, operators, calls.

Asked by :func:`~flake8_aa_celery.model.resolve.evaluation.value_of` alone.
"""

from __future__ import annotations

import ast
import builtins
import operator
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import canonical, last_part, reaching, scope_of
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, FUNCTIONS, Site
from flake8_aa_celery.model.code.syntax import positional_parameters
from flake8_aa_celery.model.knowledge.celery import APPLICATIONS
from flake8_aa_celery.model.resolve import canvas, models
from flake8_aa_celery.model.resolve.applications import (
    application_among_extensions,
    application_stored_as,
    is_celery_extension,
)
from flake8_aa_celery.model.resolve.attributes import attribute_of, enum_kind, own_attribute, value_of_member
from flake8_aa_celery.model.resolve.bindings import (
    common,
    is_read_whole,
    member_of,
    star_imported,
    value_of_name,
)
from flake8_aa_celery.model.resolve.classes import class_around, is_reshaped, lineage, mro
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.modules import is_settings_module
from flake8_aa_celery.model.resolve.registration import registered
from flake8_aa_celery.model.resolve.returns import returned
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    App,
    BoundMethod,
    Class,
    Constant,
    Element,
    Entry,
    Function,
    Instance,
    Items,
    Lambda,
    ManagerClass,
    Mapping,
    Member,
    ModuleValue,
    NamedTask,
    Origin,
    Partial,
    Registrar,
    Rows,
    RowsMethod,
    Several,
    Super,
    Task,
    UnreadableTask,
    Value,
    is_data,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


_ARITHMETIC: dict[type[ast.operator], Callable[[int | float, int | float], int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
#: Larger results are not computed: nobody writes a priority or a countdown like that.
_LARGEST = 10**15
#: Longer texts are not put together: one that is made of itself twice, line by line, would grow beyond all bounds.
_LONGEST = 10_000

#: What stands for what a function returns that it is given.
_PROXIES = frozenset({"celery.local.PromiseProxy", "celery.local.Proxy", "werkzeug.local.LocalProxy"})
_BUILTIN = frozenset(dir(builtins))
_LIST_MAKERS = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.reversed", "builtins.sorted"})


# -- names --------------------------------------------------------------------------------------------------


def _name(node: ast.Name, site: Site) -> Value:
    bindings = reaching(node.id, site)
    value = value_of_name(node.id, bindings, site) if bindings else _unbound(node.id, site)
    is_open = value is UNKNOWN or isinstance(value, Origin)
    return App() if is_open and _is_named_application(node.id, site) else value


def _is_named_application(name: str, site: Site) -> bool:
    """Whether the settings say that a name of the module is a Celery application."""
    apps = site.module.project.settings.celery_apps
    if not apps or f"{site.module.dotted}.{name}" not in apps:
        return False
    return scope_of(name, site) in (None, site.module.scopes.module)


def _unbound(name: str, site: Site) -> Value:
    if name == "__name__":
        return Constant(site.module.dotted)
    if name == "crontab" and is_settings_module(site.module):
        # local settings take it from `from .base import *`, and nobody repeats the imports in an excerpt
        return Origin("celery.schedules.crontab")
    if scope_of(name, site) is not None:
        return UNKNOWN
    starred = star_imported(site.module, name, site)
    # a package has the modules in it as its attributes, from when they are imported
    submodule = site.module.project.submodule(site.module.path, name)
    if starred is not None:
        return starred if submodule is None else UNKNOWN
    if submodule is not None:
        return ModuleValue(f"{site.module.dotted}.{name}", submodule) if is_read_whole(site.module) else UNKNOWN
    return Origin(f"builtins.{name}") if name in _BUILTIN else UNKNOWN


# -- attributes and items -----------------------------------------------------------------------------------


def _attribute(node: ast.Attribute, site: Site) -> Value:
    base = value_of(node.value, site)
    if isinstance(base, ModuleValue):
        scopes = site.module.scopes
        if node.attr in scopes.stored_attributes:
            return UNKNOWN
        value = member_of(base, node.attr, site.module)
        is_changed = node.attr in scopes.altered_attributes or base.dotted.rpartition(".")[2] in scopes.freely_stored
        return UNKNOWN if is_changed and is_data(value) else value
    if (base is UNKNOWN or isinstance(base, Origin)) and "celery" in node.attr:
        application = application_stored_as(node.attr, site.module.project)
        if application is not None and not (isinstance(base, Origin) and base.dotted == "celery"):
            return application
    if isinstance(base, Origin):
        return _origin(f"{base.dotted}.{node.attr}")
    if isinstance(base, Task) and node.attr == "name":
        name = base.registered_name
        return UNKNOWN if name is None else Constant(name)
    if node.attr == "value" and isinstance(node.value, ast.Attribute):
        owner = value_of(node.value.value, site)
        if isinstance(owner, Class) and enum_kind(owner) is not None:
            return _value_of_member(owner, node.value.attr, site)
    return attribute_of(base, node.attr, site) or UNKNOWN


def _value_of_member(owner: Class, name: str, site: Site) -> Value:
    """``Priority.HIGH.value`` of an enum."""
    is_known = name not in site.module.scopes.stored_attributes and not is_reshaped(owner, site.module)
    return value_of_member(owner, name) if is_known else UNKNOWN


def _subscript(node: ast.Subscript, site: Site) -> Value:
    base = value_of(node.value, site)
    if isinstance(base, Rows):
        if isinstance(node.slice, ast.Slice):
            return base
        return Instance(base.model) if base.model is not None else UNKNOWN
    if isinstance(base, Several):
        return _member_of_tuple(base, node.slice)
    key = value_of(node.slice, site)
    if isinstance(base, Mapping):
        return _looked_up(base, key)
    if isinstance(base, Items):
        return _member_of_list(base, key)
    if isinstance(node.value, ast.Attribute) and node.value.attr == "tasks" and isinstance(key, Constant):
        owner = value_of(node.value.value, site)
        name = key.value if isinstance(key.value, str) else None
        return NamedTask(name, node.slice) if isinstance(owner, App) else UNKNOWN
    kept = application_among_extensions(site.module.project) if is_celery_extension(node) else None
    return kept or UNKNOWN


def _member_of_list(found: Items, index: Value) -> Value:
    """What a list holds at a place, where all of it is known."""
    number = index.value if isinstance(index, Constant) else None
    if type(number) is not int or not found.complete or any(each.loop or each.maybe for each in found.elements):
        return UNKNOWN
    return found.elements[number].value if -len(found.elements) <= number < len(found.elements) else UNKNOWN


def _looked_up(found: Mapping, key: Value) -> Value:
    """What a mapping holds under a key."""
    if not isinstance(key, Constant):
        return _one_of(found)
    entry = found.get(key.value) if isinstance(key.value, str) else None
    return entry.value if entry else UNKNOWN


def _one_of(found: Mapping) -> Value:
    """What a mapping holds under a key that is not known: one of its tasks, where it holds nothing else."""
    if not found.complete or not found.entries:
        return UNKNOWN
    value = common([entry.value for entry in found.entries.values()])
    return value if isinstance(value, (Task, UnreadableTask)) else UNKNOWN


def _member_of_tuple(base: Several, index: ast.expr) -> Value:
    number = index.value if isinstance(index, ast.Constant) else None
    return base.values[number] if isinstance(number, int) and 0 <= number < len(base.values) else UNKNOWN


def _lambda(node: ast.Lambda, site: Site) -> Value:
    return Lambda(node, site)


# -- literals -----------------------------------------------------------------------------------------------


def _constant(node: ast.Constant, site: Site) -> Value:
    return Constant(node.value)


def _text(node: ast.JoinedStr, site: Site) -> Value:
    parts: list[str] = []
    for part in node.values:
        plain = part.value if isinstance(part, ast.FormattedValue) and part.conversion == -1 else part
        if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
            return UNKNOWN
        value = value_of(plain, site)
        if not isinstance(value, Constant) or isinstance(value, Member) or not isinstance(value.value, (str, int)):
            return UNKNOWN
        parts.append(str(value.value))
    return _joined(parts)


def _joined(parts: list[str]) -> Value:
    """The text that others make together."""
    return Constant("".join(parts)) if sum(map(len, parts)) <= _LONGEST else UNKNOWN


def _dict(node: ast.Dict, site: Site) -> Value:
    found = Mapping({})
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            inner = value_of(value, site)
            found = found.merged(inner if isinstance(inner, Mapping) else Mapping({}, complete=False))
            continue
        known = value_of(key, site)
        if isinstance(known, Constant):
            entry = Entry(value, site, key)
            found = found.merged(Mapping({known.value: entry} if isinstance(known.value, str) else {}))
        else:
            found = found.merged(Mapping({}, complete=False))
    return found


def _sequence(node: ast.List | ast.Tuple | ast.Set, site: Site) -> Value:
    elements: list[Element] = []
    complete = True
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = value_of(element.value, site)
            complete = complete and isinstance(inner, Items) and inner.complete
            elements += inner.elements if isinstance(inner, Items) else ()
        else:
            elements.append(Element(element, site))
    return Items(tuple(elements), complete)


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, site: Site) -> Value:
    scope = site.module.scopes.by_node[node]
    inside = Site(scope.block, site.statement, site.order, site.frame)
    return Items((Element(node.elt, inside, scope.block),))


# -- operators ----------------------------------------------------------------------------------------------


def _binary(node: ast.BinOp, site: Site) -> Value:
    left, right = value_of(node.left, site), value_of(node.right, site)
    if isinstance(node.op, ast.BitOr):
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            return left.merged(right)
        return canvas.joined(node, left, right, site)
    if isinstance(left, Items) and isinstance(right, Items) and isinstance(node.op, ast.Add):
        return Items(left.elements + right.elements, left.complete and right.complete)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _calculated(node.op, left.value, right.value)
    return UNKNOWN


def _unary(node: ast.UnaryOp, site: Site) -> Value:
    operand = value_of(node.operand, site)
    if not isinstance(operand, Constant):
        return UNKNOWN
    if isinstance(node.op, ast.USub) and isinstance(operand.value, (int, float)):
        return Constant(-operand.value)
    return Constant(not operand.value) if isinstance(node.op, ast.Not) else UNKNOWN


def _boolean(node: ast.BoolOp, site: Site) -> Value:
    for operand in node.values[:-1]:
        value = value_of(operand, site)
        if not isinstance(value, Constant):
            return UNKNOWN
        if bool(value.value) is isinstance(node.op, ast.Or):
            return value
    return value_of(node.values[-1], site)


def _choice(node: ast.IfExp, site: Site) -> Value:
    return common([value_of(node.body, site), value_of(node.orelse, site)])


def _await(node: ast.Await, site: Site) -> Value:
    return value_of(node.value, site)


def _walrus(node: ast.NamedExpr, site: Site) -> Value:
    return value_of(node.value, site)


# -- calls --------------------------------------------------------------------------------------------------


def _call(node: ast.Call, site: Site) -> Value:
    if isinstance(node.func, ast.Attribute):
        receiver = value_of(node.func.value, site)
        value = canvas.method_call(node, node.func.attr, receiver, site)
        if value is not None:
            return value
        if node.func.attr == "copy" and isinstance(receiver, (Mapping, Items)):
            return receiver
        if node.func.attr == "get" and isinstance(receiver, Mapping) and node.args:
            return _looked_up(receiver, value_of(node.args[0], site))
        made = models.made_of_queryset(receiver, node.func.attr, node, site)
        if made is not None:
            return made
    called = value_of(node.func, site)
    if isinstance(called, Origin):
        return _origin_call(node, called.dotted, site)
    value = canvas.started(node, called, site)
    if value is not None:
        return value
    return _call_of_project(node, called, site)


def _call_of_project(node: ast.Call, called: Value, site: Site) -> Value:
    """What a call of something that the project defines returns."""
    if isinstance(called, Function):
        return _setting(node, called.node.name, site) or returned(called, node, site)
    if isinstance(called, (BoundMethod, Lambda, Partial)):
        return returned(called, node, site)
    if isinstance(called, Registrar):
        return registered(called, node, site)
    if isinstance(called, Class):
        return App(node) if "celery.Celery" in lineage(called).origins else _instance(called, node, site)
    if isinstance(called, ManagerClass):
        return Rows(None, called.classes)
    return models.called(called) if isinstance(called, RowsMethod) else UNKNOWN


def _instance(owner: Class, node: ast.Call, site: Site) -> Value:
    """What a class makes: an instance of it, unless its ``__new__`` returns something else."""
    if lineage(owner).defines("__new__"):
        maker = own_attribute(next(each for each in mro(owner) if "__new__" in each.scope.bindings), "__new__")
        if isinstance(maker, Function) and is_data(returned(BoundMethod(maker, owner), node, site)):
            return UNKNOWN
    return Instance(owner, is_exact=True)


def _behind_proxy(node: ast.Call, site: Site) -> Value:
    """What an object stands for that asks a function for it each time."""
    made = value_of(node.args[0], site)
    value = returned(made, None, site) if isinstance(made, (BoundMethod, Function, Lambda, Partial)) else UNKNOWN
    return value if isinstance(value, App) else UNKNOWN


def _origin_call(node: ast.Call, dotted: str, site: Site) -> Value:
    if dotted == "celery.Celery":
        return App(node)
    if dotted in _PROXIES and node.args:
        return _behind_proxy(node, site)
    if dotted == "celery.shared_task":
        return registered(Registrar("shared", Mapping({})), node, site)
    if dotted == "importlib.import_module" and node.args:
        return _imported_by_name(node.args[0], site)
    workflow = canvas.celery_call(node, dotted, site)
    if workflow is not None:
        return workflow
    if dotted == "builtins.dict":
        return keywords_of(node, site, _first_mapping(node, site))
    if dotted in _LIST_MAKERS:
        if not node.args:
            return Items(())
        items = value_of(node.args[0], site)
        if dotted == "builtins.sorted" and isinstance(items, Items):
            return _sorted(node, items)
        if dotted == "builtins.reversed" and isinstance(items, Items):
            return Items(items.elements[::-1], items.complete)
        return items if isinstance(items, (Items, Rows)) else UNKNOWN
    if dotted == "builtins.getattr":
        return _getattr(node, site)
    if dotted == "builtins.super":
        return _super(site)
    if dotted == "functools.partial" and node.args:
        return _partial(node, site)
    return _setting(node, last_part(dotted), site) or Origin(f"{dotted}()")


def _sorted(node: ast.Call, items: Items) -> Items:
    """``sorted(x)``: of constants their order is known."""
    if any(element.loop or element.maybe for element in items.elements):
        return items  # nobody knows how many there are
    held: list[tuple[Any, Element]] = [
        (found.value, each) for each in items.elements if isinstance(found := each.value, Constant)
    ]
    kinds = {type(value) for value, _ in held}
    if node.keywords or len(held) < len(items.elements) or not (kinds <= {int} or kinds <= {str}):
        return Items(items.elements, complete=False)
    held.sort(key=lambda pair: pair[0])
    return Items(tuple(element for _, element in held), items.complete)


def _partial(node: ast.Call, site: Site) -> Value:
    """``partial(f, x)``; of what registers tasks one that is given more options."""
    called = value_of(node.args[0], site)
    if isinstance(called, Origin) and called.dotted == "celery.shared_task":
        called = Registrar("shared", Mapping({}))
    if isinstance(called, Registrar):
        return Registrar(called.spelling, called.options.merged(keywords_of(node, site)))
    return Partial(called, node, site)


def _imported_by_name(name: ast.expr, site: Site) -> Value:
    """``import_module("app.tasks")``."""
    value = value_of(name, site)
    if not isinstance(value, Constant) or not isinstance(value.value, str) or value.value.startswith("."):
        return UNKNOWN
    return ModuleValue(value.value, site.module.project.find(value.value, site.module))


def _super(site: Site) -> Value:
    """``super()`` in a method."""
    function = site.scope.function()
    owner = class_around(function, site.module)
    names = positional_parameters(function.node) if function and isinstance(function.node, FUNCTIONS) else []
    if owner is None or function is None or not names:
        return UNKNOWN
    receiver = value_of_name(
        names[0], function.bindings[names[0]], Site(function.block, site.statement, site.order, site.frame)
    )
    return Super(receiver, owner)


def _first_mapping(node: ast.Call, site: Site) -> Mapping:
    if not node.args:
        return Mapping({})
    value = value_of(node.args[0], site)
    return value if isinstance(value, Mapping) else Mapping({}, complete=False)


def _getattr(node: ast.Call, site: Site) -> Value:
    """``getattr(settings, "X", 7)``: what the app's author ships is the default; ``getattr(requests, "get")``."""
    if len(node.args) < 2:
        return UNKNOWN
    owner, name = value_of(node.args[0], site), value_of(node.args[1], site)
    if len(node.args) == 2:
        if not isinstance(name, Constant) or not isinstance(name.value, str):
            # one of its attributes, whichever: of `requests` one of its verbs
            if isinstance(owner, Origin) or (isinstance(owner, ModuleValue) and owner.path is None):
                return _origin(f"{owner.dotted}.getattr()")
            return UNKNOWN
        if isinstance(owner, ModuleValue):
            return member_of(owner, name.value, site.module)
        if isinstance(owner, Origin):
            return _origin(f"{owner.dotted}.{name.value}")
        return attribute_of(owner, name.value, site) or UNKNOWN
    if isinstance(owner, Origin) and last_part(owner.dotted) == "settings":
        return value_of(node.args[2], site)
    return UNKNOWN


def _setting(node: ast.Call, name: str, site: Site) -> Value | None:
    """``clean_setting("X", 7)``: Alliance Auth's helper, which many apps carry a copy of."""
    if name.lstrip("_") != "clean_setting":
        return None
    for keyword in node.keywords:
        if keyword.arg == "default_value":
            return value_of(keyword.value, site)
    return value_of(node.args[1], site) if len(node.args) > 1 else UNKNOWN


def _origin(dotted: str) -> Value:
    dotted = canonical(dotted)
    return App() if dotted in APPLICATIONS else Origin(dotted)


def _calculated(operation: ast.operator, left: object, right: object) -> Value:
    if isinstance(left, str) and isinstance(right, str) and isinstance(operation, ast.Add):
        return _joined([left, right])
    calculate = _ARITHMETIC.get(type(operation))
    if calculate is None or not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return UNKNOWN
    try:
        result = calculate(left, right)
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
    return Constant(result) if abs(result) <= _LARGEST else UNKNOWN


HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Constant: _constant,
    ast.JoinedStr: _text,
    ast.Dict: _dict,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.IfExp: _choice,
    ast.Await: _await,
    ast.NamedExpr: _walrus,
    ast.Call: _call,
    ast.Lambda: _lambda,
    **{kind: _comprehension for kind in COMPREHENSIONS if kind is not ast.DictComp},
}

"""What a task is given that JSON cannot carry.

Celery's default serialiser is JSON with the additions of kombu (dates, decimals, UUIDs …):
https://docs.celeryq.dev/projects/kombu/en/stable/reference/kombu.utils.json.html
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.misplaced import no_signatures_of
from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import origin, reaching
from flake8_aa_celery.model.code.scopes import FUNCTIONS, Site
from flake8_aa_celery.model.code.syntax import default_of, given_to, is_none, keyword_of
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.resolve import arguments, object_types, orm
from flake8_aa_celery.model.resolve.applications import has_task_class
from flake8_aa_celery.model.resolve.bindings import value_of_binding
from flake8_aa_celery.model.resolve.classes import mro
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.values import (
    BoundMethod,
    Class,
    Dispatch,
    Function,
    Instance,
    Items,
    Signature,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Binding, Block
    from flake8_aa_celery.model.resolve.values import Entry, Mapping, Value

_CARRIED = frozenset(
    {
        object_types.DICT,
        object_types.KEY,
        object_types.LIST,
        object_types.MOMENT,
        object_types.NONE,
        object_types.NUMBER,
        object_types.TEXT,
        object_types.TUPLE,
    }
)
_SCALAR = frozenset({object_types.KEY, object_types.NONE, object_types.NUMBER, object_types.TEXT})
#: What no key of a dict can be in JSON.
_NO_KEYS = frozenset(
    {object_types.MOMENT, object_types.PATH, object_types.PERIOD, object_types.TUPLE, object_types.ENUM_MEMBER}
)
#: The methods of a queryset that return None where there is no row.
_OR_NONE = frozenset({"first", "last"})
#: What makes a list of what it is given.
_LISTS = frozenset({"builtins.list", "builtins.sorted", "builtins.tuple"})
LIST_OF_INSTANCES = orm.LIST_OF_INSTANCES
#: The last word in the name of what is a key.
_KEY = re.compile(r"(^|_)(code|hash|id|ids|key|keys|name|names|pk|pks)$")
#: Methods that give a signature options later.
_LATER = frozenset({"apply_async", "clone", "set"})


class RefusedArgument(NamedTuple):
    """An argument that cannot be sent.

    :param sent: the dispatch or signature that is given it.
    :param given: the whole argument.
    :param node: the part of it that JSON refuses.
    :param kind: what that is, with its article.
    """

    sent: Dispatch | Signature
    given: Entry
    node: ast.expr
    kind: str


@fact
def refused_arguments_of(module: Module) -> list[RefusedArgument]:
    """What a module hands to tasks as JSON and JSON cannot carry."""
    calls: list[Dispatch | Signature] = [*dispatches_of(module), *signatures_of(module)]
    found: list[RefusedArgument] = []
    misplaced = {id(mistaken.node) for mistaken in no_signatures_of(module)}
    for sent in calls:
        # what is asked first is what is seldom there: whether all is JSON takes more files to find out
        refused = [part for part in _refused_in(sent) if id(part.node) not in misplaced]
        if refused and _speaks_json(sent) and _project_speaks_json(module.project):
            found += refused
    return found


def _refused_in(sent: Dispatch | Signature) -> Iterator[RefusedArgument]:
    for given in arguments.each_in(sent):
        for node, kind in _refused(given.node, given.site, set()):
            yield RefusedArgument(sent, given, node, kind)


def _speaks_json(sent: Dispatch | Signature) -> bool:
    """Whether a dispatch or signature is sent as JSON, as far as the task and all its options tell."""
    task = sent.task
    if isinstance(task, Task) and not task.options.lacks("pydantic"):
        return False
    options = [*_options(sent), *([task.options] if isinstance(task, Task) else ())]
    return all(given.lacks("serializer") or given.constant("serializer") == "json" for given in options)


def _options(sent: Dispatch | Signature) -> Iterator[Mapping]:
    """The options of a dispatch and of the signature that it sends; those that a signature is given anywhere."""
    yield sent.options
    if isinstance(sent, Dispatch):
        if isinstance(sent.receiver, Signature):
            yield sent.receiver.options
        return
    for call in sent.module.calls_of(_LATER):
        if isinstance(call.node.func, ast.Attribute):
            later = value_of(call.node, call.site)
            made = later.receiver if isinstance(later, Dispatch) else later
            if isinstance(made, Signature) and made.call is sent.call:
                yield later.options if isinstance(later, Dispatch) else made.options


def _project_speaks_json(project: Project) -> bool:
    """Whether nothing in a project sets another serialiser for all its tasks, or teaches JSON other types."""
    serializers = configured(project, "TASK_SERIALIZER")
    if not all(isinstance(value, ast.Constant) and value.value == "json" for value in serializers):
        return False
    return not has_task_class(project) and not any(files(project, lambda data: b"register_type" in data))


def _refused(node: ast.expr, site: Site, seen: set[ast.expr]) -> Iterator[tuple[ast.expr, str]]:
    """The parts of an argument that JSON refuses.

    :param seen: the names of lists that were looked into: a loop may put one into itself.
    """
    if isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            if not isinstance(element, ast.Starred):
                yield from _refused(element, site, seen)
    elif isinstance(node, ast.Dict):
        for key in filter(None, node.keys):
            yield from _refused_key(key, site)
        for value in node.values:
            yield from _refused(value, site, seen)
    elif isinstance(node, ast.ListComp):
        yield from _refused(node.elt, _within(node, site), seen)
    elif isinstance(node, ast.DictComp):
        yield from _refused_key(node.key, _within(node, site))
        yield from _refused(node.value, _within(node, site), seen)
    elif isinstance(node, ast.Call) and _makes_list(node, site):
        if object_types.type_of(node.args[0], site) in orm.OF_INSTANCES:
            yield node, LIST_OF_INSTANCES
        elif object_types.is_plain_enum(value_of(node.args[0], site)):
            yield node, "a list of enum members"
    else:
        kind = object_types.type_of(node, site)
        if kind == object_types.LIST and isinstance(node, ast.Name):
            part = _refused_in_list(node, site, seen)
            yield from [(node, part)] if part else []
        elif kind is not None and kind not in _CARRIED:
            yield node, kind


def _refused_key(node: ast.expr, site: Site) -> Iterator[tuple[ast.expr, str]]:
    kind = object_types.type_of(node, site)
    if kind in _NO_KEYS:
        yield node, f"{kind} as a key"


def _within(comprehension: ast.ListComp | ast.DictComp, site: Site) -> Site:
    """The place of what a comprehension makes."""
    return Site(site.module.scopes.by_node[comprehension].block, site.statement, site.order)


def _refused_in_list(node: ast.Name, site: Site, seen: set[ast.expr]) -> str | None:
    """The first kind that JSON refuses among the members of the list that a name holds."""
    items = value_of(node, site) if node not in seen else None
    seen.add(node)
    members = items.elements if isinstance(items, Items) else ()
    found = (kind for member in members for _, kind in _refused(member.node, member.site, seen))
    return next(found, None)


def _makes_list(node: ast.Call, site: Site) -> bool:
    return len(node.args) == 1 and origin(node.func, site) in _LISTS


def may_be_none(node: ast.expr, site: Site, steps: int = 5) -> bool:
    """Whether an instance of a model may be None as well.

    It comes from a condition, from ``first()``, from a foreign key that may be empty, or from a function of the project
    that returns None or one of these.
    """
    if isinstance(node, (ast.IfExp, ast.BoolOp)) or not steps:
        return True
    if isinstance(node, (ast.Await, ast.NamedExpr)):
        return may_be_none(node.value, site, steps - 1)
    if isinstance(node, ast.Call):
        is_or_none = isinstance(node.func, ast.Attribute) and node.func.attr in _OR_NONE
        return is_or_none or _may_return_none(value_of(node.func, site), steps - 1)
    if isinstance(node, ast.Attribute):
        return _may_hold_none(value_of(node.value, site), node.attr, steps - 1)
    if not isinstance(node, ast.Name):
        return False
    return any(_binds_none(binding, node.id, steps - 1) for binding in reaching(node.id, site))


def _may_return_none(called: Value, steps: int) -> bool:
    """Whether a function of the project has a ``return`` of what may be None."""
    function = called.function if isinstance(called, BoundMethod) else called
    if not isinstance(function, Function):
        return False
    returns = function.module.scopes.by_node[function.node].returns
    return any(
        node.value is None or is_none(node.value) or may_be_none(node.value, site, steps) for node, site in returns
    )


def _may_hold_none(owner: Value, name: str, steps: int) -> bool:
    """Whether an attribute of an instance is a field with ``null=True``, or a property that may return None."""
    of = owner.of if isinstance(owner, Instance) else None
    if not isinstance(of, Class):
        return False
    bindings = next((found.scope.bindings[name] for found in mro(of) if name in found.scope.bindings), ())
    for binding in bindings:
        made = binding.value
        if binding.kind == "function" and _may_return_none(value_of_binding(name, binding), steps):
            return True
        if isinstance(made, ast.Call) and (null := keyword_of(made, "null")) is not None:
            return not (isinstance(null, ast.Constant) and null.value is False)
    return False


def _binds_none(binding: Binding, name: str, steps: int) -> bool:
    if binding.kind == "assign" and binding.value is not None:
        return is_none(binding.value) or may_be_none(binding.value, binding.site, steps)
    function = binding.site.statement
    if binding.kind != "parameter" or not isinstance(function, FUNCTIONS):
        return False
    return default_of(function, name) is not None


def holds_more(node: ast.expr, site: Site) -> bool:
    """Whether a set or generator holds what JSON cannot carry either: a list of it would be no better."""
    if isinstance(node, ast.Set):
        return any(object_types.type_of(element, site) not in _CARRIED | {None} for element in node.elts)
    items = value_of(node, site)
    elements = items.elements if isinstance(items, Items) else ()
    return any(object_types.type_of(each.node, each.site) not in _CARRIED | {None} for each in elements)


def is_sent_whole(call: ast.Call, site: Site) -> bool:
    """Whether JSON can carry everything that a call is given, and the task gets it as it was."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or None in {word.arg for word in call.keywords}:
        return False
    return all(_is_plain(argument, site) for argument in given_to(call))


def _is_plain(node: ast.expr, site: Site) -> bool:
    """Whether an expression is a number, a text, a key, or a list or dict of them."""
    if isinstance(node, (ast.List, ast.Dict)):
        parts = node.elts if isinstance(node, ast.List) else [*node.keys, *node.values]
        return all(part is not None and _is_plain(part, site) for part in parts)
    if isinstance(node, ast.Name) and _KEY.search(node.id):
        return object_types.type_of(node, site) in _SCALAR | {None}
    return object_types.type_of(node, site) in _SCALAR


def is_likely_plain(node: ast.expr, loop: ast.For, block: Block) -> bool:
    """Whether JSON can likely carry what a call in a loop is given: a key by its name, or what the function was given.

    :param block: the body of the loop.
    """
    if isinstance(node, ast.Attribute):
        return _KEY.search(node.attr) is not None
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.Constant)
    of_loop = isinstance(loop.target, ast.Name) and loop.target.id == node.id and _has_plain_items(loop.iter, block)
    return of_loop or _is_parameter(node.id, block) or _KEY.search(node.id) is not None


def _has_plain_items(node: ast.expr, block: Block) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).rpartition(".")[2] in ("range", "values_list")
    return isinstance(node, ast.Name) and _is_parameter(node.id, block)


def _is_parameter(name: str, block: Block) -> bool:
    """Whether a name is a parameter of the function that a block stands in."""
    function = block.scope.function()
    return function is not None and any(found.kind == "parameter" for found in function.bindings.get(name, ()))

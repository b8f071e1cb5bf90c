"""What kind of object an expression makes: a list, a set, a queryset, an instance of a model …

Only what is certain from the code at hand; None says that it is not known. A kind is the phrase that a message
uses, with its article.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import reaching, scope_of
from flake8_aa_celery.model.code.syntax import bases_in
from flake8_aa_celery.model.resolve import orm
from flake8_aa_celery.model.resolve.bindings import value_of_binding
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Class, Constant, Function, Instance, Origin, Rows, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.code.scopes import Binding, Site
    from flake8_aa_celery.model.resolve.values import Value

LIST, TUPLE, DICT, TEXT, NUMBER, NONE = "a list", "a tuple", "a dict", "a string", "a number", "None"
SET, GENERATOR, FILE, KEY = orm.SET, "a generator", "an open file", "a key"
PATH, PERIOD, MOMENT, ENUM_MEMBER = "a path", "a timedelta", "a moment", "an enum member"
#: What is refused unless it is empty, where ``or None`` stands behind it.
_REFUSED_WHEN_FULL = frozenset({SET})
#: What ``+`` puts together to another one of its kind.
_JOINED = frozenset({LIST, TEXT, TUPLE})
_OF_SETS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
#: Methods of sets and of paths that return another one.
_SAME_KIND = {
    SET: frozenset({"copy", "difference", "intersection", "symmetric_difference", "union"}),
    PATH: frozenset({"absolute", "expanduser", "joinpath", "resolve", "with_name", "with_stem", "with_suffix"}),
}
LIST_OF_UPLOADS = "a list of uploaded files"

_LITERALS: dict[type[ast.expr], str] = {
    ast.Dict: DICT,
    ast.DictComp: DICT,
    ast.GeneratorExp: GENERATOR,
    ast.JoinedStr: TEXT,
    ast.Lambda: "a lambda",
    ast.List: LIST,
    ast.ListComp: LIST,
    ast.Set: SET,
    ast.SetComp: SET,
    ast.Tuple: TUPLE,
}
#: What the functions and classes of libraries return.
_RETURNED = {
    "builtins.bool": NUMBER,
    "builtins.bytearray": "a bytearray",
    "builtins.complex": "a complex number",
    "builtins.dict": DICT,
    "builtins.enumerate": "an enumerate",
    "builtins.filter": "a filter",
    "builtins.float": NUMBER,
    "builtins.frozenset": SET,
    "builtins.int": NUMBER,
    "builtins.iter": "an iterator",
    "builtins.len": NUMBER,
    "builtins.list": LIST,
    "builtins.map": "a map",
    "builtins.open": FILE,
    "builtins.range": "a range",
    "builtins.repr": TEXT,
    "builtins.reversed": "an iterator",
    "builtins.set": SET,
    "builtins.sorted": LIST,
    "builtins.str": TEXT,
    "builtins.tuple": TUPLE,
    "builtins.zip": "a zip",
    "collections.deque": "a deque",
    "datetime.timedelta": PERIOD,
    "datetime.datetime.now": MOMENT,
    "datetime.datetime.today": MOMENT,
    "datetime.datetime.utcnow": MOMENT,
    "datetime.datetime": MOMENT,
    "django.utils.timezone.now": MOMENT,
    "django.shortcuts.get_object_or_404": orm.INSTANCE,
    "django.shortcuts.get_list_or_404": orm.LIST_OF_INSTANCES,
    "pathlib.Path": PATH,
    "pathlib.Path.cwd": PATH,
    "pathlib.Path.home": PATH,
    "pathlib.PosixPath": PATH,
    "pathlib.PurePath": PATH,
    "re.compile": "a compiled pattern",
}
#: A class of a module of models that cannot be read.
_MODEL = re.compile(r"\.models\.(\w+\.)*[A-Z]\w*[a-z]\w*\Z")
_DATACLASS = frozenset({"dataclasses.dataclass"})
_VIEWS = frozenset({"items", "keys", "values"})
#: Beyond this many names that stand for one another nobody looks.
_DEEPEST = 12


def type_of(node: ast.expr, site: Site, depth: int = 0) -> str | None:
    """The kind of object that an expression makes."""
    literal = _LITERALS.get(type(node))
    if literal or depth > _DEEPEST:
        return literal
    handler = _HANDLERS.get(type(node))
    kind = handler(node, site, depth + 1) if handler else None
    return kind or (_by_value(node, site) if handler else None)


def _by_value(node: ast.expr, site: Site) -> str | None:
    """What an expression is by its value: a row of a model of the project, rows, or the item of a list."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "none":
        return None  # an empty queryset is not worth a word
    value = value_of(node, site)
    if isinstance(value, Instance):
        return orm.INSTANCE if orm.is_model(value.of) else None
    if isinstance(value, Constant) and isinstance(node, ast.Subscript):
        return _of_constant(value.value)
    return orm.QUERYSET if isinstance(value, Rows) and not value.is_list else None


def _constant(node: ast.Constant, site: Site, depth: int) -> str | None:
    return _of_constant(node.value)


def _of_constant(value: object) -> str | None:
    if isinstance(value, (int, float)):
        return NUMBER
    return NONE if value is None else TEXT if isinstance(value, str) else None


def _name(node: ast.Name, site: Site, depth: int) -> str | None:
    bindings = reaching(node.id, site)
    if any(binding.kind == "parameter" for binding in bindings):
        return orm.parameter(node.id, scope_of(node.id, site), site.module) if len(bindings) == 1 else None
    # each of several bindings is a way of its own, and their number multiplies with every step
    steps = depth if len(bindings) == 1 else depth + _DEEPEST // 3
    kinds = {_of_binding(node.id, binding, steps) for binding in bindings}
    return kinds.pop() if len(kinds) == 1 else None


def _of_binding(name: str, binding: Binding, depth: int) -> str | None:
    if binding.kind == "handler":
        return "an exception"
    if isinstance(binding.node, ast.AugAssign):
        return _augmented(name, binding, binding.node, depth)
    if binding.kind == "other":
        return orm.unpacked(name, binding, lambda node: type_of(node, binding.site, depth))
    if binding.kind in ("assign", "context", "loop") and binding.value is not None:
        kind = type_of(binding.value, binding.site, depth)
        if binding.kind == "loop":
            return orm.INSTANCE if kind in orm.ITEMS_ARE_INSTANCES else None
        return kind if binding.kind == "assign" or kind == FILE else None
    return _of_value(name, binding) if binding.kind in ("import", "class", "function") else None


def _augmented(name: str, binding: Binding, node: ast.AugAssign, depth: int) -> str | None:
    """What a set is after ``-=`` and the like: a set."""
    if not isinstance(node.op, _OF_SETS) or depth > _DEEPEST:
        return None
    earlier = reaching(name, binding.site)
    kinds = {_of_binding(name, each, depth + 1) for each in earlier if each.node is not node}
    return SET if kinds == {SET} else None


def _of_value(name: str, binding: Binding) -> str | None:
    """What an import, a class or a function is."""
    value = value_of_binding(name, binding)
    if isinstance(value, Origin):
        if value.dotted.endswith("()"):
            return _RETURNED.get(value.dotted[:-2])
        return orm.CLASS if _MODEL.search(value.dotted) else None
    return orm.CLASS if isinstance(value, Class) else "a function" if isinstance(value, (Function, Task)) else None


def _attribute(node: ast.Attribute, site: Site, depth: int) -> str | None:
    if orm.is_current_user(node, site, lambda inner: type_of(inner, site, depth)):
        return orm.INSTANCE
    of_request = orm.of_request(node.attr)
    if of_request and type_of(node.value, site, depth) == orm.REQUEST:
        return of_request
    owner = value_of(node.value, site)
    if isinstance(owner, Class) and node.attr in owner.scope.bindings and is_plain_enum(owner):
        return ENUM_MEMBER
    return KEY if node.attr in ("id", "pk") or node.attr.endswith(("_id", "_pk")) else None


def is_plain_enum(owner: Value | None) -> bool:
    """Whether something is a class whose members are members of an enum and nothing else: no numbers, no strings."""
    if not isinstance(owner, Class):
        return False
    bases = [owner.module.origin(base, owner.site) for base in bases_in(owner.node)]
    return bases in (["enum.Enum"], ["enum.Flag"])


def _call(node: ast.Call, site: Site, depth: int) -> str | None:
    known = _RETURNED.get(site.module.origin(node.func, site) or "")
    if known:
        return known
    if isinstance(node.func, ast.Attribute):
        method, receiver = node.func.attr, node.func.value
        if method == "none":
            return None
        if orm.is_manager(receiver):
            return orm.returned(method, orm.QUERYSET)
        owner = type_of(receiver, site, depth)
        if owner is not None and method in _SAME_KIND.get(owner, ()):
            return owner
        if owner == DICT and method in _VIEWS:
            return f"a view of {DICT}"
        if owner == orm.FILES and method in ("get", "getlist"):
            return orm.UPLOAD if method == "get" else LIST_OF_UPLOADS
        if method == "all" and not node.args and orm.is_related(receiver, _owner_of(receiver, site, depth)):
            return orm.QUERYSET
        return orm.returned(method, owner) if owner in orm.QUERYSETS else None
    made = value_of(node.func, site) if isinstance(node.func, ast.Name) else None
    if isinstance(made, Function):
        return _returned(made, depth)
    if not isinstance(made, Class):
        return None
    return orm.INSTANCE if orm.is_model(made) else "an object" if _is_unknown_to_json(made) else None


def _returned(function: Function, depth: int) -> str | None:
    """What a function of the project returns: a generator, or the same kind by each of its ways."""
    scope = function.module.scopes.by_node[function.node]
    if not function.is_plain or isinstance(function.node, ast.AsyncFunctionDef):
        return None
    if scope.yields:
        return GENERATOR
    kinds = {type_of(each.value, place, depth + 1) if each.value else NONE for each, place in scope.returns}
    kind = kinds.pop() if len(kinds) == 1 else None
    return kind if kind in (SET, PATH, PERIOD, GENERATOR) else None


def _owner_of(node: ast.expr, site: Site, depth: int) -> str | None:
    return type_of(node.value, site, depth) if isinstance(node, ast.Attribute) else None


def _is_unknown_to_json(made: Class) -> bool:
    """Whether an instance of a class is nothing but that: nothing that JSON knows is among its bases."""
    node = made.node
    known = {made.module.origin(getattr(part, "func", part), made.site) for part in node.decorator_list}
    return not node.bases and not node.keywords and known <= _DATACLASS and "__json__" not in made.scope.bindings


def _subscript(node: ast.Subscript, site: Site, depth: int) -> str | None:
    owner = type_of(node.value, site, depth)
    if owner == orm.FILES:
        return orm.UPLOAD
    enum = value_of(node.value, site) if isinstance(node.value, ast.Name) else None
    if is_plain_enum(enum):
        return ENUM_MEMBER
    if isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant):
        given = orm.of_keywords(str(node.slice.value), node.value.id, scope_of(node.value.id, site))
        if given:
            return given
    if owner not in orm.QUERYSETS:
        return None
    if isinstance(node.slice, ast.Slice):
        return owner
    return orm.INSTANCE if owner == orm.QUERYSET else None


def _choice(node: ast.IfExp, site: Site, depth: int) -> str | None:
    """What both branches are; the one that is taken where that is certain."""
    test = value_of(node.test, site)
    branches = [node.body, node.orelse]
    if isinstance(test, Constant):
        branches = branches[:1] if test.value else branches[1:]
    return _common_type(branches, site, depth)


def _common_type(nodes: list[ast.expr], site: Site, depth: int) -> str | None:
    """What several expressions are, if all are the same; of a row or None, a row."""
    kinds = {type_of(each, site, depth) for each in nodes}
    if kinds == {orm.INSTANCE, NONE}:
        return orm.INSTANCE
    return kinds.pop() if len(kinds) == 1 else None


def _boolean(node: ast.BoolOp, site: Site, depth: int) -> str | None:
    """``x or y``: what the first is, where the other is None, which it is only where the first is empty."""
    if not isinstance(node.op, ast.Or):
        return None
    kinds = [type_of(each, site, depth) for each in node.values]
    rest = {kind for kind in kinds[1:] if kind != NONE}
    if not rest <= {kinds[0]} or kinds[0] not in _REFUSED_WHEN_FULL or _begins_empty(node.values[0], site, depth):
        return None
    return kinds[0]


def _begins_empty(node: ast.expr, site: Site, depth: int) -> bool:
    """Whether an expression is ``set()``, or a name that was bound to it: it may hold nothing."""
    if isinstance(node, ast.Name) and depth <= _DEEPEST:
        values = ((binding.value, binding.site) for binding in reaching(node.id, site))
        return any(value is not None and _begins_empty(value, place, depth + 1) for value, place in values)
    return isinstance(node, ast.Call) and not node.args and not isinstance(node.func, ast.Attribute)


def _operation(node: ast.BinOp, site: Site, depth: int) -> str | None:
    """What comes of sets, paths and periods of time."""
    left, right = type_of(node.left, site, depth), type_of(node.right, site, depth)
    if left == TEXT and isinstance(node.op, ast.Mod):
        return TEXT
    if left == right == NUMBER:
        return NUMBER
    if left == right and left in _JOINED and isinstance(node.op, ast.Add):
        return left
    if SET in (left, right) and isinstance(node.op, _OF_SETS):
        return SET if left == SET and right in (SET, None) else None
    if PATH in (left, right) and isinstance(node.op, ast.Div):
        return PATH if left == PATH or right == PATH else None
    if PERIOD in (left, right) and isinstance(node.op, (ast.Mult, ast.Div, ast.FloorDiv)):
        return (
            PERIOD if {left, right} == {PERIOD, NUMBER} and (left == PERIOD or isinstance(node.op, ast.Mult)) else None
        )
    if isinstance(node.op, (ast.Add, ast.Sub)) and left == right == PERIOD:
        return PERIOD
    if isinstance(node.op, ast.Sub) and left == right == MOMENT:
        return PERIOD
    return MOMENT if left == MOMENT and right == PERIOD and isinstance(node.op, (ast.Add, ast.Sub)) else None


def _inner(node: ast.Await | ast.NamedExpr, site: Site, depth: int) -> str | None:
    return type_of(node.value, site, depth)


_HANDLERS: dict[type[ast.expr], Callable[..., str | None]] = {
    ast.Attribute: _attribute,
    ast.Await: _inner,
    ast.BinOp: _operation,
    ast.BoolOp: _boolean,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.IfExp: _choice,
    ast.Name: _name,
    ast.NamedExpr: _inner,
    ast.Subscript: _subscript,
}

"""What an expression is: one question, answered as far as imports, assignments and literals tell.

``Values(module).of(node, site)`` returns a :class:`~flake8_aa_celery.model.resolve.values.Value`. Nothing is
guessed: what cannot be resolved is :data:`~flake8_aa_celery.model.resolve.values.UNKNOWN`.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import canonical, imported_name, last_part, reaching, scope_of
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, FUNCTIONS, Site
from flake8_aa_celery.model.resolve import canvas, prefilters, task_functions
from flake8_aa_celery.model.resolve.contents import held
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    App,
    Class,
    Constant,
    Element,
    Entry,
    Function,
    Items,
    Mapping,
    ModuleValue,
    Origin,
    Signature,
    Task,
    UnreadableTask,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding

#: Beyond this many nested questions an answer is not worth having, and the interpreter's stack is not endless.
_DEEPEST = 60

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

_LIST_MAKERS = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.reversed", "builtins.sorted"})
#: How deep a hierarchy of classes is followed.
_DEEPEST_CLASS = 10
#: Bases of enums: whether a member is a value of its own, or merely has one.
_ENUMS = {
    **dict.fromkeys(("IntEnum", "IntegerChoices", "StrEnum", "TextChoices", "IntFlag", "int", "str"), "typed"),
    **dict.fromkeys(("Enum", "Flag"), "plain"),
}


class Values:
    """Answers for the expressions of one module; each is worked out once."""

    __slots__ = ("_depth", "_known", "_module")

    def __init__(self, module: Module) -> None:
        self._module = module
        self._known: dict[int, Value] = {}
        self._depth = 0

    def of(self, node: ast.expr, site: Site) -> Value:
        """What ``node``, which stands at ``site``, is."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        handler = _HANDLERS.get(type(node))
        if handler is None or self._depth > _DEEPEST:
            return UNKNOWN
        # a name that leads back to itself is not known
        self._known[id(node)] = UNKNOWN
        self._depth += 1
        try:
            value = handler(self, node, site)
        finally:
            self._depth -= 1
        self._known[id(node)] = value
        return value

    # -- names --------------------------------------------------------------------------------------------------

    def _name(self, node: ast.Name, site: Site) -> Value:
        bindings = reaching(node.id, site)
        if not bindings:
            return self._unbound(node.id, site)
        return self.of_name(node.id, bindings, site)

    def of_name(self, name: str, bindings: list[Binding], site: Site | None = None) -> Value:
        """What a name is that has one of these bindings, as far as they agree.

        :param site: where it is asked for; None for the end of the module.
        """
        roots = _roots(name, bindings)
        values = [self.of_binding(name, root) for root in roots]
        starred = self._module.overriding(name, bindings, site)
        if len(values) == 1 and not starred:
            found = held(values[0], name, roots[0], site, self._module)
            # what `+=` makes of anything but a list is not followed
            return found if roots == bindings or isinstance(found, Items) else UNKNOWN
        if len(roots) < len(bindings) or any(isinstance(value, (Items, Mapping)) for value in values):
            return UNKNOWN
        return _common(values + starred)

    def _unbound(self, name: str, site: Site) -> Value:
        if name == "__name__":
            return Constant(self._module.dotted)
        if name == "crontab" and self._module.is_settings_module:
            # local settings take it from `from .base import *`, and nobody repeats the imports in an excerpt
            return Origin("celery.schedules.crontab")
        if scope_of(name, site) is not None:
            return UNKNOWN
        starred = self._module.star_imported(name)
        return starred if starred is not None else Origin(f"builtins.{name}")

    def of_binding(self, name: str, binding: Binding) -> Value:
        """What a single binding makes of a name."""
        node = binding.node
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return self._module.imported(imported_name(name, node))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return task_functions.of_function(node, binding.site, self._module)
        if isinstance(node, ast.ClassDef):
            return Class(node, self._module, binding.site)
        if binding.kind == "parameter":
            return self._itself(binding)
        if binding.value is None:
            return UNKNOWN
        if binding.kind == "assign":
            return self.of(binding.value, binding.site)
        if binding.kind == "context":
            entered = self.of(binding.value, binding.site)
            return entered if isinstance(entered, Origin) else UNKNOWN
        if binding.kind == "loop":
            return self._loop_variable(binding.value, binding.site)
        return UNKNOWN

    def _itself(self, binding: Binding) -> Value:
        """``self`` of a task with ``bind=True`` is that task."""
        function = binding.site.statement
        if not isinstance(function, FUNCTIONS) or not function.decorator_list:
            return UNKNOWN
        if (*function.args.posonlyargs, *function.args.args)[:1] != (binding.node,):
            return UNKNOWN
        value = task_functions.of_function(function, binding.site, self._module)
        return value if isinstance(value, Task) and value.bound else UNKNOWN

    def _loop_variable(self, iterated: ast.expr, site: Site) -> Value:
        items = self.of(iterated, site)
        if not isinstance(items, Items) or not items.elements or not items.complete:
            return UNKNOWN
        return _common([element.value for element in items.elements])

    # -- attributes and items -----------------------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute, site: Site) -> Value:
        base = self.of(node.value, site)
        if isinstance(base, (Class, ModuleValue)) and node.attr in self._module.scopes.stored_attributes:
            return UNKNOWN
        if isinstance(base, ModuleValue):
            return self._module.project.member(base, node.attr, self._module)
        if isinstance(base, Origin):
            return _origin(f"{base.dotted}.{node.attr}")
        if isinstance(base, Class):
            return _class_attribute(base, node.attr)
        if isinstance(base, Task) and node.attr == "name":
            name = base.registered_name
            return UNKNOWN if name is None else Constant(name)
        if node.attr == "value" and isinstance(node.value, ast.Attribute):
            return self._value_of_member(node.value, site)
        return UNKNOWN

    def _value_of_member(self, member: ast.Attribute, site: Site) -> Value:
        """``Priority.HIGH.value`` of an enum."""
        owner = self.of(member.value, site)
        if isinstance(owner, Class) and _enum_kind(owner):
            return _own_attribute(owner, member.attr)
        return UNKNOWN

    def _subscript(self, node: ast.Subscript, site: Site) -> Value:
        base = self.of(node.value, site)
        key = self.of(node.slice, site)
        if isinstance(base, Mapping) and isinstance(key, Constant) and isinstance(key.value, str):
            entry = base.get(key.value)
            return entry.value if entry else UNKNOWN
        return UNKNOWN

    # -- literals -----------------------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant, site: Site) -> Value:
        return Constant(node.value)

    def _text(self, node: ast.JoinedStr, site: Site) -> Value:
        parts: list[str] = []
        for part in node.values:
            plain = part.value if isinstance(part, ast.FormattedValue) and part.conversion == -1 else part
            if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                return UNKNOWN
            value = self.of(plain, site)
            if not isinstance(value, Constant) or not isinstance(value.value, (str, int)):
                return UNKNOWN
            parts.append(str(value.value))
        return Constant("".join(parts))

    def _dict(self, node: ast.Dict, site: Site) -> Value:
        found = Mapping({})
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                inner = self.of(value, site)
                found = found.merged(inner if isinstance(inner, Mapping) else Mapping({}, complete=False))
                continue
            known = self.of(key, site)
            if isinstance(known, Constant):
                entry = Entry(value, site, self._module, key)
                found = found.merged(Mapping({known.value: entry} if isinstance(known.value, str) else {}))
            else:
                found = found.merged(Mapping({}, complete=False))
        return found

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, site: Site) -> Value:
        elements: list[Element] = []
        complete = True
        for element in node.elts:
            if isinstance(element, ast.Starred):
                inner = self.of(element.value, site)
                complete = complete and isinstance(inner, Items) and inner.complete
                elements += inner.elements if isinstance(inner, Items) else ()
            else:
                elements.append(Element(element, site, self._module))
        return Items(tuple(elements), complete)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, site: Site) -> Value:
        scope = self._module.scopes.by_node[node]
        inside = Site(scope.block, site.statement, site.order)
        return Items((Element(node.elt, inside, self._module, scope.block),))

    # -- operators ----------------------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp, site: Site) -> Value:
        left, right = self.of(node.left, site), self.of(node.right, site)
        if isinstance(node.op, ast.BitOr):
            if isinstance(left, Mapping) and isinstance(right, Mapping):
                return left.merged(right)
            return canvas.joined(node, left, right, site, self._module)
        if isinstance(left, Items) and isinstance(right, Items) and isinstance(node.op, ast.Add):
            return Items(left.elements + right.elements, left.complete and right.complete)
        if isinstance(left, Constant) and isinstance(right, Constant):
            return _calculated(node.op, left.value, right.value)
        return UNKNOWN

    def _unary(self, node: ast.UnaryOp, site: Site) -> Value:
        operand = self.of(node.operand, site)
        if not isinstance(operand, Constant):
            return UNKNOWN
        if isinstance(node.op, ast.USub) and isinstance(operand.value, (int, float)):
            return Constant(-operand.value)
        return Constant(not operand.value) if isinstance(node.op, ast.Not) else UNKNOWN

    def _boolean(self, node: ast.BoolOp, site: Site) -> Value:
        for operand in node.values[:-1]:
            value = self.of(operand, site)
            if not isinstance(value, Constant):
                return UNKNOWN
            if bool(value.value) is isinstance(node.op, ast.Or):
                return value
        return self.of(node.values[-1], site)

    def _choice(self, node: ast.IfExp, site: Site) -> Value:
        return _common([self.of(node.body, site), self.of(node.orelse, site)])

    def _await(self, node: ast.Await, site: Site) -> Value:
        return self.of(node.value, site)

    def _walrus(self, node: ast.NamedExpr, site: Site) -> Value:
        return self.of(node.value, site)

    # -- calls --------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, site: Site) -> Value:
        if not prefilters.call(node, site, self._module):
            return UNKNOWN
        if isinstance(node.func, ast.Attribute):
            receiver = self.of(node.func.value, site)
            value = canvas.method_call(node, node.func.attr, receiver, site, self._module)
            if value is not None:
                return value
            if node.func.attr == "copy" and isinstance(receiver, (Mapping, Items)):
                return receiver
        called = self.of(node.func, site)
        if isinstance(called, Origin):
            return self._origin_call(node, called.dotted, site)
        value = canvas.started(node, called, site, self._module)
        if value is not None:
            return value
        if isinstance(called, Function):
            return self._setting(node, called.node.name, site) or UNKNOWN
        return UNKNOWN

    def _origin_call(self, node: ast.Call, dotted: str, site: Site) -> Value:
        if dotted == "celery.Celery":
            return App(node)
        workflow = canvas.celery_call(node, dotted, site, self._module)
        if workflow is not None:
            return workflow
        if dotted == "builtins.dict":
            return self.keywords(node, site, self._first_mapping(node, site))
        if dotted in _LIST_MAKERS:
            if not node.args:
                return Items(())
            items = self.of(node.args[0], site)
            if dotted == "builtins.reversed" and isinstance(items, Items):
                return Items(items.elements[::-1], items.complete)
            return items if isinstance(items, Items) else UNKNOWN
        if dotted == "builtins.getattr":
            return self._getattr(node, site)
        return self._setting(node, last_part(dotted), site) or Origin(f"{dotted}()")

    def _first_mapping(self, node: ast.Call, site: Site) -> Mapping:
        if not node.args:
            return Mapping({})
        value = self.of(node.args[0], site)
        return value if isinstance(value, Mapping) else Mapping({}, complete=False)

    def keywords(self, node: ast.Call, site: Site, start: Mapping | None = None) -> Mapping:
        """The keyword arguments of a call, ``**`` resolved where it can be, over those of ``start``."""
        found = start or Mapping({})
        for keyword in node.keywords:
            if keyword.arg is not None:
                found = found.merged(Mapping({keyword.arg: Entry(keyword.value, site, self._module)}))
            else:
                more = self.of(keyword.value, site)
                found = found.merged(more if isinstance(more, Mapping) else Mapping({}, complete=False))
        return found

    def _getattr(self, node: ast.Call, site: Site) -> Value:
        """``getattr(settings, "X", 7)``: what the app's author ships is the default."""
        if len(node.args) != 3:
            return UNKNOWN
        owner = self.of(node.args[0], site)
        if isinstance(owner, Origin) and last_part(owner.dotted) == "settings":
            return self.of(node.args[2], site)
        return UNKNOWN

    def _setting(self, node: ast.Call, name: str, site: Site) -> Value | None:
        """``clean_setting("X", 7)``: Alliance Auth's helper, which many apps carry a copy of."""
        if name.lstrip("_") != "clean_setting":
            return None
        for keyword in node.keywords:
            if keyword.arg == "default_value":
                return self.of(keyword.value, site)
        return self.of(node.args[1], site) if len(node.args) > 1 else UNKNOWN


def _roots(name: str, bindings: list[Binding]) -> list[Binding]:
    """The bindings that ``+=`` started from; the additions are found among the growths of the name."""
    if not any(binding.kind == "augmented" for binding in bindings):
        return bindings
    pending, seen = list(bindings), {id(binding.node) for binding in bindings}
    roots: list[Binding] = []
    while pending:
        binding = pending.pop(0)
        if binding.kind != "augmented":
            roots.append(binding)
            continue
        for earlier in reaching(name, binding.site):
            if id(earlier.node) not in seen:
                seen.add(id(earlier.node))
                pending.append(earlier)
    return roots


def _origin(dotted: str) -> Value:
    dotted = canonical(dotted)
    return App() if dotted == "celery.current_app" else Origin(dotted)


def _common(values: list[Value]) -> Value:
    """What several possibilities have in common: the same constant, the same fact, or that all are tasks."""
    first = values[0]
    if all(value is first for value in values):
        return first
    if isinstance(first, Constant) and all(
        isinstance(value, Constant) and type(value.value) is type(first.value) and value.value == first.value
        for value in values
    ):
        return first
    if all(isinstance(value, (Task, UnreadableTask)) for value in values):
        return UnreadableTask()
    if all(isinstance(value, Origin) for value in values):
        origins = {value.dotted for value in values if isinstance(value, Origin)}
        return first if len(origins) == 1 else UNKNOWN
    return _common_signature(values)


def _common_signature(values: list[Value]) -> Value:
    signatures = [value for value in values if isinstance(value, Signature)]
    if len(signatures) < len(values):
        return UNKNOWN
    return signatures[0].one_of_several(signatures)


def _calculated(operation: ast.operator, left: object, right: object) -> Value:
    if isinstance(left, str) and isinstance(right, str) and isinstance(operation, ast.Add):
        return Constant(left + right)
    calculate = _ARITHMETIC.get(type(operation))
    if calculate is None or not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return UNKNOWN
    try:
        result = calculate(left, right)
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
    return Constant(result) if abs(result) <= _LARGEST else UNKNOWN


def _own_attribute(owner: Class, name: str) -> Value:
    bindings = owner.scope.bindings.get(name, [])
    if len(bindings) != 1 or name in owner.module.scopes.stored_attributes:
        return UNKNOWN
    return owner.module.values.of_name(name, bindings)


def _class_attribute(owner: Class, name: str, depth: int = 0) -> Value:
    """An attribute of a class, its own or inherited from a class of the project."""
    if name in owner.scope.bindings:
        # the member of an enum is no number unless the enum is one of numbers
        return UNKNOWN if _enum_kind(owner) == "plain" else _own_attribute(owner, name)
    for base in owner.node.bases:
        parent = owner.module.evaluate(base, owner.site)
        if not isinstance(parent, Class) or depth > _DEEPEST_CLASS:
            return UNKNOWN  # it may have that attribute, and goes before the bases behind it
        if _has_attribute(parent, name):
            return _class_attribute(parent, name, depth + 1)
    return UNKNOWN


def _has_attribute(owner: Class, name: str, depth: int = 0) -> bool:
    """Whether a class has an attribute, or may have one by a base that cannot be read."""
    if name in owner.scope.bindings or depth > _DEEPEST_CLASS:
        return True
    parents = [owner.module.evaluate(base, owner.site) for base in owner.node.bases]
    return any(not isinstance(parent, Class) or _has_attribute(parent, name, depth + 1) for parent in parents)


def _enum_kind(owner: Class, depth: int = 0) -> str | None:
    """Whether the members of a class are numbers or texts of their own ("typed") or not ("plain"); None for no enum."""
    kinds: set[str | None] = set()
    for base in owner.node.bases:
        parent = owner.module.evaluate(base, owner.site)
        if isinstance(parent, Class) and depth <= _DEEPEST_CLASS:
            kinds.add(_enum_kind(parent, depth + 1))
        elif isinstance(parent, Origin):
            kinds.add(_ENUMS.get(last_part(parent.dotted)))
    return next((kind for kind in ("typed", "plain") if kind in kinds), None)


_HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Name: Values._name,
    ast.Attribute: Values._attribute,
    ast.Subscript: Values._subscript,
    ast.Constant: Values._constant,
    ast.JoinedStr: Values._text,
    ast.Dict: Values._dict,
    ast.List: Values._sequence,
    ast.Tuple: Values._sequence,
    ast.Set: Values._sequence,
    ast.BinOp: Values._binary,
    ast.UnaryOp: Values._unary,
    ast.BoolOp: Values._boolean,
    ast.IfExp: Values._choice,
    ast.Await: Values._await,
    ast.NamedExpr: Values._walrus,
    ast.Call: Values._call,
    **{kind: Values._comprehension for kind in COMPREHENSIONS if kind is not ast.DictComp},
}

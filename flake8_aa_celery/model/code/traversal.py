"""The one traversal of a tree, which fills its scopes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.by_text import Named, is_namespace, named_by_text, set_by_function, text_in
from flake8_aa_celery.model.code.scopes import (
    FUNCTIONS,
    Binding,
    Block,
    CallSite,
    Growth,
    Scope,
    Scopes,
    Site,
    Store,
)
from flake8_aa_celery.model.code.syntax import alternative, root_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.code.scopes import BindingKind, BlockKind, FunctionNode

#: Methods that change a list or dict in ways that are not followed.
_SPOILERS = frozenset(
    {"appendleft", "clear", "extendleft", "pop", "popitem", "popleft", "remove", "reverse", "setdefault", "sort"}
    | {"update", "__setitem__", "__delitem__", "__iadd__", "__ior__"}
)
#: Methods that change a list or dict, followed or not.
_CHANGING = _SPOILERS | {"append", "extend", "insert"}
#: Types whose methods can be given what they change: ``dict.update(x, y=1)``.
_CONTAINERS = frozenset({"dict", "list"})

#: Functions that bind a name or an attribute that a text gives.
_SETTERS = frozenset({"setattr", "delattr", "exec", "__setattr__", "__delattr__"})

#: Names of attributes that are read from the result of a dispatch; remembered when they are no call.
_RESULT_STATES = frozenset({"status", "state", "result", "info", "traceback"})

_WITHOUT_EXPRESSIONS = frozenset(
    {"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "op", "ops", "simple", "type_comment"}
)
#: The fields of each kind of node that can hold expressions.
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field for field in kind._fields if field not in _WITHOUT_EXPRESSIONS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def scopes_of(tree: ast.Module) -> Scopes:
    """The scopes of a module."""
    return _Traversal(tree).found


class _Traversal:
    """A way through a module in the order of the source, with the place that it has reached."""

    def __init__(self, tree: ast.Module) -> None:
        self.found = Scopes(tree)
        self._order = 0
        self._block = self.found.module.block
        self._site = Site(self._block, tree.body[0] if tree.body else ast.Pass(), 0)
        self._statements(tree.body)
        for scope in self.found.all[1:]:
            _hand_up(scope)

    # -- statements ---------------------------------------------------------------------------------------------

    def _statements(self, body: list[ast.stmt]) -> None:
        block, visitor = self._block, _STATEMENTS.get
        for statement in body:
            self._order += 1
            self._site = Site(block, statement, self._order)
            visitor(type(statement), _Traversal._children)(self, statement)

    def _enter(self, kind: BlockKind, node: ast.AST, body: list[ast.stmt]) -> None:
        if body:
            outer, site = self._block, self._site
            self._block = Block(kind, node, outer, outer.scope, body, site)
            self._statements(body)
            self._block, self._site = outer, site

    def _open(self, kind: BlockKind, node: ast.AST, body: list[ast.stmt]) -> Scope:
        """Make the scope and block of a function, class, lambda or comprehension."""
        scope = Scope(kind, node, self._block.scope)
        scope.block = Block(kind, node, self._block, scope, body, self._site)
        self.found.all.append(scope)
        self.found.by_node[node] = scope
        self._block.scope.children.append(scope)
        return scope

    def _bind(self, name: str, kind: BindingKind, node: ast.AST, value: ast.expr | None = None) -> None:
        scope = self._block.scope
        if scope.elsewhere:
            scope = scope.elsewhere.get(name, scope)
            if scope is not self._block.scope:
                scope.foreign.add(name)
        if kind == "assign" and not isinstance(value, ast.Constant):
            self.found.assigned.add(name)
        self._remember(scope, name, Binding(kind, node, value, self._site))

    def _remember(self, scope: Scope, name: str, binding: Binding) -> None:
        bindings = scope.bindings.get(name)
        if bindings is None:
            scope.bindings[name] = [binding]
        else:
            bindings.append(binding)

    def _bind_by_text(self, named: Named, node: ast.AST, value: ast.expr | None) -> None:
        """Bind a name that a text gives; where it is not known which one, any of them may have been bound."""
        here = self._block.scope
        scope = self.found.module if named.of_module else here
        if scope.kind not in ("class", "module"):
            return  # what is written into the `locals()` of a function is lost
        if scope is not here:
            scope.foreign.add(named.name)
        if named.name:
            kind: BindingKind = "other" if value is None else "assign"
            self._remember(scope, named.name, Binding(kind, node, value, self._site))
        else:
            scope.is_rebound = True

    def _function(self, node: FunctionNode) -> None:
        self._expressions(node.decorator_list)
        self._parameters_defaults(node.args)
        self._bind(node.name, "function", node)
        self.found.functions.append((node, self._site))
        self._body("function", node, node.args)

    def _parameters_defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self._expression(default)
                self._hold([default])

    def _body(self, kind: BlockKind, node: FunctionNode | ast.Lambda, arguments: ast.arguments) -> None:
        block, site = self._block, self._site
        body = node.body if isinstance(node.body, list) else []
        self._block = self._open(kind, node, body).block
        for argument in _all_parameters(arguments):
            self._bind(argument.arg, "parameter", argument)
        if isinstance(node.body, list):
            self._statements(node.body)
        else:
            self._site = Site(self._block, site.statement, site.order)
            self._expression(node.body)
        self._block, self._site = block, site

    def _class(self, node: ast.ClassDef) -> None:
        for expression in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self._expression(expression)
        self._bind(node.name, "class", node)
        block, site = self._block, self._site
        self._block = self._open("class", node, node.body).block
        self._statements(node.body)
        self._block, self._site = block, site

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
                self.found.imports.append((name, alias.name))
            elif alias.name == "*":
                self._block.scope.star_imports.append((node, self._site))
                continue
            else:
                name = alias.asname or alias.name
                self.found.imports.append((name, f"{node.module}.{alias.name}" if node.module else alias.name))
            self._bind(name, "import", node)
            if alias.asname:
                self.found.renamed[alias.asname] = alias.name.rpartition(".")[2]

    def _elsewhere_names(self, node: ast.Global | ast.Nonlocal) -> None:
        here = self._block.scope
        for name in node.names:
            here.elsewhere[name] = self.found.module if isinstance(node, ast.Global) else _nonlocal(name, here)

    def _assign(self, node: ast.Assign) -> None:
        self._expression(node.value)
        for target in node.targets:
            self._target(target, "assign", node, node.value)
        if isinstance(node.value, ast.Name) or len(node.targets) > 1:
            self._alias([node.value, *node.targets])

    def _alias(self, expressions: list[ast.expr]) -> None:
        """Remember that several expressions are one and the same thing from now on."""
        names = [part.id if isinstance(part, ast.Name) else "" for part in expressions]
        if not isinstance(expressions[0], ast.Name):
            del names[0]
        for name in filter(None, names):
            others = [other for other in names if other != name]
            self._block.scope.aliases.setdefault(name, []).extend(others)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._expression(node.value)
            self._target(node.target, "assign", node, node.value)

    def _augmented(self, node: ast.AugAssign) -> None:
        self._expression(node.value)
        if isinstance(node.target, ast.Name):
            if isinstance(node.op, ast.Add) and not isinstance(node.value, ast.Constant):
                self._grow(node.target.id, node.value, many=True)
            elif not isinstance(node.op, ast.Add):
                self._block.scope.spoilt.add(node.target.id)  # `x *= 2` makes a list longer
            self._bind(node.target.id, "augmented", node, node.value)
        else:
            self._target(node.target, "augmented", node, None)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._target(target, "delete", node, None)

    def _target(self, target: ast.expr, kind: BindingKind, node: ast.AST, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, kind, node, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, kind, node, value)
        elif isinstance(target, ast.Starred):
            self._target(target.value, "other", node, None)
        else:
            self._set_part(target, node, value)
            if kind == "assign" and value is not None and isinstance(target, (ast.Attribute, ast.Subscript)):
                self._block.scope.stores.append(Store(target, value, self._site))
            self._children(target)

    def _set_part(self, target: ast.expr, node: ast.AST, value: ast.expr | None) -> None:
        """Remember that an attribute or an item is set."""
        if not isinstance(target, (ast.Attribute, ast.Subscript)):
            return
        named = named_by_text(target)
        if named is not None:
            self._bind_by_text(named, node, value)
            return
        self._block.scope.altered.add(root_name(target.value))
        if isinstance(target, ast.Subscript):
            self._change(target.value)
            if isinstance(target.value, (ast.Attribute, ast.Call)) and text_in(target.slice):
                self.found.stored_attributes.add(text_in(target.slice))  # `vars(x)["y"] = 1`, `x.__dict__["y"] = 1`
        elif not self._is_instance(target.value):
            self.found.stored_attributes.add(target.attr)

    def _is_instance(self, node: ast.expr) -> bool:
        """Whether an expression is ``self`` in a method of instances."""
        if not isinstance(node, ast.Name) or node.id != "self":
            return False
        function = self._block.scope.node
        decorators = function.decorator_list if isinstance(function, FUNCTIONS) else []
        return not any(isinstance(each, ast.Name) and each.id == "classmethod" for each in decorators)

    def _change(self, node: ast.expr) -> None:
        """Remember that what an expression is changes in a way that is not followed."""
        named = named_by_text(node)
        if isinstance(node, ast.Name):
            self._block.scope.spoilt.add(node.id)
        elif named is not None:
            (self.found.module if named.of_module else self._block.scope).spoilt.add(named.name)
        else:
            self.found.changes_parts = True
            if isinstance(node, ast.Attribute):
                self.found.altered_attributes.add(node.attr)

    def _contain(self, nodes: list[ast.expr]) -> None:
        """Remember that a list, tuple, set or dict holds what these are: whoever changes its parts changes them."""
        self._block.scope.contained.update(node.id for node in nodes if isinstance(node, ast.Name))

    def _hold(self, nodes: list[ast.expr]) -> None:
        """Remember that something else holds what these are, too: whoever has that can change them."""
        self._block.scope.held.update(node.id for node in nodes if isinstance(node, ast.Name))

    def _unpack(self, target: ast.Tuple | ast.List, kind: BindingKind, node: ast.AST, value: ast.expr | None) -> None:
        parts: list[ast.expr] | None = None
        if kind == "assign" and isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            parts = value.elts
        for index, element in enumerate(target.elts):
            if parts is not None and not isinstance(element, ast.Starred):
                self._target(element, kind, node, parts[index])
                if isinstance(parts[index], ast.Name):
                    self._alias([parts[index], element])
            else:
                self._target(element, "other", node, None)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self._expression(node.iter)
        outer, site = self._block, self._site
        self._block = Block("loop", node, outer, outer.scope, node.body, site)
        self._target(node.target, "loop", node, node.iter)
        self._statements(node.body)
        self._block, self._site = outer, site
        self._enter("loop-else", node, node.orelse)

    def _while(self, node: ast.While) -> None:
        outer, site = self._block, self._site
        self._block = Block("loop", node, outer, outer.scope, node.body, site)
        self._site = Site(self._block, node, site.order)
        self._test(node.test)
        self._statements(node.body)
        self._block, self._site = outer, site
        self._enter("loop-else", node, node.orelse)

    def _if(self, node: ast.If) -> None:
        """An ``if`` with all its ``elif``s, each in the ``else`` of the one before: of hundreds none is too deep."""
        outer, site = self._block, self._site
        self._choice(node)
        while (following := alternative(node)) is not None:
            self._block = Block("else", node, self._block, outer.scope, node.orelse, self._site)
            self._order += 1
            self._site = Site(self._block, following, self._order)
            node = following
            self._choice(node)
        self._enter("else", node, node.orelse)
        self._block, self._site = outer, site

    def _choice(self, node: ast.If) -> None:
        self._block.scope.choices[node] = self._site
        self._test(node.test)
        self._enter("if", node, node.body)

    def _try(self, node: ast.Try) -> None:
        self._enter("try", node, node.body)
        for handler in node.handlers:
            if handler.type is not None:
                self._expression(handler.type)
            if handler.name:
                self._bind(handler.name, "handler", handler)
            self._enter("handler", handler, handler.body)
        self._enter("try-else", node, node.orelse)
        self._enter("finally", node, node.finalbody)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._expression(item.context_expr)
            if item.optional_vars is not None:
                self._target(item.optional_vars, "context", node, item.context_expr)
        self._enter("with", node, node.body)

    def _match(self, node: ast.Match) -> None:
        self._expression(node.subject)
        self._hold([node.subject])
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self._bind(name, "other", part)
            if case.guard is not None:
                self._expression(case.guard)
            self._enter("case", case, case.body)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._expression(node.value)
            self._block.scope.returns.append((node, self._site))

    # -- expressions --------------------------------------------------------------------------------------------

    def _children(self, node: ast.AST) -> None:
        for field in _FIELDS[type(node)]:
            part = getattr(node, field, None)
            for child in part if isinstance(part, list) else (part,):
                if isinstance(child, ast.expr):
                    self._expression(child)
                elif isinstance(child, ast.AST):
                    self._children(child)

    def _expression(self, node: ast.expr) -> None:
        visit = _EXPRESSIONS.get(type(node), _Traversal._children)
        if visit is not None:
            visit(self, node)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self._expression(node.value)
            self._hold([node.value])
        self._block.scope.yields.append((node, self._site))

    def _value(self, node: ast.Expr | ast.Starred) -> None:
        self._expression(node.value)

    def _expressions(self, nodes: list[ast.expr]) -> None:
        for node in nodes:
            visit = _EXPRESSIONS.get(type(node), _Traversal._children)
            if visit is not None:
                visit(self, node)

    def _elements(self, node: ast.Tuple | ast.List | ast.Set) -> None:
        self._expressions(node.elts)
        self._contain(node.elts)

    def _dict(self, node: ast.Dict) -> None:
        self._expressions([key for key in node.keys if key is not None])
        self._expressions(node.values)
        self._contain([value for key, value in zip(node.keys, node.values, strict=True) if key is not None])

    def _parts(self, node: ast.JoinedStr) -> None:
        self._expressions(node.values)

    def _operands(self, node: ast.BoolOp) -> None:
        self._expressions(node.values)
        self._hold(node.values)

    def _conditional(self, node: ast.IfExp) -> None:
        self._test(node.test)
        self._expression(node.body)
        self._expression(node.orelse)
        self._hold([node.body, node.orelse])

    def _test(self, node: ast.expr) -> None:
        """What is only asked whether it is true: nothing holds it afterwards."""
        if isinstance(node, ast.BoolOp):
            for value in node.values:
                self._test(value)
        elif isinstance(node, ast.UnaryOp):
            self._test(node.operand)
        else:
            self._expression(node)

    def _comparison(self, node: ast.Compare) -> None:
        self._expression(node.left)
        self._expressions(node.comparators)

    def _item(self, node: ast.Subscript) -> None:
        self._expression(node.value)
        self._expression(node.slice)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Name):
            self._called(node, function.id)
        elif isinstance(function, ast.Attribute):
            self._called(node, function.attr)
            if isinstance(function.value, ast.Name):
                self._method(function.value.id, function.attr, node.args)
            else:
                self._method_of_part(function.value, function.attr, node)
                self._expression(function.value)
        else:
            self._called(node, "")
            self._expression(function)
        self._expressions(node.args)
        for keyword in node.keywords:
            self._expression(keyword.value)

    def _method_of_part(self, owner: ast.expr, method: str, node: ast.Call) -> None:
        """Remember what a method does to what no name holds by itself."""
        of_module = is_namespace(owner) if method == "update" else None
        if of_module is not None:
            for given in node.args:
                self._bind_by_text(Named("", of_module), given, None)
            for keyword in node.keywords:
                self._bind_by_text(Named(keyword.arg or "", of_module), keyword.value, keyword.value)
        elif method in _CHANGING:
            self._change(owner)

    def _set_by_function(self, node: ast.Call, name: str) -> None:
        """Remember what ``setattr``, ``delattr`` and ``exec`` bind."""
        named = set_by_function(node)
        if name == "exec":
            if len(node.args) == 1 or is_namespace(node.args[1]) is not None:
                self.found.module.is_rebound = self._block.scope.is_rebound = True
        elif named is not None:
            self._bind_by_text(named, node, node.args[2] if len(node.args) > 2 else None)
        elif len(node.args) > 1:
            owner, attribute = node.args[:2]  # of `x.__setattr__("y", 1)` the name and what it becomes
            attribute = owner if name.startswith("_") and len(node.args) == 2 else attribute
            if text_in(attribute):
                self.found.stored_attributes.add(text_in(attribute))
            else:
                self.found.freely_stored.add(root_name(owner))

    def _called(self, node: ast.Call, name: str) -> None:
        if name in _SETTERS:
            self._set_by_function(node, name)
        call = CallSite(node, self._site, name)
        self._block.scope.calls.append(call)
        self.found.calls_named.setdefault(name, []).append(len(self.found.calls))
        self.found.calls.append(call)

    def _method(self, name: str, method: str, arguments: list[ast.expr]) -> None:
        """Remember what a method does to the list that a name holds."""
        if name in _CONTAINERS and method in _CHANGING and arguments:
            self._change(arguments[0])
        if method in ("append", "extend") and len(arguments) == 1:
            self._grow(name, arguments[0], many=method == "extend")
        elif method == "insert" and len(arguments) == 2:
            front = isinstance(arguments[0], ast.Constant) and arguments[0].value == 0
            self._grow(name, arguments[1], many=False, front=front)
            if not front:
                self._block.scope.spoilt.add(name)
        elif method in _SPOILERS:
            self._block.scope.spoilt.add(name)

    def _grow(self, name: str, value: ast.expr, *, many: bool, front: bool = False) -> None:
        growth = Growth(value, many, self._site, front)
        self._block.scope.growths.setdefault(name, []).append(growth)

    def _attribute(self, node: ast.Attribute) -> None:
        if node.attr in _RESULT_STATES and isinstance(node.ctx, ast.Load):
            self._block.scope.attribute_reads.append((node, self._site))
        if node.attr in _CHANGING:
            self._change(node.value)  # `add = found.append`: whoever calls that
        self._expression(node.value)

    def _binary(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.BitOr):
            self._block.scope.joins.append((node, self._site))
        self._expression(node.left)
        self._expression(node.right)

    def _walrus(self, node: ast.NamedExpr) -> None:
        self._expression(node.value)
        block = self._block
        while self._block.kind == "comprehension" and self._block.parent is not None:
            self._block = self._block.parent
        self._bind(node.target.id, "assign", node, node.value)
        self._block = block
        self._hold([node.value, node.target])

    def _lambda(self, node: ast.Lambda) -> None:
        self._parameters_defaults(node.args)
        self._body("lambda", node, node.args)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self._expression(node.generators[0].iter)
        block, site = self._block, self._site
        self._block = self._open("comprehension", node, []).block
        self._site = Site(self._block, site.statement, site.order)
        for index, generator in enumerate(node.generators):
            if index:
                self._expression(generator.iter)
            self._target(generator.target, "loop", generator, generator.iter)
            for condition in generator.ifs:
                self._expression(condition)
        if isinstance(node, ast.DictComp):
            self._expression(node.key)
            self._expression(node.value)
        else:
            self._expression(node.elt)
        self._block, self._site = block, site


def _nonlocal(name: str, scope: Scope) -> Scope:
    """The function that a ``nonlocal`` name belongs to: one that binds it, or else the nearest."""
    around: list[Scope] = []
    outer = scope.parent
    while outer is not None:
        if outer.kind == "function":
            around.append(outer)
        outer = outer.parent
    return next((outer for outer in around if name in outer.bindings), around[0] if around else scope)


def _hand_up(scope: Scope) -> None:
    """Tell the scope that binds a name what happens to its value in another one.

    What a comprehension adds to a list is added where it stands; what a function does is done nobody knows when.
    """
    for name in (*scope.growths, *scope.spoilt):
        owner = scope.owner_of(name)
        if owner is None or owner is scope:
            continue
        if owner is scope.runs_in() and name not in scope.spoilt:
            owner.growths.setdefault(name, []).extend(scope.growths[name])
            owner.growths[name].sort(key=lambda growth: growth.site.order)
        else:
            owner.spoilt.add(name)


def _all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter in the order of the source, ``*args`` and ``**kwargs`` included."""
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found + [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]


# The methods are looked up by the exact type of a node: several times faster than NodeVisitor's names.
_STATEMENTS: dict[type[ast.stmt], Callable[..., None]] = {
    ast.FunctionDef: _Traversal._function,
    ast.AsyncFunctionDef: _Traversal._function,
    ast.ClassDef: _Traversal._class,
    ast.Import: _Traversal._import,
    ast.ImportFrom: _Traversal._import,
    ast.Global: _Traversal._elsewhere_names,
    ast.Nonlocal: _Traversal._elsewhere_names,
    ast.Assign: _Traversal._assign,
    ast.AnnAssign: _Traversal._annotated,
    ast.AugAssign: _Traversal._augmented,
    ast.Delete: _Traversal._delete,
    ast.For: _Traversal._for,
    ast.AsyncFor: _Traversal._for,
    ast.While: _Traversal._while,
    ast.If: _Traversal._if,
    ast.Try: _Traversal._try,
    ast.With: _Traversal._with,
    ast.AsyncWith: _Traversal._with,
    ast.Match: _Traversal._match,
    ast.Return: _Traversal._return,
    ast.Expr: _Traversal._value,
}
if hasattr(ast, "TryStar"):  # since Python 3.11
    _STATEMENTS[ast.TryStar] = _Traversal._try

# None is for those that hold nothing to remember: a name that is read, and a constant.
_EXPRESSIONS: dict[type[ast.expr], Callable[..., None] | None] = {
    ast.Name: None,
    ast.Constant: None,
    ast.JoinedStr: _Traversal._parts,
    ast.BoolOp: _Traversal._operands,
    ast.IfExp: _Traversal._conditional,
    ast.Dict: _Traversal._dict,
    ast.Tuple: _Traversal._elements,
    ast.List: _Traversal._elements,
    ast.Set: _Traversal._elements,
    ast.Compare: _Traversal._comparison,
    ast.Subscript: _Traversal._item,
    ast.Starred: _Traversal._value,
    ast.Yield: _Traversal._yield,
    ast.YieldFrom: _Traversal._yield,
    ast.Call: _Traversal._call,
    ast.Attribute: _Traversal._attribute,
    ast.BinOp: _Traversal._binary,
    ast.NamedExpr: _Traversal._walrus,
    ast.Lambda: _Traversal._lambda,
    ast.ListComp: _Traversal._comprehension,
    ast.SetComp: _Traversal._comprehension,
    ast.GeneratorExp: _Traversal._comprehension,
    ast.DictComp: _Traversal._comprehension,
}

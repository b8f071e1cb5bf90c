"""What an expression can be known to be: constants, tasks, signatures, workflows, dispatches.

Every class here is a :class:`Value`, so that one question, "what is this expression?", has one kind of answer.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, FunctionNode, Scope, Site
    from flake8_aa_celery.model.knowledge.celery import WorkflowKind

    DispatchMethod = Literal[
        "delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send_task", "()",
    ]  # fmt: skip
    Spelling = Literal["shared", "app", "removed"]


class Value:
    """What an expression is. An instance of this class itself says: unknown."""

    __slots__ = ()


#: What nothing is known about. No rule fires on it.
UNKNOWN = Value()


class Sited(Value):
    """What is made at a place in the code."""

    __slots__ = ("site",)

    site: Site

    @property
    def module(self) -> Module:
        """The module that it is made in."""
        return self.site.module


class Constant(Value):
    """A value of Python's own: a number, a string, ``None`` …"""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class Member(Constant):
    """A member of an enum that is a number or a text itself: what it looks like in a text depends on Python."""

    __slots__ = ()


class Origin(Value):
    """Something of a library, known by its canonical dotted name; ``requests.Session()`` is an instance."""

    __slots__ = ("dotted",)

    def __init__(self, dotted: str) -> None:
        self.dotted = dotted


class ModuleValue(Value):
    """A module: of the project where ``path`` is given, otherwise one that cannot be read."""

    __slots__ = ("dotted", "path")

    def __init__(self, dotted: str, path: str | None) -> None:
        self.dotted = dotted
        self.path = path


class Function(Sited):
    """A function that is no task."""

    __slots__ = ("node",)

    def __init__(self, node: FunctionNode, site: Site) -> None:
        self.node = node
        self.site = site

    @property
    def is_plain(self) -> bool:
        """Whether no decorator could have made something else of it."""
        return not self.node.decorator_list


class Class(Sited):
    """A class of the project."""

    __slots__ = ("node",)

    def __init__(self, node: ast.ClassDef, site: Site) -> None:
        self.node = node
        self.site = site

    @property
    def scope(self) -> Scope:
        """Where the names of its body are bound."""
        return self.module.scopes.by_node[self.node]


class Lambda(Sited):
    """A function without a name."""

    __slots__ = ("node",)

    def __init__(self, node: ast.Lambda, site: Site) -> None:
        self.node = node
        self.site = site


class Instance(Value):
    """An instance of a class of the project.

    :param of: the class.
    :param is_exact: whether it is made in sight, so that it is no instance of a class derived from that.
    """

    __slots__ = ("is_exact", "of")

    def __init__(self, of: Class, *, is_exact: bool = False) -> None:
        self.of = of
        self.is_exact = is_exact


class Rows(Value):
    """A manager or a queryset of Django's, or what an annotation calls a list of instances.

    :param model: what its items are instances of; None where that is not known.
    :param classes: the classes of the project that it is made of, those of its manager first.
    :param is_list: whether it is such a list, of whatever class.
    """

    __slots__ = ("classes", "is_list", "model")

    def __init__(self, model: Class | None, classes: tuple[Class, ...] = (), *, is_list: bool = False) -> None:
        self.model = model
        self.classes = classes
        self.is_list = is_list


class RowsMethod(Value):
    """A method that Django gives to managers and querysets: ``Owner.objects.filter``."""

    __slots__ = ("name", "rows")

    def __init__(self, rows: Rows, name: str) -> None:
        self.rows = rows
        self.name = name


class ManagerClass(Value):
    """What ``OwnerManager.from_queryset(OwnerQuerySet)`` returns: a class without a ``class`` statement.

    :param classes: the classes of the project that it is made of.
    """

    __slots__ = ("classes",)

    def __init__(self, classes: tuple[Class, ...]) -> None:
        self.classes = classes


class BoundMethod(Value):
    """A method and what it is called on, which is its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Function, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver


class Super(Value):
    """``super()``: what comes after a class among the bases of the class that something is an instance of."""

    __slots__ = ("after", "receiver")

    def __init__(self, receiver: Value, after: Class) -> None:
        self.receiver = receiver
        self.after = after


class Partial(Sited):
    """``functools.partial(f, x)``.

    :param called: what it calls.
    :param node: the call that made it, whose first argument is what it calls.
    """

    __slots__ = ("called", "node")

    def __init__(self, called: Value, node: ast.Call, site: Site) -> None:
        self.called = called
        self.node = node
        self.site = site


class Several(Value):
    """A tuple whose members are known, such as what ``get_or_create`` returns."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values = values


class Registrar(Value):
    """What registers a function as a task when it is called with it: ``shared_task(name="x")``, ``app.task``.

    :param options: what it was given so far.
    """

    __slots__ = ("options", "spelling")

    def __init__(self, spelling: Spelling, options: Mapping) -> None:
        self.spelling = spelling
        self.options = options


class App(Value):
    """A Celery application.

    :param node: the call of ``Celery(...)``, None where it was imported from a file that cannot be found.
    """

    __slots__ = ("node",)

    def __init__(self, node: ast.Call | None = None) -> None:
        self.node = node


class Expression:
    """A piece of code that has a value, and where it stands."""

    __slots__ = ("node", "site")

    def __init__(self, node: ast.expr, site: Site) -> None:
        self.node = node
        self.site = site

    @property
    def module(self) -> Module:
        """The module that it stands in."""
        return self.site.module

    @property
    def value(self) -> Value:
        """What it is."""
        from flake8_aa_celery.model.resolve.evaluation import value_of  # makes what is defined here

        return value_of(self.node, self.site)

    @property
    def origin(self) -> str | None:
        """Its dotted origin by the imports of its own file."""
        return self.site.module.origin(self.node, self.site)

    def reported_in(self, module: Module, otherwise: ast.expr) -> ast.expr:
        """Where to report it in a module: where it is written, if that is in there."""
        return self.node if self.module is module else otherwise


class Entry(Expression):
    """A value of a mapping and where it is written; ``key`` is None for keyword arguments."""

    __slots__ = ("key",)

    def __init__(self, node: ast.expr, site: Site, key: ast.expr | None = None) -> None:
        super().__init__(node, site)
        self.key = key


class Mapping(Value):
    """A dictionary or the keyword arguments of a call.

    :param complete: whether ``entries`` are all there are.
    """

    __slots__ = ("complete", "entries")

    def __init__(self, entries: dict[str, Entry], complete: bool = True) -> None:
        self.entries = entries
        self.complete = complete

    def get(self, key: str) -> Entry | None:
        """The entry of a key, None where there is none or none can be seen."""
        return self.entries.get(key)

    def lacks(self, key: str) -> bool:
        """Whether there certainly is no such key."""
        return self.complete and key not in self.entries

    def constant(self, key: str) -> object:
        """The constant that a key is bound to; :data:`UNKNOWN` where it is not there or not known."""
        entry = self.entries.get(key)
        value = entry.value if entry else UNKNOWN
        return value.value if isinstance(value, Constant) else UNKNOWN

    def merged(self, other: Mapping) -> Mapping:
        """``{**self, **other}``; what ``other`` does not show may override anything of this one."""
        entries = {**self.entries, **other.entries} if other.complete else dict(other.entries)
        return Mapping(entries, self.complete and other.complete)


class Element(Expression):
    """A member of a list, tuple, set or of a workflow.

    :param loop: the loop or comprehension that adds one such member per item, None for a single member.
    :param maybe: whether it may not be there: it is added under a condition.
    """

    __slots__ = ("loop", "maybe")

    def __init__(self, node: ast.expr, site: Site, loop: Block | None = None, *, maybe: bool = False) -> None:
        super().__init__(node, site)
        self.loop = loop
        self.maybe = maybe

    def within(self, loop: Block | None, *, maybe: bool = False) -> Element:
        """The member as it is added by a loop, unless a loop of its own adds it, or under a condition."""
        return Element(self.node, self.site, self.loop or loop, maybe=self.maybe or maybe)


class Known(Element):
    """A member that no code of its own stands for: a function that a decorator is called with.

    :param node: what is closest to it.
    :param held: what it is.
    """

    __slots__ = ("held",)

    def __init__(self, node: ast.expr, site: Site, held: Value) -> None:
        super().__init__(node, site)
        self.held = held

    @property
    def value(self) -> Value:
        """What it is."""
        return self.held


class Items(Value):
    """A list, tuple, set, generator or comprehension.

    Of very many elements only the first are known: what is put together from itself, line by line, such as
    ``x = x + x``, would else grow beyond all bounds.

    :param complete: whether ``elements`` are all there are.
    """

    __slots__ = ("complete", "elements")

    #: So many elements are known at most.
    MOST = 300

    def __init__(self, elements: tuple[Element, ...], complete: bool = True) -> None:
        self.elements = elements[: self.MOST]
        self.complete = complete and len(elements) <= self.MOST


def is_data(value: Value) -> bool:
    """Whether something is a constant, a list or a dict: what other code can make another of."""
    return isinstance(value, (Constant, Items, Mapping))


def distinct(elements: Iterable[Element]) -> list[Element]:
    """The elements of which each is another expression: what is put in several times is asked about once."""
    return list({(element.node, element.site.frame): element for element in elements}.values())


class Parameters(NamedTuple):
    """What a task can be called with; ``self`` of a bound task is left out."""

    positional_only: tuple[str, ...]
    positional: tuple[str, ...]
    keyword_only: tuple[str, ...]
    required: frozenset[str]
    takes_any_positional: bool
    takes_any_keyword: bool

    @property
    def by_position(self) -> tuple[str, ...]:
        """The names in the order in which positional arguments fill them."""
        return self.positional_only + self.positional

    def accepts(self, keyword: str) -> bool:
        """Whether the task can be given this keyword argument."""
        return self.takes_any_keyword or keyword in self.positional or keyword in self.keyword_only


class Task(Sited):
    """A function registered with Celery.

    :param decorator: the expression that registers it, with or without a call.
    :param position: its place among the decorators, 0 is the outermost.
    :param options: what the decorator is given.
    :param site: where the function is defined.
    :param maker: the call of Celery's that registers it, where a decorator of the project makes it; None where the
        decorator itself is Celery's.
    :param wrapper: the function that such a decorator registers in its place; None where it registers this one.
    """

    __slots__ = ("decorator", "maker", "node", "options", "position", "removed_origin", "spelling", "wrapper")

    def __init__(
        self,
        node: FunctionNode,
        site: Site,
        decorator: ast.expr,
        position: int,
        spelling: Spelling,
        options: Mapping,
        removed_origin: str = "",
        maker: ast.expr | None = None,
        wrapper: FunctionNode | None = None,
    ) -> None:
        self.node = node
        self.site = site
        self.decorator = decorator
        self.position = position
        self.spelling = spelling
        self.options = options
        self.removed_origin = removed_origin
        self.maker = maker
        self.wrapper = wrapper

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.node.name

    @property
    def scope(self) -> Scope:
        """Where the names of its body are bound."""
        return self.module.scopes.by_node[self.node]

    @property
    def definition(self) -> FunctionNode | ast.ClassDef:
        """The statement that defines it."""
        return self.node

    @property
    def _heading(self) -> ast.expr | ast.ClassDef:
        """What its options are written in: its decorator."""
        return self.decorator

    def says(self, written: Expression) -> bool:
        """Whether an option, or a part of one, is written at the task itself and not elsewhere for several."""
        first, last = self._heading.lineno, self._heading.end_lineno or self._heading.lineno
        return written.module is self.module and first <= written.node.lineno <= last

    @property
    def decorators_above(self) -> list[ast.expr]:
        """The decorators that wrap the task, outermost first."""
        return self.node.decorator_list[: self.position]

    @property
    def decorators_below(self) -> list[ast.expr]:
        """The decorators that Celery's argument check sees instead of the function."""
        return self.node.decorator_list[self.position + 1 :]

    @property
    def is_static(self) -> bool:
        """Whether it is a static method of a class."""
        return any(map(_is_staticmethod, self.decorators_above))

    @property
    def wraps_static_method(self) -> bool:
        """Whether its decorator is given what ``@staticmethod`` below it makes: no function to Celery."""
        return any(map(_is_staticmethod, self.decorators_below))

    @property
    def is_method(self) -> bool:
        """Whether it stands in the body of a class without being a static method."""
        return self.site.scope.kind == "class" and not self.is_static

    @property
    def is_local(self) -> bool:
        """Whether it is defined inside a function."""
        return self.site.scope.function() is not None

    @property
    def bound(self) -> bool | None:
        """Whether Celery passes the task itself as first argument; None where that cannot be resolved."""
        if self.options.lacks("bind"):
            return False
        value = self.options.constant("bind")
        return None if value is UNKNOWN else bool(value)

    @property
    def base(self) -> str | None:
        """The dotted origin of ``base=``, None where none is given or it cannot be resolved."""
        entry = self.options.get("base")
        return entry.origin if entry else None

    @property
    def registered_name(self) -> str | None:
        """The name that Celery knows it by; None where ``name=`` cannot be resolved."""
        if not self.options.lacks("name"):
            name = self.options.constant("name")
            return name if isinstance(name, str) else None
        if self.wrapper is not None and not any(map(_is_wraps, self.wrapper.decorator_list)):
            return None  # that of a function of the decorator's
        return f"{self.module.dotted}.{self.name}"

    @property
    def parameters(self) -> Parameters:
        """What it can be called with by its ``def``, ``self`` of a bound task left out."""
        return parameters_of(self.node.args, skip_first=bool(self.bound))


class ClassTask(Task):
    """A class that derives from Celery's, of which an object is registered; a worker runs its ``run``.

    Celery gives ``run`` the object itself, and looks at no arguments before it does.
    Source: ``celery.app.base.Celery.register_task``, ``celery.app.task.Task.__call__``.

    :param owner: the class.
    :param node: its ``run``, which it may inherit.
    :param run: where that is defined.
    :param options: the attributes of the class that are options of a task, those that it inherits included.
    :param named: the name that a keyword of the class gives it; empty where there is none.
    """

    __slots__ = ("named", "owner", "run")

    @property
    def scope(self) -> Scope:
        """Where the names of ``run`` are bound."""
        return self.run.module.scopes.by_node[self.node]

    @property
    def definition(self) -> FunctionNode | ast.ClassDef:
        """The class."""
        return self.owner.node

    @property
    def _heading(self) -> ast.expr | ast.ClassDef:
        """The class, in whose body they are."""
        return self.owner.node

    def __init__(self, owner: Class, node: FunctionNode, run: Site, options: Mapping, named: str = "") -> None:
        super().__init__(node, owner.site, owner.node.bases[0], 0, "app", options)
        self.owner = owner
        self.run = run
        self.named = named

    @property
    def name(self) -> str:
        """The name of its class."""
        return self.owner.node.name

    @property
    def decorators_above(self) -> list[ast.expr]:
        """None: nothing stands between the object and whoever sends it."""
        return []

    @property
    def decorators_below(self) -> list[ast.expr]:
        """The decorators of ``run``."""
        return self.node.decorator_list

    @property
    def is_static(self) -> bool:
        """Whether ``run`` is not given the object."""
        return is_static_method(self.node)

    @property
    def wraps_static_method(self) -> bool:
        """Nothing registers ``run`` by itself."""
        return False

    @property
    def is_method(self) -> bool:
        """It is no function that somebody would call with an object of his own."""
        return False

    @property
    def is_local(self) -> bool:
        """Whether its class is defined inside a function."""
        return self.owner.site.scope.function() is not None

    @property
    def bound(self) -> bool | None:
        """Whether ``run`` is given the object."""
        return not self.is_static

    @property
    def registered_name(self) -> str | None:
        """The name that Celery knows it by; None where its ``name`` cannot be resolved."""
        if self.named:
            return self.named
        if not self.options.lacks("name"):
            name = self.options.constant("name")
            return name if isinstance(name, str) else None
        return f"{self.owner.module.dotted}.{self.name}"


class UnreadableTask(Value):
    """A task whose definition is not seen: of a ``tasks`` module that cannot be found, or one of several.

    :param dotted: its origin, empty where it is one of several.
    :param among: these, where they are known.
    """

    __slots__ = ("among", "dotted")

    def __init__(self, dotted: str = "", among: tuple[Value, ...] = ()) -> None:
        self.dotted = dotted
        self.among = among

    @property
    def name(self) -> str:
        """The name of its function, or "task" where it is one of several."""
        return self.dotted.rpartition(".")[2] or "task"


class NamedTask(Value):
    """A task that is spoken of by its registered name: ``send_task("app.tasks.update")``.

    :param name: None where the name cannot be resolved.
    :param node: the expression that gives the name.
    """

    __slots__ = ("name", "node")

    def __init__(self, name: str | None, node: ast.expr | None) -> None:
        self.name = name
        self.node = node


if TYPE_CHECKING:
    Target = Task | UnreadableTask | NamedTask | Function


class Signature(Sited):
    """A task with arguments, not sent yet.

    :param node: the whole expression, ``.set(…)`` included.
    :param call: the call that made it: ``t.s(1)``, ``signature("t")``.
    :param method: ``s``, ``si``, ``signature`` or ``subtask``.
    :param options: those of ``.set``, ``.clone`` and ``options=``, the later over the earlier.
    :ivar is_changed: whether its arguments may have become others.
    """

    __slots__ = ("call", "immutable", "is_changed", "method", "node", "options", "task")

    def __init__(
        self,
        node: ast.Call,
        call: ast.Call,
        method: str,
        task: Target,
        options: Mapping,
        immutable: bool | None,
        site: Site,
    ) -> None:
        self.node = node
        self.call = call
        self.method = method
        self.task = task
        self.options = options
        self.immutable = immutable
        self.site = site
        self.is_changed = False

    def with_options(self, node: ast.Call, options: Mapping) -> Signature:
        """What ``.set(…)`` returns."""
        found = Signature(
            node,
            self.call,
            self.method,
            self.task,
            self.options.merged(options),
            self.immutable,
            self.site,
        )
        found.is_changed = self.is_changed
        return found

    def changed(self) -> Signature:
        """This signature after a change that is not followed: its task is known, and nothing else."""
        found = Signature(
            self.node, self.call, self.method, self.task, Mapping({}, complete=False), None, self.site
        )  # fmt: skip
        found.is_changed = True
        return found

    def one_of_several(self, others: list[Signature]) -> Signature:
        """What this signature and others have in common where it cannot be told which of them it is."""
        plain = all(other.options.complete and not other.options.entries for other in others)
        immutable = self.immutable if all(other.immutable is self.immutable for other in others) else None
        return Signature(
            self.node, self.call, self.method, UnreadableTask(), Mapping({}, plain), immutable, self.site
        )  # fmt: skip


class Workflow(Sited):
    """A chain, group, chord, chunks, map or starmap, not sent yet.

    :param node: the expression: a call or ``a | b``, ``.set(…)`` included.
    :param members: what it is made of; of a chord its header.
    :param body: what follows a chord's header.
    """

    __slots__ = ("body", "kind", "members", "node", "options")

    def __init__(
        self,
        node: ast.expr,
        kind: WorkflowKind,
        members: Items,
        options: Mapping,
        site: Site,
        body: Element | None = None,
    ) -> None:
        self.node = node
        self.kind = kind
        self.members = members
        self.options = options
        self.site = site
        self.body = body

    def changed(self) -> Workflow:
        """This workflow after a change that is not followed: neither its members are known nor its options."""
        unknown = Items((), complete=False)
        return Workflow(self.node, self.kind, unknown, Mapping({}, complete=False), self.site, self.body)

    def with_options(self, node: ast.Call, options: Mapping) -> Workflow:
        """What ``.set(…)`` returns."""
        return Workflow(node, self.kind, self.members, self.options.merged(options), self.site, self.body)


class Dispatch(Sited):
    """A call that hands something to the broker; as a value, what that call returns.

    :param receiver: what is dispatched.
    :param options: what ``apply_async`` takes beside the arguments of the task; of ``delay`` always empty.
    :param loop: the loop or comprehension in which it runs once per item; None where it is no bulk dispatch.
    :ivar is_handed_over: whether the method is handed to something that calls it, as to ``on_commit``.
    """

    __slots__ = ("is_handed_over", "loop", "method", "node", "options", "receiver")

    def __init__(
        self,
        node: ast.Call,
        method: DispatchMethod,
        receiver: Target | Signature | Workflow,
        options: Mapping,
        site: Site,
        loop: Block | None,
    ) -> None:
        self.node = node
        self.method = method
        self.receiver = receiver
        self.options = options
        self.site = site
        self.loop = loop
        self.is_handed_over = False

    @property
    def task(self) -> Target | None:
        """The task that is dispatched, itself or as a signature; None for a workflow."""
        if isinstance(self.receiver, Signature):
            return self.receiver.task
        return None if isinstance(self.receiver, Workflow) else self.receiver


class LocalCall(NamedTuple):
    """A task that is run by its caller, in the caller's process: ``t(x)``, ``t.run(x)``, ``t.apply()``.

    :param method: ``()``, ``run`` or ``apply`` of the task; ``signature`` where one of its signatures is run.
    """

    node: ast.Call
    task: Task
    method: str
    site: Site


def _is_wraps(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func).rpartition(".")[2] == "wraps"


def is_static_method(function: FunctionNode) -> bool:
    """Whether ``@staticmethod`` stands above a function, by its name."""
    return any(map(_is_staticmethod, function.decorator_list))


def _is_staticmethod(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id == "staticmethod"


def parameters_of(arguments: ast.arguments, *, skip_first: bool = False) -> Parameters:
    """The parameters of a ``def``; ``skip_first`` leaves out ``self``."""
    positional_only = [argument.arg for argument in arguments.posonlyargs]
    positional = [argument.arg for argument in arguments.args]
    by_position = positional_only + positional
    required = set(by_position[: len(by_position) - len(arguments.defaults)])
    required |= {
        argument.arg
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    }
    if skip_first and by_position:
        required.discard(by_position[0])
        del (positional_only or positional)[0]
    return Parameters(
        tuple(positional_only),
        tuple(positional),
        tuple(argument.arg for argument in arguments.kwonlyargs),
        frozenset(required),
        arguments.vararg is not None,
        arguments.kwarg is not None,
    )

"""What fixes can do to code: a class for each kind of rewrite, which a rule makes and `fixes/` carries out.

A rewrite says what is wanted, in plain values, so that a violation can travel between processes. How it is done stands
in :mod:`flake8_aa_celery.fixes`, which needs libcst; a rule does not.

These are no named tuples: every check of a file with a task imports them, and to make the class of a named tuple takes
ten times as long, 0.15 instead of 0.013 milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias


class Values:
    """Plain values with names: equal where the class and all values are."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and type(self) is type(other) and self._values() == other._values()

    def __repr__(self) -> str:
        named = ", ".join(f"{name}={value!r}" for name, value in zip(self.__slots__, self._values(), strict=True))
        return f"{type(self).__name__}({named})"

    def _values(self) -> list[object]:
        return [getattr(self, name) for name in self.__slots__]


class Spot(Values):
    """Where a node starts and ends: lines from 1, columns from 0 as ``ast`` counts them, in UTF-8 bytes."""

    __slots__ = ("column", "end_column", "end_line", "line")

    def __init__(self, line: int, column: int, end_line: int, end_column: int) -> None:
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column

    @classmethod
    def of(cls, node: ast.expr | ast.stmt) -> Spot:
        """The spot of a node."""
        return cls(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


class _Rewrite(Values):
    """What all rewrites can be asked."""

    __slots__ = ()

    def spots(self) -> Iterator[Spot]:
        """The places other than that of the violation which the rewrite looks at."""
        for value in self._values():
            if isinstance(value, Spot):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in value if isinstance(part, Spot))


# -- calls and their methods ------------------------------------------------------------------------------------


class CallAfter(_Rewrite):
    """The statement at the violation is followed by a call of a method of something that is imported for it.

    :param module: the one that it is imported from.
    :param name: what is imported.
    :param method: what is called of it, without arguments.
    """

    __slots__ = ("method", "module", "name")

    def __init__(self, module: str, name: str, method: str) -> None:
        self.module = module
        self.name = name
        self.method = method


class ChainInsteadOfGroup(_Rewrite):
    """The call of ``group`` at the violation becomes one of ``chain``."""

    __slots__ = ()


class LoopToChain(_Rewrite):
    """``for x in xs: t(x)`` becomes ``chain([t.si(x) for x in xs]).delay()``."""

    __slots__ = ()


class MethodInsteadOfCall(_Rewrite):
    """``t(x)`` becomes ``t.delay(x)``.

    :param name: that of the method.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class OptionOnEach(_Rewrite):
    """An option that a call gave to a chain is set on its signatures.

    :param name: that of the option.
    :param code: the source of its value.
    :param members: the signatures that get it.
    :param call: the call that gave it to the chain.
    :param keep: whether the call keeps it.
    """

    __slots__ = ("call", "code", "keep", "members", "name")

    def __init__(self, name: str, code: str, members: Sequence[Spot], call: Spot, *, keep: bool) -> None:
        self.name = name
        self.code = code
        self.members = tuple(members)
        self.call = call
        self.keep = keep


class RenameMethod(_Rewrite):
    """The method that is called at the violation becomes another one: ``t.s(1)`` becomes ``t.si(1)``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class SendOnCommit(_Rewrite):
    """``on_commit(lambda: t.delay(x))`` becomes ``t.delay_on_commit(x)``, or ``on_commit(partial(t.delay, x))``.

    :param call: the call that sends.
    :param registration: the call of ``on_commit``.
    :param method: what is to be called in its place; empty for a ``partial``.
    """

    __slots__ = ("call", "method", "registration")

    def __init__(self, call: Spot, registration: Spot, method: str) -> None:
        self.call = call
        self.registration = registration
        self.method = method


class HandToOnCommit(_Rewrite):
    """``t.delay(x)`` becomes ``transaction.on_commit(partial(t.delay, x))``."""

    __slots__ = ()


class UseApplyAsync(_Rewrite):
    """``t.delay(x)`` becomes ``t.apply_async(args=[x], priority=7)``.

    :param moved: the keywords of ``delay`` that are options of the dispatch, and no arguments of the task.
    :param options: the source of further options by their names.
    """

    __slots__ = ("moved", "options")

    def __init__(self, moved: Sequence[str] = (), options: Mapping[str, str] | None = None) -> None:
        self.moved = tuple(moved)
        self.options = dict(options or {})


# -- options and keys -------------------------------------------------------------------------------------------


class AddKey(_Rewrite):
    """A dict gets one more key; ``dict(…)`` a keyword argument.

    :param code: the source of the key's value.
    :param spot: that of the dict.
    """

    __slots__ = ("code", "name", "spot")

    def __init__(self, name: str, code: str, spot: Spot) -> None:
        self.name = name
        self.code = code
        self.spot = spot


class DropException(_Rewrite):
    """A retry loses the exception that it is given, and the handler around it a name that nothing uses any more.

    :param spot: that of the retry.
    """

    __slots__ = ("spot",)

    def __init__(self, spot: Spot) -> None:
        self.spot = spot


class DropOption(_Rewrite):
    """A decorator loses an option that is written in it: ``@shared_task(bind=True)`` becomes ``@shared_task``.

    :param name: that of the option.
    :param spot: that of the decorator.
    """

    __slots__ = ("name", "spot")

    def __init__(self, name: str, spot: Spot) -> None:
        self.name = name
        self.spot = spot


class OptionIntoKwargs(_Rewrite):
    """``apply_async(force=True)`` becomes ``apply_async(kwargs={"force": True})``.

    :param name: what the argument is called.
    :param call: the call that is given it.
    :param kwargs: the dict that the call gives as ``kwargs``; None where it gives none.
    """

    __slots__ = ("call", "kwargs", "name")

    def __init__(self, name: str, call: Spot, kwargs: Spot | None) -> None:
        self.name = name
        self.call = call
        self.kwargs = kwargs


class RenameKey(_Rewrite):
    """A key of a dict, written as a plain text, becomes another one.

    :param spot: that of the key.
    """

    __slots__ = ("name", "spot")

    def __init__(self, name: str, spot: Spot) -> None:
        self.name = name
        self.spot = spot


class Rename(_Rewrite):
    """What stands at some places gets another name: variables, attributes, keys that are plain texts.

    :param places: those of the variables, of the whole attributes and of the texts.
    """

    __slots__ = ("name", "places")

    def __init__(self, name: str, places: Sequence[Spot]) -> None:
        self.name = name
        self.places = tuple(places)


class RenameOption(_Rewrite):
    """A keyword of a call is renamed: ``timeout=60`` becomes ``time_limit=60``.

    :param spot: that of the option's value.
    """

    __slots__ = ("new", "old", "spot")

    def __init__(self, old: str, new: str, spot: Spot) -> None:
        self.old = old
        self.new = new
        self.spot = spot


class ReplaceOption(_Rewrite):
    """A keyword of a call becomes another one with another value: ``eta=now() + …`` becomes ``countdown=60``.

    :param code: the source of the new value.
    :param spot: that of the option's value.
    """

    __slots__ = ("code", "new", "old", "spot")

    def __init__(self, old: str, new: str, code: str, spot: Spot) -> None:
        self.old = old
        self.new = new
        self.code = code
        self.spot = spot


class SetImportedOption(_Rewrite):
    """A call gets a keyword argument whose value is imported: ``@shared_task(base=QueueOnce)``.

    :param module: the one that the value is imported from.
    :param imported: its name there.
    :param spot: that of the call.
    """

    __slots__ = ("imported", "module", "name", "spot")

    def __init__(self, name: str, module: str, imported: str, spot: Spot) -> None:
        self.name = name
        self.module = module
        self.imported = imported
        self.spot = spot


class SetOption(_Rewrite):
    """A call or decorator gets a keyword argument, or another value for one that it has.

    :param code: the source of the option's value.
    :param spot: that of the call or decorator, where it is not the one at the violation.
    :param first: whether the option is best put before the others.
    """

    __slots__ = ("code", "first", "name", "spot")

    def __init__(self, name: str, code: str, spot: Spot | None = None, *, first: bool = False) -> None:
        self.name = name
        self.code = code
        self.spot = spot
        self.first = first


# -- expressions ------------------------------------------------------------------------------------------------


class DropNoqaCodes(_Rewrite):
    """The ``noqa`` comment in the line of the violation loses codes, and goes where it has none left.

    :param codes: in capital letters.
    """

    __slots__ = ("codes",)

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)


class RenameText(_Rewrite):
    """The text at the violation becomes another one, in the quotes that it has.

    :param text: without anything that would need to be escaped.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class ReplaceExpression(_Rewrite):
    """The expression at the violation becomes another one.

    :param code: its source.
    """

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code


class WrapExpression(_Rewrite):
    """The expression at the violation is put between two texts: ``args=(x)`` becomes ``args=[x]``.

    :param keep: whether the parentheses around it stay, around the whole.
    """

    __slots__ = ("after", "before", "keep")

    def __init__(self, before: str, after: str, *, keep: bool = False) -> None:
        self.before = before
        self.after = after
        self.keep = keep


# -- tasks and modules ------------------------------------------------------------------------------------------


class AddLogger(_Rewrite):
    """The module gets a logger after its imports.

    :param module: that of the function which makes it.
    :param name: that of this function.
    """

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name


class AddSharedTask(_Rewrite):
    """``@shared_task`` is put above the function at the violation."""

    __slots__ = ()


class AddWraps(_Rewrite):
    """``@functools.wraps(…)`` is put above a function that a decorator returns.

    :param function: the name of what the decorator stands on.
    :param spot: that of the function which it returns.
    """

    __slots__ = ("function", "spot")

    def __init__(self, function: str, spot: Spot) -> None:
        self.function = function
        self.spot = spot


class ImportInstead(_Rewrite):
    """A name is imported from another module, or written instead of the attribute at the violation.

    :param module: the one that it is to come from.
    """

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name


class ImportInTasksModule(_Rewrite):
    """The module at the violation is imported in a module of tasks.

    :param target: the file of that.
    :param source: the package that it is imported from there: ``.`` or ``..core``.
    :param name: the name of the module.
    """

    __slots__ = ("name", "source", "target")

    def __init__(self, target: str, source: str, name: str) -> None:
        self.target = target
        self.source = source
        self.name = name


class LogStart(_Rewrite):
    """The function at the violation says in the log that it has started, before anything else.

    :param logger: the name of the module's logger.
    :param name: what the message calls it.
    :param argument: the parameter that the message tells the value of; empty for none.
    :param added: how the module gets the logger, where it has none yet.
    """

    __slots__ = ("added", "argument", "logger", "name")

    def __init__(self, logger: str, name: str, argument: str = "", added: AddLogger | None = None) -> None:
        self.logger = logger
        self.name = name
        self.argument = argument
        self.added = added


class MoveToTasksModule(_Rewrite):
    """A task moves to the package's module of tasks, and is imported where it stood.

    :param module: the name of the module of tasks.
    :param name: the name of the task where that is to be written into its decorator, otherwise empty.
    :param index: the place of this decorator among those of the function.
    :param in_package: whether the file lies in a package, so that the import is a relative one.
    :param line: the line of its ``def``; None for that of the violation.
    :param others: how the other tasks move that the violation is about.
    """

    __slots__ = ("in_package", "index", "line", "module", "name", "others")

    def __init__(
        self,
        module: str,
        name: str,
        index: int,
        *,
        in_package: bool,
        line: int | None = None,
        others: tuple[MoveToTasksModule, ...] = (),
    ) -> None:
        self.module = module
        self.name = name
        self.index = index
        self.in_package = in_package
        self.line = line
        self.others = others


class TaskDecoratorOnTop(_Rewrite):
    """The decorator that makes the task is put above those that hide it.

    :param index: its place among the decorators.
    :param spot: that of the function.
    """

    __slots__ = ("index", "spot")

    def __init__(self, index: int, spot: Spot) -> None:
        self.index = index
        self.spot = spot


class UseSharedTask(_Rewrite):
    """What registers the task at the violation becomes ``@shared_task``; its options stay as they are.

    :param kept: the names of imports that stay although nothing uses them any more: they make the application.
    :param others: where the other tasks of the module are registered that must become shared, too, or none is.
    """

    __slots__ = ("kept", "others")

    def __init__(self, kept: Sequence[str] = (), others: Sequence[Spot] = ()) -> None:
        self.kept = tuple(kept)
        self.others = tuple(others)


if TYPE_CHECKING:
    #: Those that concern one file; :mod:`flake8_aa_celery.fixes._changes` has a case for each, or mypy objects.
    RewriteOfOneFile: TypeAlias = (
        AddKey
        | AddLogger
        | AddSharedTask
        | AddWraps
        | CallAfter
        | ChainInsteadOfGroup
        | DropNoqaCodes
        | DropException
        | DropOption
        | ImportInstead
        | LogStart
        | LoopToChain
        | MethodInsteadOfCall
        | OptionIntoKwargs
        | OptionOnEach
        | Rename
        | RenameKey
        | RenameMethod
        | RenameOption
        | RenameText
        | ReplaceExpression
        | ReplaceOption
        | HandToOnCommit
        | SendOnCommit
        | SetImportedOption
        | SetOption
        | TaskDecoratorOnTop
        | UseApplyAsync
        | UseSharedTask
        | WrapExpression
    )
    RewriteOfTwoFiles: TypeAlias = ImportInTasksModule | MoveToTasksModule
    Rewrite: TypeAlias = RewriteOfOneFile | RewriteOfTwoFiles

#: Those that concern a second file; :mod:`flake8_aa_celery.fixes.whole_project` makes them.
OF_TWO_FILES = (ImportInTasksModule, MoveToTasksModule)

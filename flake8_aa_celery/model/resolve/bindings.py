"""What a name is: by its bindings, by an import, by ``from … import *``, as an attribute of a module."""

from __future__ import annotations

import ast
from bisect import bisect_right
from contextlib import suppress
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.frames import in_frame
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import ImportedName, canonical, imported_name, reaching, scope_of
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.knowledge import esi
from flake8_aa_celery.model.knowledge.celery import APPLICATIONS, STARRED
from flake8_aa_celery.model.resolve import models
from flake8_aa_celery.model.resolve.annotations import value_of_annotation
from flake8_aa_celery.model.resolve.changes import changed
from flake8_aa_celery.model.resolve.contents import contents
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import function_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    App,
    BoundMethod,
    Class,
    Constant,
    Expression,
    Function,
    Instance,
    Items,
    Lambda,
    Mapping,
    ModuleValue,
    Origin,
    Rows,
    Several,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
    is_data,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, FunctionNode, Scope, Site

#: Modules from which a Celery application is imported, where they cannot be found.
_APP_MODULES = frozenset({"celery", "celery_app", "celeryapp"})
_AUTODISCOVER = frozenset({"autodiscover_tasks"})


def value_of_name(name: str, bindings: list[Binding], site: Site | None = None) -> Value:
    """What a name is that has one of these bindings, as far as they agree.

    :param site: where it is asked for; None for the end of the module.
    """
    if _is_hidden_module(name, bindings):
        return UNKNOWN
    value = _value_of_name(name, bindings, site)
    return UNKNOWN if is_data(value) and _may_be_another(name, bindings) else value


def _is_hidden_module(name: str, bindings: list[Binding]) -> bool:
    """Whether a package binds the name of a module in it to something else: whichever is bound last is meant.

    What is taken out of that module is bound after it is imported: ``from .add import add``.
    """
    module = bindings[0].site.module
    if not module.path.endswith("__init__.py") or _owner(name, bindings) is not module.scopes.module:
        return False
    submodule = module.project.submodule(module.path, name)
    return submodule is not None and any(_imports_of(binding, module) != submodule for binding in bindings)


def _owner(name: str, bindings: list[Binding]) -> Scope:
    """The scope that a name belongs to, wherever it is bound."""
    scope = bindings[0].site.scope
    return scope.owner_of(name) or scope


def _imports_of(binding: Binding, module: Module) -> str | None:
    """The file out of which an import statement takes something, or which it names; None for anything else.

    None, too, for one under a condition.
    """
    if not isinstance(binding.node, ast.ImportFrom) or binding.site.block.kind not in ("module", "try"):
        return None
    source = ImportedName(binding.node.level, binding.node.module or "", "")
    path = imported_module(source, module).path
    if path == module.path and binding.node.names:
        return module.project.submodule(module.path, binding.node.names[0].name)
    return path


def _may_be_another(name: str, bindings: list[Binding]) -> bool:
    """Whether a name may be bound, or what it is imported as be changed, by what does not say its name."""
    return any(
        _owner(name, [binding]).is_rebound
        or (
            isinstance(binding.node, ast.ImportFrom)
            and imported_name(name, binding.node).member in binding.site.module.scopes.altered_attributes
        )
        for binding in bindings
    )


def _value_of_name(name: str, bindings: list[Binding], site: Site | None) -> Value:
    """As :func:`value_of_name`, as far as statements tell that say the name."""
    if len(bindings) == 1 and (joined := _joined(name, bindings[0], site)) is not None:
        return joined
    roots = _roots(name, bindings)
    values = [value_of_binding(name, root, site) for root in roots]
    starred = overriding(name, bindings, site)
    if len(values) == 1 and not starred:
        scope = _owner(name, roots)
        found = changed(contents(values[0], name, roots[0], site), name, scope)
        # what `+=` makes of anything but a list is not followed
        return found if roots == bindings or isinstance(found, Items) else UNKNOWN
    if len(roots) < len(bindings) or any(isinstance(value, (Items, Mapping)) for value in values):
        return UNKNOWN
    return common(values + starred)


def value_of_binding(name: str, binding: Binding, site: Site | None = None) -> Value:
    """What a single binding makes of a name.

    :param site: where the name is asked for: in a call that is looked into, parameters are what they are given.
    """
    node = binding.node
    if site is not None and site.frame is not None:
        return _in_call(name, binding, site)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return imported(imported_name(name, node), binding.site.module)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return function_of(node, binding.site)
    if isinstance(node, ast.ClassDef):
        return Class(node, binding.site)
    if binding.kind == "parameter":
        return _parameter(binding)
    return _bound(name, binding, binding.site)


def _in_call(name: str, binding: Binding, site: Site) -> Value:
    """What a binding makes of a name in a call that is looked into."""
    owner = scope_of(name, site)
    frame = site.frame.around(owner) if site.frame is not None and owner is not None else None
    if frame is None:
        return value_of_binding(name, binding)
    if binding.kind == "parameter" and owner is frame.scope:
        given = frame.arguments.get(name)
        if given is None:
            return _parameter(binding)
        value = given.value if isinstance(given, Expression) else given
        return value if isinstance(value, Value) and value is not UNKNOWN else _parameter(binding)
    if isinstance(binding.node, FUNCTIONS) and isinstance(function_of(binding.node, binding.site), Function):
        return Function(binding.node, binding.site.framed(frame))
    if isinstance(binding.node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)) or binding.kind == "parameter":
        return value_of_binding(name, binding)
    return _bound(name, binding, binding.site.framed(frame))


def _bound(name: str, binding: Binding, site: Site) -> Value:
    """What a statement makes of a name that takes its value from an expression.

    :param site: where the statement stands.
    """
    if binding.kind == "other":
        return _unpacked(name, binding.node, site)
    if binding.value is None:
        return UNKNOWN
    if binding.kind == "assign":
        value = value_of(binding.value, site)
        annotation = binding.node.annotation if isinstance(binding.node, ast.AnnAssign) else None
        if annotation is None or not (value is UNKNOWN or isinstance(value, Origin)):
            return value
        annotated = value_of_annotation(annotation, site)
        return annotated if value is UNKNOWN or isinstance(annotated, App) else value
    if binding.kind == "context":
        entered = value_of(binding.value, site)
        return entered if isinstance(entered, (Instance, Origin)) else UNKNOWN
    if binding.kind == "loop":
        return _loop_variable(binding.value, site)
    return UNKNOWN


def _unpacked(name: str, node: ast.AST, site: Site) -> Value:
    """What a name is among those that a tuple is unpacked into: ``owner, created = …get_or_create()``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], (ast.Tuple, ast.List)):
        return UNKNOWN
    targets = node.targets[0].elts
    value = value_of(node.value, site)
    if isinstance(value, Several) and len(value.values) == len(targets):
        for target, part in zip(targets, value.values, strict=True):
            if isinstance(target, ast.Name) and target.id == name:
                return part
    return UNKNOWN


def _parameter(binding: Binding) -> Value:
    """What a parameter is whoever calls: ``self``, or what its annotation says."""
    value = _itself(binding)
    annotation = binding.node.annotation if isinstance(binding.node, ast.arg) else None
    if value is not UNKNOWN or annotation is None or not isinstance(binding.site.statement, FUNCTIONS):
        return value
    arguments = binding.site.statement.args
    return (
        UNKNOWN
        if binding.node in (arguments.vararg, arguments.kwarg)
        else value_of_annotation(annotation, binding.site)
    )


def _itself(binding: Binding) -> Value:
    """``self`` of a task with ``bind=True`` is that task; in a method an instance of its class."""
    function = binding.site.statement
    if not isinstance(function, FUNCTIONS) or (*function.args.posonlyargs, *function.args.args)[:1] != (binding.node,):
        return UNKNOWN
    if function.decorator_list:
        value = function_of(function, binding.site)
        if isinstance(value, Task):
            return value if value.bound else UNKNOWN
    return _receiver(function, binding.site)


def _receiver(function: FunctionNode, site: Site) -> Value:
    """What the first parameter of a method is: an instance of its class, or the class; unknown outside of classes."""
    owner = site.scope
    if not isinstance(owner.node, ast.ClassDef) or owner.block.site is None:
        return UNKNOWN
    around = Class(owner.node, owner.block.site)
    decorators = {site.module.origin(decorator, site) for decorator in function.decorator_list}
    if "builtins.staticmethod" in decorators:
        return UNKNOWN
    if "builtins.classmethod" in decorators:
        return around
    return models.rows_of_itself(around) or Instance(around)


def _loop_variable(iterated: ast.expr, site: Site) -> Value:
    items = value_of(iterated, site)
    if isinstance(items, Rows):
        return Instance(items.model) if items.model is not None else UNKNOWN
    if not isinstance(items, Items) or not items.elements or not items.complete:
        return UNKNOWN
    return common([element.value for element in items.elements])


def _joined(name: str, binding: Binding, site: Site | None) -> Value | None:
    """What ``steps |= update.si()`` makes of a name: a chain; None for other statements, and for what is none."""
    node = binding.node
    if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.BitOr):
        return None
    written = _written_out(binding.site.module)
    if node not in written:
        before = ast.copy_location(ast.Name(name, ast.Load()), node.target)
        written[node] = ast.copy_location(ast.BinOp(before, node.op, node.value), node)
    value = value_of(written[node], in_frame(binding, _owner(name, [binding]), site))
    return value if isinstance(value, Workflow) else None


@fact
def _written_out(module: Module) -> dict[ast.AugAssign, ast.BinOp]:
    """For each ``x |= y`` of a module that was asked for ``x | y``, which has no place of its own."""
    return {}


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


def common(values: list[Value]) -> Value:
    """What several possibilities have in common: the same constant, the same fact, or that all are tasks."""
    values = _without_registered(values)
    first = values[0]
    if all(value is first for value in values):
        return first
    if isinstance(first, Constant) and all(
        isinstance(value, Constant) and type(value.value) is type(first.value) and value.value == first.value
        for value in values
    ):
        return first
    if _are_alike(values):
        return first
    application = next((value for value in values if isinstance(value, App)), None)
    if application is not None and all(map(_may_be_application, values)):
        return application
    # what may be None as well can only be sent where it is not
    tasks = [value for value in values if not (isinstance(value, Constant) and value.value is None)]
    if tasks and all(isinstance(value, (Task, UnreadableTask)) for value in tasks):
        return tasks[0] if len(tasks) == 1 else UnreadableTask(among=tuple(tasks))
    if all(isinstance(value, Origin) for value in values):
        origins = {value.dotted for value in values if isinstance(value, Origin)}
        # whichever operation of ESI it is, it is one
        is_one = len(origins) == 1 or all(origin.startswith(esi.CLASSES) for origin in origins)
        return first if is_one else UNKNOWN
    return _common_signature(values)


def _without_registered(values: list[Value]) -> list[Value]:
    """The values without functions and classes of which another one is the task: ``T = app.register_task(T())``.

    Until that is registered nobody can send it.
    """
    tasks = [value for value in values if isinstance(value, Task)]
    nodes = {id(task.definition) for task in tasks}
    return [each for each in values if not (isinstance(each, (Class, Function)) and id(each.node) in nodes)]


def _are_alike(values: list[Value]) -> bool:
    """Whether all are applications, instances of one class, rows of one model, or one and the same function."""
    first = values[0]
    if any(type(value) is not type(first) for value in values):
        return False
    if isinstance(first, App):
        return True
    return (
        isinstance(first, (BoundMethod, Class, Function, Instance, Lambda, Rows)) and len(set(map(_sort, values))) == 1
    )


def _may_be_application(value: Value) -> bool:
    """Whether one of several values leaves it possible that they are an application: one, nothing, or unknown."""
    return value is UNKNOWN or isinstance(value, (App, Origin)) or (isinstance(value, Constant) and value.value is None)


def _sort(value: Value) -> object:
    """What makes two values alike."""
    if isinstance(value, Instance):
        return id(value.of.node)
    if isinstance(value, Rows):
        return value.model and id(value.model.node), tuple(id(each.node) for each in value.classes)
    if isinstance(value, BoundMethod):
        return id(value.function.node), _sort(value.receiver)
    return id(value.node) if isinstance(value, (Class, Function, Lambda)) else id(value)


def _common_signature(values: list[Value]) -> Value:
    signatures = [value for value in values if isinstance(value, Signature)]
    if len(signatures) < len(values):
        return UNKNOWN
    return signatures[0].one_of_several(signatures)


# -- imports -------------------------------------------------------------------------------------------------------


def imported(name: ImportedName, importer: Module) -> Value:
    """What ``import a.b`` or ``from a import b`` gives a module of the project."""
    module = imported_module(name, importer)
    if name.member:
        return member_of(module, name.member, importer)
    package, _, last = name.module.rpartition(".")
    if package and not name.level:
        # `import a.b as c` asks `a` for its `b`, whatever that is
        around = imported_module(ImportedName(0, package, ""), importer)
        if around.path is not None and around.path.endswith(".py"):
            found = member_of(around, last, importer)
            return found if isinstance(found, ModuleValue) else UNKNOWN
    return module


def imported_module(name: ImportedName, importer: Module) -> ModuleValue:
    """The module that an import names."""
    return ModuleValue(*importer.project.imported_module(name, importer))


def member_of(module: ModuleValue, name: str, importer: Module) -> Value:
    """What ``name`` of a module is: bound in it, a module of that package, or something of a library."""
    dotted = f"{module.dotted}.{name}" if module.dotted else name
    if dotted in importer.project.settings.celery_apps:
        return App()
    if module.path is None:
        return _of_library(dotted)
    if module.path.endswith(".py"):
        loaded = importer.project.load(module.path)
        if loaded is None or _is_asked_elsewhere(loaded, name):
            return UNKNOWN
        value = member(loaded, name)
        if value is not None:
            return value
    path = importer.project.submodule(module.path, name)
    return ModuleValue(dotted, path) if path else UNKNOWN


def _is_asked_elsewhere(module: Module, name: str) -> bool:
    """Whether a module has a ``__getattr__`` that may answer for a name: it need not bind that itself."""
    scope = module.scopes.module
    if "__getattr__" not in scope.bindings:
        return False
    return all(binding.site.block is not scope.block for binding in scope.bindings.get(name, ()))


def _of_library(dotted: str) -> Value:
    """What a dotted name is whose module is not part of the project."""
    dotted = canonical(dotted)
    module = dotted.rpartition(".")[0]
    of_celery = module.partition(".")[0] == "celery"
    if dotted in APPLICATIONS or (not of_celery and module.rpartition(".")[2] in _APP_MODULES):
        return App()
    return Origin(dotted)


# -- the names of a module --------------------------------------------------------------------------------------


def member(module: Module, name: str) -> Value | None:
    """What a name of a module is to whoever imports it; None where it is not bound."""
    known = _members(module)
    if name not in known:
        # imports that lead in a circle: by this way the name is not bound
        known[name] = None
        bindings = names.without_fallbacks(module.scopes.module.bindings.get(name, []))
        value = value_of_name(name, bindings) if bindings else _starred_member(module, name)
        unclear = value is UNKNOWN or isinstance(value, Origin)
        known[name] = App() if unclear and name in _used_as_apps(module) else value
    return known[name]


def _starred_member(module: Module, name: str) -> Value | None:
    """What a module has by ``from … import *``; unknown where a module in a package is called so, too."""
    value = star_imported(module, name)
    return UNKNOWN if value is not None and module.project.submodule(module.path, name) is not None else value


@fact
def _members(module: Module) -> dict[str, Value | None]:
    """What is known so far of the names of a module."""
    return {}


@fact
def _used_as_apps(module: Module) -> frozenset[str]:
    """The names that are asked for what only a Celery application has, however it was made."""
    return frozenset(
        function.value.id
        for call in module.calls_of(_AUTODISCOVER)
        if call.name in _AUTODISCOVER
        and isinstance(function := call.node.func, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and call.site.scope is module.scopes.module
    )


# -- from … import * --------------------------------------------------------------------------------------------


def star_imported(module: Module, name: str, site: Site | None = None) -> Value | None:
    """What a name that is bound nowhere is by ``from … import *``; None where no such import offers it.

    :param site: where it is asked for; None for the end of the module.
    """
    if site is not None and site.scope.runs_in() is module.scopes.module and len(_stars(module)) > 1:
        return _starred_so_far(module, name, site)
    seen = {module}
    waiting = [(star, module) for star in _asked_stars(module)]
    while waiting:
        star, importer = waiting.pop()
        if not _can_read(star, importer):
            with suppress(ValueError):  # it was found out on the way here
                _asked_stars(importer).remove(star)
            continue
        found = _offering(star, name, importer)
        if isinstance(found, Value):
            return found
        if found is not None and found not in seen:
            seen.add(found)
            value = member(found, name) if name in found.scopes.module.bindings else _members(found).get(name)
            if value is not None:
                return value
            waiting += [(star, found) for star in _asked_stars(found) if name not in _members(found)]
    for each in seen:  # none of them leads to another one
        _members(each).setdefault(name, None)
    return None


def _starred_so_far(module: Module, name: str, site: Site) -> Value | None:
    """What the last of the imports before a place makes of a name; those under a condition may have made it."""
    values: list[Value] = []
    for star, place in reversed(_readable_stars(module)):
        value = _star_member(star, name, module) if place.order <= site.order else None
        values += [] if value is None else [value]
        if value is not None and place.block.encloses(site.block):
            break
    return common(values) if values else None


@fact
def _stars(module: Module) -> list[tuple[ImportedName, Site]]:
    """What ``from … import *`` names, and where it stands."""
    stars = module.scopes.module.star_imports
    return [(ImportedName(node.level, node.module or "", ""), site) for node, site in stars]


@fact
def _asked_stars(module: Module) -> list[ImportedName]:
    """Those that may offer a name: a file is read when it is asked, and not asked again in vain."""
    return [star for star, _ in _stars(module)]


@fact
def _readable_stars(module: Module) -> list[tuple[ImportedName, Site]]:
    """Those of which it is known what they offer."""
    return [star for star in _stars(module) if _can_read(star[0], module)]


@fact
def _unreadable_stars(module: Module) -> list[int]:
    """In which order the others stand, sorted: there may be many, and no name need be asked of each."""
    readable = {site.order for _, site in _readable_stars(module)}
    return sorted(site.order for _, site in _stars(module) if site.order not in readable)


def is_read_whole(module: Module) -> bool:
    """Whether all names that a module takes by ``from … import *`` are known, however many modules it leads through."""
    return not any(map(_unreadable_stars, modules_starred(module)))


def modules_starred(module: Module) -> Iterator[Module]:
    """A module and those that it takes all names of, however many others they lead through; each once."""
    seen, waiting = {module.path}, [module]
    while waiting:
        found = waiting.pop()
        yield found
        for star, _ in _stars(found):
            path = imported_module(star, found).path
            loaded = found.project.load(path) if path is not None and path not in seen else None
            if loaded is not None:
                seen.add(loaded.path)
                waiting.append(loaded)


def overriding(name: str, bindings: list[Binding], site: Site | None) -> list[Value]:
    """What ``from … import *`` may make of a name that has these bindings in this module, too.

    :param site: where it is asked for; None for the end of the module.
    """
    module = bindings[0].site.module
    block = module.scopes.module.block
    if not module.scopes.module.star_imports or _owner(name, bindings) is not module.scopes.module:
        return []
    certain = max((binding.site.order for binding in bindings if binding.site.block is block), default=-1)
    end = site.order if site and site.scope.runs_in() is module.scopes.module else None
    found: list[Value] = []
    for star, place in _readable_stars(module):
        if place.order > certain and (end is None or place.order < end):
            value = _star_member(star, name, module)
            found += [value] if value is not None else []
    unreadable = _unreadable_stars(module)
    following = bisect_right(unreadable, certain)
    hidden = unreadable[following : following + 1]
    if hidden and bindings[0].kind == "assign" and (end is None or hidden[0] < end):
        found.append(UNKNOWN)
    return found


def _star_member(name: ImportedName, wanted: str, importer: Module) -> Value | None:
    """What ``wanted`` is by ``from name import *``; None where that module does not offer it."""
    found = _offering(name, wanted, importer)
    if found is None or isinstance(found, Value):
        return found
    value = member(found, wanted)
    # a package offers the modules in it, too, if they were imported
    return UNKNOWN if value is None and found.project.submodule(found.path, wanted) else value


def _offering(name: ImportedName, wanted: str, importer: Module) -> Module | Value | None:
    """What may offer ``wanted`` by ``from name import *``: a module of the project; of Celery the thing itself."""
    module = imported_module(name, importer)
    if module.path is None:
        known = module.dotted == "celery" and wanted in STARRED
        return _of_library(f"celery.{wanted}") if known else None
    loaded = importer.project.load(module.path) if module.path.endswith(".py") else None
    if loaded is None or not _is_public(wanted, loaded):
        return None
    is_said = "__all__" in loaded.scopes.module.bindings
    return UNKNOWN if is_said and _is_asked_elsewhere(loaded, wanted) else loaded


def _can_read(name: ImportedName, importer: Module) -> bool:
    """Whether it is known what ``from name import *`` offers."""
    module = imported_module(name, importer)
    if module.path is None:
        return module.dotted == "celery"
    return module.path.endswith(".py") and importer.project.load(module.path) is not None


def _is_public(name: str, module: Module) -> bool:
    """Whether a module offers a name to ``import *``: what its ``__all__`` says, as far as that is known."""
    if "__all__" not in module.scopes.module.bindings:
        return not name.startswith("_")
    offered = member(module, "__all__")
    values = [item.value for item in offered.elements] if isinstance(offered, Items) and offered.complete else [UNKNOWN]
    return any(not isinstance(value, Constant) or value.value == name for value in values)

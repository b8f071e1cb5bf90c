"""What holds a worker while it waits: the network, a process, a nap, another task.

``blocking_of(module)`` answers for the calls of one module. Functions of the same module are looked into; those of
other modules are not.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import absolute, reaching
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import local_calls_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import Function, Origin, Signature, Task
from flake8_aa_celery.model.results.uses import WAITS, result_uses_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite, FunctionNode, Scope, Site

# The patterns are compiled when first needed: most files have no loop to ask about.
_PACKAGES = frozenset(
    {"requests", "requests_oauthlib", "httpx", "httpx2", "aiohttp", "urllib3", "urllib", "smtplib", "dhooks_lite"}
    | {"dhooks", "discord_webhook", "discord", "discordproxy", "time", "subprocess", "os"}
)
_VERBS = "(get|options|head|post|put|patch|delete|request|send|stream|urlopen)"
#: Origins of what blocks. A call in an origin is written with ``()``: ``requests.Session().get``.
_LIBRARY = (
    rf"requests(\.api|\.sessions)?(\.[Ss]ession\(\))?\.{_VERBS}"
    rf"|requests_oauthlib(\.\w+)?\.OAuth[12]Session\(\)\.({_VERBS}|fetch_token|refresh_token)"
    rf"|httpx2?(\.(Async)?Client\(\))?\.{_VERBS}"
    rf"|aiohttp(\.client)?(\.ClientSession\(\))?\.({_VERBS}|ws_connect)"
    rf"|urllib3(\.\w+)?(\.PoolManager\(\))?\.{_VERBS}"
    r"|urllib\.request\.(urlopen|urlretrieve|build_opener\(\)\.open)"
    r"|smtplib\.(SMTP|SMTP_SSL|LMTP)(\(\)\.(connect|login|send_message|sendmail))?"
    r"|dhooks_lite(\.\w+)?\.Webhook\(\)\.execute"
    r"|dhooks(\.\w+)?\.Webhook(\.\w+)?\(\)\.(send|modify|delete)"
    r"|discord_webhook(\.\w+)?\.(Async)?DiscordWebhook\(\)\.(execute|edit|delete)"
    r"|discord(\.\w+)*\.(Sync)?Webhook\.(from_url|partial)\(\)\.(send|fetch|edit_message|delete_message)"
    r"|discordproxy\.client\.DiscordClient\(\)\.\w+"
    r"|time\.sleep"
    r"|subprocess\.(run|call|check_call|check_output|getoutput|getstatusoutput|Popen\(\)\.(wait|communicate))"
    r"|os\.system"
)
#: An operation of ESI: ``client.Character.get_characters_character_id`` or, newer, ``GetCharactersCharacterId``.
_OPERATION = r"(get|post|put|delete)_[a-z_]+|(Get|Post|Put|Delete)[A-Z]\w*"
_RESULT_OF_OPERATION = frozenset({"result", "results"})
_CLASSES_OF_ESI = ("esi.clients.", "esi.openapi_clients.")
#: What runs the coroutine that it is given, and waits for it.
_DRIVERS = r"asyncio\.(run|(get_event_loop|new_event_loop)\(\)\.run_until_complete)"
_SYNCHRONOUS = "asgiref.sync.async_to_sync"
NAP = "time.sleep"
#: Beyond this many names that stand for one another nobody looks for an operation.
_DEEPEST = 5
#: What blocks without a network.
_LOCAL = ("os.", "subprocess.", "time.")


class Blocking:
    """Which calls of a module block."""

    __slots__ = ("_by_function", "_by_node", "_driven", "_extra", "_module")

    def __init__(self, module: Module) -> None:
        self._module = module
        self._extra = frozenset(module.project.settings.blocking_calls)
        #: the functions that were looked into, and whether they block
        self._by_function: dict[FunctionNode, bool] = {}
        #: the calls of coroutines that are waited for at once, by the function that they stand in
        self._driven: dict[Scope, set[int]] = {}
        #: the calls of which another fact of the module says that they run a task or wait for one, and for what
        self._by_node = {
            id(local.node): f"{local.task.name}{_of_method(local.method)}"
            for local in local_calls_of(module)
            if task_around(local.site) is not local.task
        }
        for use in result_uses_of(module):
            if use.name in WAITS and use.dispatch is not None:
                self._by_node[id(use.node)] = f"delay().{use.name}()"

    def by(self, call: CallSite) -> str:
        """What blocks in a call, as a message may name it; empty where nothing is known to.

        ``requests.get`` for that call, ``fetch`` for a call of a function of this module in which it stands.
        """
        return self._directly(call) or self._in_function(call)

    def _directly(self, call: CallSite) -> str:
        known = self._by_node.get(id(call.node))
        if known is not None:
            return known
        dotted = self._module.origin(call.node.func, call.site)
        if dotted and dotted.partition(".")[0] in _PACKAGES and re.fullmatch(_LIBRARY, dotted):
            return _without_calls(dotted)
        if signature := self._run_here(call):
            return signature
        if self._extra and (named := self._configured(call, dotted)):
            return named
        return self._operation_of_esi(call)

    def _run_here(self, call: CallSite) -> str:
        """``update.si()()`` and ``update.si().apply()``, which run the task in this process."""
        function = call.node.func
        if isinstance(function, ast.Attribute) and function.attr == "apply":
            function = function.value
        value = value_of(function, call.site) if isinstance(function, ast.Call) else None
        if isinstance(value, Signature) and isinstance(value.task, Task):
            return f"{value.task.name}()"
        return ""

    def _configured(self, call: CallSite, dotted: str | None) -> str:
        """The name in the setting ``blocking-calls`` that a call goes by."""
        names = {_without_calls(absolute(dotted, self._module.dotted, self._module.path))} if dotted else set()
        value = value_of(call.node.func, call.site)
        if isinstance(value, Function):
            names.add(f"{value.module.dotted}.{value.node.name}")
        elif isinstance(value, Origin):
            names.add(_without_calls(value.dotted))
        return min(names & self._extra, default="")

    # -- ESI ----------------------------------------------------------------------------------------------------

    def _operation_of_esi(self, call: CallSite) -> str:
        """``GetStatus.result`` of an ESI client, whatever the client is called."""
        function = call.node.func
        if not isinstance(function, ast.Attribute) or function.attr not in _RESULT_OF_OPERATION:
            return ""
        operation = _operation(function.value, call.site)
        if not operation:
            value = value_of(function.value, call.site)
            if not isinstance(value, Origin) or not value.dotted.startswith(_CLASSES_OF_ESI):
                return ""
            operation = value.dotted.removesuffix("()").rpartition(".")[2]
        return f"{operation}.{function.attr}"

    # -- functions of this module -------------------------------------------------------------------------------

    def _in_function(self, call: CallSite) -> str:
        wrapped = self._made_synchronous(call)
        function = self._called(wrapped or call.node.func, call)
        if function is None:
            return ""
        if isinstance(function.node, ast.AsyncFunctionDef) and not wrapped and not self._is_driven(call):
            return ""
        return function.node.name if self._blocks(function) else ""

    def _made_synchronous(self, call: CallSite) -> ast.expr | None:
        """``f`` in ``async_to_sync(f)(…)``."""
        outer = call.node.func
        if isinstance(outer, ast.Call) and outer.args:
            return outer.args[0] if self._module.origin(outer.func, call.site) == _SYNCHRONOUS else None
        return None

    def _called(self, node: ast.expr, call: CallSite) -> Function | None:
        """The function of this module that a call runs, unless a decorator may have made something else of it."""
        if not _is_defined_here(node, call.site):
            return None
        value = value_of(node, call.site)
        if not isinstance(value, Function) or value.module is not self._module:
            return None
        plain = all(
            isinstance(decorator, ast.Name) and decorator.id in ("staticmethod", "classmethod")
            for decorator in value.node.decorator_list
        )
        return value if plain else None

    def _blocks(self, function: Function) -> bool:
        """Whether anything in the body of a function blocks, other than when something has failed."""
        known = self._by_function.get(function.node)
        if known is None:
            self._by_function[function.node] = False  # functions that call each other
            calls = self._module.calls_in(self._module.scopes.by_node[function.node])
            known = any(not self.is_exceptional(call) and self.by(call) for call in calls)
            self._by_function[function.node] = known
        return known

    def is_exceptional(self, call: CallSite, within: Block | None = None) -> bool:
        """Whether a call runs only now and then: in a handler, or, for a nap, under a condition.

        :param within: the loop that is asked about; None for the whole function.
        """
        for block in call.site.block.around():
            if block is within:
                return False
            if block.kind == "handler" or (block.kind in ("if", "else", "case") and self._is_nap(call)):
                return True
        return False

    def _is_nap(self, call: CallSite) -> bool:
        return self._module.origin(call.node.func, call.site) == NAP

    def over_network(self, scope: Scope) -> str:
        """What a function asks of the network first, itself or in functions of this module; empty where nothing."""
        return self._over_network(scope, {scope})

    def _over_network(self, scope: Scope, seen: set[Scope]) -> str:
        for call in self._module.calls_in(scope):
            found = "" if id(call.node) in self._by_node else self._directly(call)
            if found and not found.startswith(_LOCAL):
                return found
            function = self._called(self._made_synchronous(call) or call.node.func, call)
            inner = self._module.scopes.by_node[function.node] if function else scope
            if inner not in seen:
                seen.add(inner)
                found = self._over_network(inner, seen)
                if found:
                    return found
        return ""

    # -- coroutines ---------------------------------------------------------------------------------------------

    def _is_driven(self, call: CallSite) -> bool:
        """Whether the coroutine that a call makes is waited for at once."""
        scope = call.site.scope
        if scope not in self._driven:
            self._driven[scope] = set(self._driven_in(scope))
        return id(call.node) in self._driven[scope]

    def _driven_in(self, scope: Scope) -> Iterator[int]:
        for call in scope.calls:
            if call.node.args and re.fullmatch(_DRIVERS, self._module.origin(call.node.func, call.site) or ""):
                yield id(call.node.args[0])
        if isinstance(scope.node, ast.AsyncFunctionDef):
            yield from (id(node.value) for node in ast.walk(scope.node) if isinstance(node, ast.Await))


@fact
def blocking_of(module: Module) -> Blocking:
    """Which calls of a module block: the same object for whoever asks."""
    return Blocking(module)


def _of_method(method: str) -> str:
    return "()" if method == "()" else f".{method}()"


def _without_calls(dotted: str) -> str:
    return dotted.replace("()", "")


def _operation(node: ast.expr, site: Site, depth: int = 0) -> str:
    """The operation of a call ``….Character.GetCharactersCharacterId(…)``, or of a name bound to one."""
    if isinstance(node, ast.Name) and depth < _DEEPEST:
        bindings = reaching(node.id, site)
        found = {
            _operation(binding.value, binding.site, depth + 1) if binding.kind == "assign" and binding.value else ""
            for binding in bindings
        }
        return found.pop() if len(found) == 1 else ""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Attribute):
        return ""
    is_operation = function.value.attr[:1].isupper() and re.fullmatch(_OPERATION, function.attr)
    return function.attr if is_operation else ""


def _is_defined_here(node: ast.expr, site: Site) -> bool:
    """Whether a name, or the class before an attribute, is defined in this file: imports are not worth a look."""
    if isinstance(node, ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Name):
        return False
    return any(binding.kind in ("function", "class") for binding in reaching(node.id, site))

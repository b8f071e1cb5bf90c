"""AAC402: arguments that are no list or tuple, keyword arguments that are no mapping."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model import arguments, kinds
from flake8_aa_celery.model.facts import Signature, Workflow
from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Dispatch, Entry
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings

_SCALARS = frozenset({kinds.KEY, kinds.NUMBER, kinds.TEXT})
#: What ``args`` and ``kwargs`` may be; where nothing is in it, anything may.
_GOOD_ARGS = frozenset({kinds.LIST, kinds.TUPLE, kinds.NONE})
_GOOD_KWARGS = frozenset({kinds.DICT, kinds.NONE})
_METHODS = frozenset({"apply_async", "apply_async_on_commit", "send_task"})
#: A message shows no more of the code than this.
_LONGEST = 30


@rule("AAC402", "apply-async-arguments", fix="safe or unsafe")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    The arguments of `apply_async` are no list or tuple, or its keyword arguments no dict.

    Flags `apply_async` and `send_task` whose `args` is one value instead of a list of values (`character.pk`, a
    number, a string, `("x")` without its comma), or a set, a dict or a generator, and whose `kwargs` is no mapping.

    ## Why
    `apply_async` takes the arguments of the task as a list or tuple, unlike `delay`. A number raises `TypeError:
    argument after * must be an iterable`; a string counts as one argument for each of its characters; a string of one
    character, a set, a dict and a generator raise `TypeError: task args must be a list or tuple`. Nothing is sent.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk): ...


    @shared_task
    def update_all(characters):
        for character in characters:
            update_character.apply_async(args=(character.pk), priority=7)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk): ...


    @shared_task
    def update_all(characters):
        for character in characters:
            update_character.apply_async(args=[character.pk], priority=7)
    ```

    ## Leaves alone
    - names whose value is not known: a parameter may well be a list;
    - `None` and what is empty, which Celery takes for no arguments;
    - sets and generators for a signature or a workflow: Celery makes a tuple of them.

    ## Fix
    Puts a literal, an f-string, and an attribute that ends in `pk` or `id` into a list. Safe: the call could only
    raise. Makes a `list(…)` of a set or a generator, which is unsafe: a set has no order. Nothing is done to a dict,
    which is likely to be meant as `kwargs`.

    ## Profile
    Both: it is Celery that refuses them.

    ## Proof
    - `test_calling.py::test_apply_async_takes_only_a_list_or_tuple`: strings, sets, dicts and generators.
    - `test_calling.py::test_a_longer_string_raises_for_its_characters`: what becomes of a longer string.
    - `test_calling.py::test_apply_async_refuses_a_number`: what becomes of a number.
    - `test_calling.py::test_apply_async_takes_only_a_mapping_as_kwargs`: what becomes of a list of pairs.

    ## References
    - [Celery: `apply_async`](https://docs.celeryq.dev/en/stable/reference/celery.app.task.html)
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html)
    """
    for dispatch in module.dispatches:
        if dispatch.method in _METHODS:
            args, kwargs = arguments.pair_of(dispatch)
            if args and (kind := _wrong(args, _GOOD_ARGS)) and (kind in _SCALARS or _is_strict(dispatch)):
                what = f"`{dispatch.method}` takes its arguments as a list or tuple, not {kind}"
                message = f"{what}: {_instead(args, kind)}"
                yield Violation.at(module.place_of(args, dispatch.node), message, _fix(args, kind, module))
            if kwargs and (kind := _wrong(kwargs, _GOOD_KWARGS)):
                message = f"`{dispatch.method}` takes its keyword arguments as a dict, not {kind}: make a dict of it"
                yield Violation.at(module.place_of(kwargs, dispatch.node), message)


def _wrong(given: Entry, good: frozenset[str]) -> str | None:
    """The kind of what is given, where it is known and not a good one."""
    if _is_empty(given.node):
        return None
    kind = kinds.kind_of(given.node, given.site, given.module)
    return None if kind in good else kind


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not node.value
    return ast.unparse(node) in ("{}", "[]", "()", "set()", "dict()")


def _is_strict(dispatch: Dispatch) -> bool:
    return not isinstance(dispatch.receiver, (Signature, Workflow))


def _instead(given: Entry, kind: str) -> str:
    if kind == kinds.DICT:
        return "hand it over as `kwargs`"
    if kind not in _SCALARS:
        return "make a list of it"
    text = ast.unparse(given.node)
    return f"write `[{text}]`" if len(text) <= _LONGEST else "put it into a list"


def _fix(given: Entry, kind: str, module: Module) -> Fix | None:
    if given.module is not module:
        return None
    if _is_one_value(given.node):
        return Fix("safe", "Put it into a list", "wrap_expression", {"before": "[", "behind": "]"})
    if kind in _SCALARS or kind == kinds.DICT:
        return None
    return Fix("unsafe", "Make a list of it", "wrap_expression", {"before": "list(", "behind": ")"})


def _is_one_value(node: ast.expr) -> bool:
    """Whether it is certain that a single argument is meant."""
    if isinstance(node, ast.Attribute):
        return node.attr.endswith(("pk", "id"))
    return isinstance(node, (ast.Constant, ast.JoinedStr))

"""AAC402: arguments that are no list or tuple, keyword arguments that are no mapping."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.misplaced import SCALARS, could_only_raise
from flake8_aa_celery.model.resolve import object_types
from flake8_aa_celery.rewrites import WrapExpression
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.misplaced import WrongCollection
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.violation import Safety

#: A message shows no more of the code than this.
_LONGEST = 30


def check(wrong: WrongCollection, module: Module) -> Iterator[Violation]:
    """
    The arguments of `apply_async` are no list or tuple, or its keyword arguments no dict.

    Flags `apply_async`, `apply` and `send_task` whose `args` is one value instead of a list of values
    (`character.pk`, a number, a string, `("x")` without its comma), or a set, a dict or a generator, and whose `kwargs`
    is no mapping.

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
    Puts a literal, an f-string, and an attribute that ends in `pk` or `id` into a list. Safe where the call could only
    raise. Unsafe where what is given may be empty or `None`, which counts as nothing, and the task is not known to need
    an argument; and where a signature or workflow gets a text, of which it sends the characters. Makes a `list(…)` of
    a set or a generator, which is unsafe: a set has no order. Nothing is done to a dict, which is likely to be meant
    as `kwargs`.

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
    place = wrong.entry.reported_in(module, wrong.dispatch.node)
    takes = "its arguments as a list or tuple" if wrong.name == "args" else "its keyword arguments as a dict"
    what = f"`{wrong.dispatch.method}` takes {takes}, not {wrong.kind}"
    yield Violation.at(place, f"{what}: {_instead(wrong)}", _fix(wrong, module))


def _instead(wrong: WrongCollection) -> str:
    if wrong.name == "kwargs":
        return "make a dict of it"
    if wrong.kind == object_types.DICT:
        return "hand it over as `kwargs`"
    if wrong.kind not in SCALARS:
        return "make a list of it"
    text = ast.unparse(wrong.entry.node)
    return f"write `[{text}]`" if len(text) <= _LONGEST else "put it into a list"


def _fix(wrong: WrongCollection, module: Module) -> Fix | None:
    if wrong.name == "kwargs" or wrong.entry.module is not module:
        return None
    if _is_one_value(wrong.entry.node):
        safety: Safety = "safe" if could_only_raise(wrong) else "unsafe"
        return Fix(safety, "Put it into a list", WrapExpression("[", "]"))
    if wrong.kind in SCALARS or wrong.kind == object_types.DICT:
        return None
    return Fix("unsafe", "Make a list of it", WrapExpression("list(", ")"))


def _is_one_value(node: ast.expr) -> bool:
    """Whether it is certain that a single argument is meant."""
    if isinstance(node, ast.Attribute):
        return node.attr.endswith(("pk", "id"))
    return isinstance(node, (ast.Constant, ast.JoinedStr))

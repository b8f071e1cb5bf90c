"""Where pickle is chosen to write messages with, or accepted to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.serializers import is_pickle, pickle_settings_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Dispatch
from flake8_aa_celery.model.tasks.options import each_once, written_options

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Mapping


class Pickle(NamedTuple):
    """A place that makes workers read pickles.

    :param node: where to report it.
    :param setting: the setting that says so, as it is written; empty for an option of a task or a dispatch.
    :param accepts: whether workers accept it by that; otherwise messages are written with it.
    :param more: how many other settings of the module name it, too.
    """

    node: ast.expr
    setting: str = ""
    accepts: bool = False
    more: int = 0


@fact
def pickles_of(module: Module) -> list[Pickle]:
    """The places of a module that choose pickle: of its settings the first, of options each that is written."""
    found = [Pickle(node) for node in dict.fromkeys(_of_options(module))]
    settings = pickle_settings_of(module)
    if settings:
        first = settings[0]
        found.append(Pickle(first.node, first.written, first.name.endswith("accept_content"), len(settings) - 1))
    return sorted(found, key=lambda pickle: (pickle.node.lineno, pickle.node.col_offset))


def _of_options(module: Module) -> Iterator[ast.expr]:
    options = each_once(written_options(module, "serializer"))
    yield from (option.node for option in options if is_pickle(option.entry.value))
    for call, value in canvas_of(module):
        if not isinstance(value, Dispatch) or value.node is call.node:
            yield from _written_in(value.options, module)
    for entry in schedule_of(module):
        yield from _written_in(entry.options, module)


def _written_in(options: Mapping, module: Module) -> Iterator[ast.expr]:
    entry = options.get("serializer")
    if entry is not None and entry.module is module and is_pickle(entry.value):
        yield entry.key or entry.node

"""What stands on the command line, as ``argparse`` would have it.

To import ``argparse`` and to tell it all options takes an eighth of the time in which a small app is checked. A
plain command line is therefore read by a :class:`Reader`, which is told the options by the same calls; what is not
plain, such as ``--help``, an abbreviation or a mistake, is left to ``argparse``.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Container, Iterator, Sequence
    from types import ModuleType
    from typing import Any


def parse(prog: str, command: ModuleType, arguments: Sequence[str]) -> Namespace | SimpleNamespace:
    """The arguments of a subcommand; its options and its paths may stand in any order.

    :param prog: what the subcommand is called in messages.
    :raises SystemExit: by ``argparse``, for ``--help`` and for misuse.
    """
    reader = Reader()
    command.add_arguments(reader)
    try:
        return reader.parse_args(arguments)
    except NotPlainError:
        from argparse import ArgumentParser

        parser = ArgumentParser(prog=prog, description=command.HELP)
        command.add_arguments(parser)
        # which does not know in every Python that only paths stand behind "--"
        read = parser.parse_args if "--" in arguments else parser.parse_intermixed_args
        return read(arguments)


class NotPlainError(Exception):
    """Whether the command line is right is for ``argparse`` to say."""


class Reader:
    """Is told the options as a parser of ``argparse`` is, and reads command lines that spell them out."""

    def __init__(self) -> None:
        self.epilog = ""
        self._options: dict[str, _Option] = {}
        self._rest: _Option | None = None
        self._defaults: dict[str, Any] = {}

    def add_argument_group(self, *_: str) -> Reader:
        """Where a parser would begin a section of its help."""
        return self

    def add_argument(self, *names: str, **given: Any) -> None:
        """Take an option, or what stands without one."""
        option = _Option(names, **given)
        if option.action == "version":
            return
        self._defaults.setdefault(option.dest, option.default)
        if names[0].startswith("-"):
            self._options.update(dict.fromkeys(names, option))
        else:
            self._rest = option

    def parse_args(self, arguments: Sequence[str]) -> SimpleNamespace:
        """The value of each option.

        :raises NotPlainError: where anything stands there but whole names of options, values and paths.
        """
        values = dict(self._defaults)
        rest: list[str] = []
        words = iter(arguments)
        for word in words:
            if word == "--":
                rest += words
            elif _is_value(word):
                rest.append(word)
            else:
                self._read_option(word, words, values)
        if self._rest is None or not self._rest.takes(rest):
            raise NotPlainError
        if rest:
            values[self._rest.dest] = rest
        return SimpleNamespace(**values)

    def _read_option(self, word: str, following: Iterator[str], values: dict[str, Any]) -> None:
        """Read ``--name``, and its value behind it or behind a sign of equality."""
        name, equals, text = word.partition("=")
        option = self._options.get(name)
        if option is None or (equals and not (text and option.has_value)):
            raise NotPlainError
        if option.has_value and not equals:
            text = next(following, "--")
        values[option.dest] = option.value(text, values[option.dest])


def _is_value(word: str) -> bool:
    return word == "-" or not word.startswith("-")


class _Option:
    """An option, or what stands without one, as ``add_argument`` is told of it."""

    __slots__ = ("_choices", "_const", "action", "default", "dest", "nargs")

    def __init__(self, names: Sequence[str], action: str = "store", nargs: str = "", **given: Any) -> None:
        is_switch = action == "store_true"
        longest = max(names, key=len)
        self.action = action
        self.nargs = nargs
        self.dest: str = given.get("dest") or longest.strip("-").replace("-", "_")
        self.default: Any = given.get("default", False if is_switch else None)
        self._const = given.get("const", is_switch)
        self._choices: Container[str] | None = given.get("choices")

    @property
    def has_value(self) -> bool:
        """Whether a value follows it."""
        return self.action in ("store", "append")

    def takes(self, values: Sequence[str]) -> bool:
        """Whether so many values may stand there; one that is not one of many is not plain."""
        return self.nargs == "*" or (self.nargs == "+" and bool(values))

    def value(self, text: str, before: Any) -> Any:
        """What the option stands for.

        :param text: its value on the command line, if it has one.
        :param before: what it stood for until here.
        :raises NotPlainError: for a value that is not allowed or looks like an option.
        """
        if not self.has_value:
            return self._const
        if not _is_value(text) or (self._choices is not None and text not in self._choices):
            raise NotPlainError
        return [*before, text] if self.action == "append" else text
